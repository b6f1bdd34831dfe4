// The text of --help. Kept in step with update-control.8.
#include "updater/control/command_line.hpp"

namespace updater::control {

std::string help_text() {
    return R"(Usage: update-control ACTION [fw] [PATH|URL] [OPTION]...

Upgrades this appliance to another version of its firmware, and reports on it.
The work is done by update-agent; this program may be ended at any time.

Actions:
  -i, --install [fw] [PATH|URL]  install a firmware file; without PATH or URL the
                                 newest downloaded one, else the next step
                                 in the feed
      --wizard [fw] [PATH|URL]   be led through an installation, at a terminal
  -d, --download [fw] [URL]      only download; without URL the next step in the feed
  -l, --list                     list the running, other, downloaded and available
                                 firmware
  -n, --dry-run -i [fw] [PATH|URL]
                                 only show what -i would do: checks, times, how long
                                 mail waits, what is fetched, the way back
      --check fw [PATH|URL]      check whether this firmware, or what -i would take,
                                 can be installed; changes nothing
      --refresh                  check the feed now and show what can be installed;
                                 update-check.timer does it once a day
      --verify [a|b]             compare both OS partitions, or one, with what was
                                 signed for them; changes nothing
      --backup                   copy the running system to the rescue partition
      --restore                  restart into that copy, after it was compared with
                                 what was signed; settings and mail stay
      --at TIME -i [fw] [PATH|URL]
                                 schedule an installation, such as "Sun 03:00" (a
                                 calendar event of systemd); replaces an earlier one
      --cancel-scheduled         cancel the scheduled installation
      --postpone-until TIME      use no maintenance window before that time; now:
                                 end the postponement
  -s, --status                   report the running job and how the last one ended
      --history                  list all jobs that have ended, oldest first
  -f, --follow                   watch the running job until it ends
  -c, --cancel                   cancel the running job (possible in phases 1 and 2)
      --rollback                 roll back to the previous system
      --drop-previous            remove the previous system: frees its space, and there
                                 is no rollback to it from then on
      --install-rate N           limit phase 2 to N MiB per second, also a running
                                 one; 0: no limit
      --support-bundle FILE      collect logs, states and settings for the vendor's
                                 support, secrets masked; -: to standard output
      --snapshot create [NAME]   save the settings (what was changed in /etc); also
      --snapshot list            made before each upgrade
      --snapshot show NAME       check one and show what has changed since
      --snapshot restore NAME    prepare its settings for the next restart; those of
                                 an older version are converted
      --snapshot cancel-restore  keep the settings of now
      --snapshot export NAME FILE
                                 copy one elsewhere; -: to standard output
      --snapshot import FILE [NAME]
      --snapshot delete NAME
      --explain CODE             say what the code of a message means and what to do
      --drain                    accept no mail from outside any more, run the mail
                                 queue and wait until it is empty
      --resume                   accept mail again
      --role show|take|give      show, take or give up this node's role in a cluster
      --test-message             send a message through the filter into the store
  -h, --help                     print this text
  -V, --version                  print the version of update-control

Options:
      --force     install a version that has failed here before, or that runs
                  already; roll back although the new system has accepted mail;
                  remove the previous system although mail was stored there only;
                  back up in place of the previous system
      --stop-on-conflict
                  with -i and -n: end the job at the end of phase 2, while mail
                  flows, if this appliance and the new version changed the same
      --known-conflict PATH
                  but not for this one, or those below it; may be repeated
      --yes       do not ask before an installation, a restore, or before the
                  previous system is removed
      --password-file FILE, --ask-password, --certificate FILE
                  encrypt what --snapshot export writes
      --key FILE  and a password: decrypt what --snapshot import reads
      --json      print the agent's JSON documents unchanged, one per line
      --wait SECONDS
                  how long --drain waits for the queue at most; without it 300
      --keep-over-restart
                  with --drain: also after a restart or an upgrade
      --no-wait   start the action and do not wait for its end

Exit codes:
  0  done                                  5  cancelled, or answered no
  1  failed, or not possible now           6  the appliance restarts; watch it with -f
  2  the command line is wrong             7  the agent cannot be reached
  3  refused by the checks                 8  rolled back to the previous system
  4  another job runs                      9  the checks warn, but would not refuse;
                                              or it is not known what was signed
                                          10  the new version stays, but is not finished
  11  done, but mail is stopped, and no job keeps it back
                                          12  a partition isn't what was signed; the
                                              queue isn't empty (--drain)
  129, 130, 143  ended by a hangup, Ctrl-C or SIGTERM; the job goes on
  141  the output could no longer be written; the job goes on
)";
}

} // namespace updater::control
