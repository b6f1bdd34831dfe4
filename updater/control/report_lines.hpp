// The lines of all reports. Internal to this folder.
#pragma once

#include <string>

namespace updater::control {

/// A line of a report: the name, and the value in the column where all values begin.
std::string field(const char *name, const std::string &value);

std::string or_else(const std::string &text, const char *otherwise);

} // namespace updater::control
