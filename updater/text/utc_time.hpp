// Times in documents for programs: UTC to the second, with one spelling for each time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace updater::text {

/// RFC 3339, section 5.6, with the zone Z and whole seconds: 2026-11-21T03:00:04Z.
std::string utc_text(std::chrono::sys_seconds time);

/// Nothing for any other spelling, and for a day or an hour that does not exist.
std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);

} // namespace updater::text
