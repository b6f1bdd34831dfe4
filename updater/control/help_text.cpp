// The text of --help. Kept in step with update-control.8.
#include "updater/control/command_line.hpp"

namespace updater::control {

std::string help_text() {
    return R"(Usage: update-control ACTION [fw] [PATH|URL] [OPTION]...

Upgrades this appliance to another version of its firmware, and reports on it.
The work is done by update-agent; this program may be ended at any time.

Actions:
  -i, --install [fw] [PATH|URL]  install a firmware file; without PATH or URL the
                                 newest downloaded one, else the next one
                                 in the vendor's list
  -d, --download [fw] [URL]      only download; without URL the next one in the list
  -l, --list                     what is running, installed, downloaded, available
      --check                    look for new firmware now; the timer
                                 update-check.timer does it once a day
      --at TIME -i [fw] [PATH|URL]
                                 install at that time: "Sun 03:00", as systemd
                                 writes it; replaces what was scheduled before
      --cancel-scheduled         take that back
      --postpone-until TIME      use no maintenance window before that time; now:
                                 use the next one again
  -s, --status                   what the running job does, how the last one ended
  -f, --follow                   watch the running job until it ends
  -c, --cancel                   stop the running job (possible in phases 1 and 2)
      --rollback                 go back to the previous system
      --install-rate N           let phase 2 work at N MiB per second at most, also
                                 one that runs; 0: no limit
  -h, --help                     this text
  -V, --version                  the version of update-control

Options:
      --force     install a version that failed here before; roll back although
                  mail was accepted by the new system
      --json      print the agent's documents as they are, one a line
      --no-wait   begin, and do not wait for the end

Exit codes:
  0  done                                  5  cancelled on request
  1  failed; the appliance is as before    6  the appliance restarts: go on with -f
  2  the command line is wrong             7  the agent cannot be reached
  3  refused by the checks, not begun      8  rolled back to the previous system
  4  another job runs
  128 + N  ended by signal N while watching; the job goes on (130: Ctrl-C)
)";
}

} // namespace updater::control
