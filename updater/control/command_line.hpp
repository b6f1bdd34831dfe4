// Reads the command line. Calls nobody and prints nothing.
#pragma once

#include "updater/control/snapshot_arguments.hpp"
#include "updater/job/install_options.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::control {

enum class Action {
    install,
    download,
    list,
    status,
    history,
    follow,
    cancel,
    roll_back,
    drop_previous, // remove the previous system
    install_rate,
    refresh,        // check the feed
    check_firmware, // check whether firmware can be installed
    verify,         // compare partitions with what was signed
    back_up,        // copy the running system to the rescue partition
    restore,        // restart into that copy
    dry_run,        // the same, and what an installation would do
    schedule,
    cancel_scheduled,
    postpone,
    something_may_be_due,
    support_bundle,
    wizard, // lead a person at a terminal through an installation
    snapshot,
    explain, // what a message code means
    drain,
    resume,
    role, // show, take or give this node's role in a cluster
    test_message,
    help,
    version
};

/// For how long --drain waits until the queue is empty, unless told.
inline constexpr std::uint64_t default_drain_seconds = 300;

struct CommandLine {
    Action action = Action::help;
    std::string source; // "", an absolute path or a URL; for support_bundle a path or "-"; for verify "", "a"
                        // or "b"; for explain a code; for role the verb
    std::string calendar;                                   // for schedule and postpone: systemd.time(7)
    std::uint64_t mib_per_second = 0;                       // for install_rate; 0: no limit
    SnapshotWish snapshot;                                  // for snapshot
    std::uint64_t max_wait_seconds = default_drain_seconds; // for drain
    bool keep_over_restart = false;                         // for drain
    bool stop_on_conflict = false;                          // for install and dry_run, also the next
    std::vector<std::string> known_conflicts;
    bool force = false;
    bool yes = false; // nobody is asked
    bool json = false;
    bool wait = true; // watch the action until it ends
};

/// The command line is wrong; the message says why.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Reads the arguments; arguments[0] is the program's name. The kind `fw` before a source is optional. A
/// relative path becomes absolute, because the agent runs in another directory. Throws UsageError.
CommandLine read_command_line(int argument_count, char **arguments);
/// The same for words in memory, without the program's name.
CommandLine read_command_line(std::vector<std::string> words);

/// For install and dry_run.
job::InstallOptions install_options(const CommandLine &line);

/// What --help prints.
std::string help_text();

} // namespace updater::control
