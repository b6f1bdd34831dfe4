// Takes the secrets out of the command line that every user of the machine sees in the list of processes, for
// as long as the program waits for a job.
#pragma once

namespace updater::control {

/// Overwrites, in each argument that is a URL, user name and password and all behind its "?" with asterisks.
/// What was read from the arguments before must be a copy.
void hide_secrets(int argument_count, char **arguments);

} // namespace updater::control
