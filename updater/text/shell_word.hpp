// A value as one word of a command that people paste into a shell.
#pragma once

#include <string>

namespace updater::text {

/// Unchanged if a shell takes it as it is, else in single quotes (POSIX.1-2017, Shell Command
/// Language, 2.2.2).
std::string shell_word(const std::string &text);

} // namespace updater::text
