// The progress line on a terminal, and the lines for other outputs. Pure functions.
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::control {

/// "phase 2 of 10 install the new OS [######..............]  30 % writing", at most `columns` characters
/// wide. Behind the percent stands when the job is expected to end or, while mail waits, when mail flows: "
/// (end about 03:25)". On a narrow terminal first that and the step are left out, then the bar, then the end
/// of the name. "" if no phase runs.
std::string progress_line(const nlohmann::json &state, std::size_t columns);

/// "phase 2 of 10 install the new OS: 30 % writing (end about 03:25)"
std::string percent_line(const nlohmann::json &state);

/// The event as in the log: "2026-11-21T03:00:04+00:00 phase 2 install the new OS: info: begins".
std::string event_line(const nlohmann::json &event);

/// Whether the event is the end of a phase ("done in 12.3 s").
bool ends_a_phase(const nlohmann::json &event);

/// Characters of UTF-8 text, each counted as one column.
std::size_t width_of(const std::string &text);

/// Decides when a percent line is due: after 10 % more, or after 10 seconds if the percentage has changed.
class PercentLines {
  public:
    bool due(const nlohmann::json &state, std::chrono::steady_clock::time_point now);

  private:
    std::int64_t phase_ = 0;
    std::int64_t percent_ = 0;
    std::optional<std::chrono::steady_clock::time_point> printed_;
};

} // namespace updater::control
