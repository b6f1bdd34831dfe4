// update-control as the forced command of an SSH key (sshd(8), command= in authorized_keys): limits the key
// to the actions that are named there. No shell is involved.
#pragma once

#include "updater/control/command_line.hpp"

#include <string>
#include <string_view>

namespace updater::control {

/// The key may not do this; the message says what it may.
class NotAllowed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// `allowed`: names, separated by commas: status, list, follow, check, cancel, rollback, install-rate,
/// download, install (the next step in the feed), install-any (any path or URL, and --force),
/// schedule (--at, --cancel-scheduled; with a path, a URL or --force install-any as well), postpone,
/// support-bundle (to standard output only), drop-previous,
/// snapshot (create, list, show), snapshot-export (to standard output only), drain, resume, role,
/// test-message. The words of a time behind --at and --postpone-until need no quotes here, up to the next
/// option. `original`: what the caller asked for (SSH_ORIGINAL_COMMAND), null for a login without a command;
/// it may begin with update-control, with or without a path. Help and version are allowed to everyone. Throws
/// NotAllowed, UsageError.
CommandLine read_forced_command(std::string_view allowed, const char *original);

} // namespace updater::control
