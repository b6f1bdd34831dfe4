// Times in reports, logs and documents: ISO 8601 with the zone.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace updater::text {

/// Where the time comes from: std::chrono::system_clock::now, except in tests.
using Clock = std::function<std::chrono::system_clock::time_point()>;

/// ISO 8601 (RFC 3339, section 5.6) to the second, in the local zone with its offset:
/// 2026-11-21T03:00:04+00:00.
std::string iso_time(std::chrono::system_clock::time_point time);

} // namespace updater::text
