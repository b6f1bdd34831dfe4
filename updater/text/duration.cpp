#include "updater/text/duration.hpp"

#include <algorithm>

namespace updater::text {

namespace {

constexpr int per_unit = 60; // seconds of a minute, minutes of an hour

std::string hours_and_minutes(long minutes) {
    return std::to_string(minutes / per_unit) + " h " + std::to_string(minutes % per_unit) + " min";
}

} // namespace

std::string duration_text(std::chrono::milliseconds duration) {
    const long seconds = std::chrono::round<std::chrono::seconds>(duration).count();
    if (seconds < per_unit)
        return std::to_string(seconds) + " s";
    const long minutes = seconds / per_unit;
    if (minutes >= per_unit)
        return hours_and_minutes(minutes);
    return std::to_string(minutes) + " min " + std::to_string(seconds % per_unit) + " s";
}

std::string rough_duration_text(std::chrono::milliseconds duration) {
    constexpr std::chrono::seconds rounds_to_a_minute{45};
    if (duration < rounds_to_a_minute)
        return "less than a minute";
    const long minutes =
        std::max(1L, static_cast<long>(std::chrono::round<std::chrono::minutes>(duration).count()));
    if (minutes >= per_unit)
        return hours_and_minutes(minutes);
    return minutes == 1 ? "1 minute" : std::to_string(minutes) + " minutes";
}

} // namespace updater::text
