// Times in documents that machines exchange: UTC to the second, one way to write each.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace updater::text {

/// RFC 3339, section 5.6, with the zone Z and nothing behind the second: 2026-11-21T03:00:04Z.
std::string utc_text(std::chrono::sys_seconds time);

/// Nothing for any other way of writing, and for a day or an hour that there is not.
std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);

} // namespace updater::text
