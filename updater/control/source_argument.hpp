// Turns the path or URL of a firmware on the command line into the form that the agent takes. Reads the file
// system, calls nobody.
#pragma once

#include <string>

namespace updater::control {

/// By RFC 3986, section 3.1: letters, digits and a few signs before "://". "./a://b" is a path.
bool is_url(const std::string &source);

/// An https URL or an absolute path. `source` is not empty. Throws UsageError.
std::string checked_source(const std::string &source);

} // namespace updater::control
