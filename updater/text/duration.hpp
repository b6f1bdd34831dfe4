// Lengths of time for people.
#pragma once

#include <chrono>
#include <string>

namespace updater::text {

/// To the second: "31 s", "2 min 5 s", "1 h 3 min".
std::string duration_text(std::chrono::milliseconds duration);

/// As a person would say it of the future: "less than a minute", "1 minute", "4 minutes", "1 h 10 min".
std::string rough_duration_text(std::chrono::milliseconds duration);

} // namespace updater::text
