// Removes secrets from the program's command line, which every user of the machine sees in the list of
// processes while the program waits for a job.
#pragma once

namespace updater::control {

/// In each argument that is a URL, overwrites the user name, the password and all that follows the "?" with
/// asterisks. Whoever has read the arguments before must have copied them.
void hide_secrets(int argument_count, char **arguments);

} // namespace updater::control
