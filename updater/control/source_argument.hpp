// What somebody gave as the firmware to install, as the agent takes it. Asks the file system, and nobody
// else.
#pragma once

#include <string>

namespace updater::control {

/// As RFC 3986, section 3.1, has it: letters, digits and a few signs before "://". "./a://b" is a path.
bool is_url(const std::string &source);

/// An https URL, or the absolute path that `source`, which is not empty, means here. Throws UsageError.
std::string checked_source(const std::string &source);

} // namespace updater::control
