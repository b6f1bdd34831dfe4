// Reads numbers, times and phases from the JSON of a job. The library's own conversions accept any number,
// also one that does not fit. Internal to this folder.
#pragma once

#include "updater/job/phase.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::job {

/// Parsed, unless it is nested so deeply that copying it could use up the stack.
/// @throws nlohmann::json::exception, std::runtime_error
inline nlohmann::json parse_shallow(std::string_view text) {
    constexpr int max_depth = 32;
    return nlohmann::json::parse(text, [](int depth, nlohmann::json::parse_event_t, const nlohmann::json &) {
        if (depth > max_depth)
            throw std::runtime_error("a record of the job is nested too deeply");
        return true;
    });
}

/// @throws std::runtime_error unless it is a whole number from 0 to `max`.
inline std::uint64_t whole_number(const nlohmann::json &value, std::uint64_t max) {
    // What was parsed is unsigned unless it is negative; what a program put there may be signed.
    const bool fits =
        value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    if (!fits || value.get<std::uint64_t>() > max)
        throw std::runtime_error("a record of the job has something else where a number from 0 to " +
                                 std::to_string(max) + " belongs");
    return value.get<std::uint64_t>();
}

/// Of milliseconds since 1970. @throws std::runtime_error when the clock has no such time.
inline std::chrono::system_clock::time_point time_from(const nlohmann::json &value) {
    using std::chrono::milliseconds;
    using Clock = std::chrono::system_clock;
    constexpr auto max = std::chrono::duration_cast<milliseconds>(Clock::duration::max()).count();
    return Clock::time_point(milliseconds(static_cast<std::int64_t>(whole_number(value, max))));
}

inline Phase phase_from(const nlohmann::json &value) {
    const std::uint64_t number = whole_number(value, all_phases.size());
    if (number == 0)
        throw std::runtime_error("a record of the job names phase 0");
    return static_cast<Phase>(number);
}

} // namespace updater::job
