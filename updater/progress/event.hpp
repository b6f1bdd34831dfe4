// One line of a job. Plain data and its text.
#pragma once

#include "updater/job/phase.hpp"
#include "updater/job/severity.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace updater::progress {

/// The same in the log file, the systemd journal, on the console and in GetEvents.
struct Event {
    std::uint64_t sequence = 0; ///< given by EventRing
    std::chrono::system_clock::time_point time;
    std::optional<job::Phase> phase; ///< nothing: outside the ten phases
    job::Severity severity = job::Severity::info;
    std::string text;
    std::string code = {}; ///< of a warning or an error
};

/// One line without its end: `2026-11-21T03:00:04+00:00 phase 4 prepare the message store migration: info:
/// begins`; outside the ten phases `… job: info: …`. A code stands in brackets at its end.
std::string log_line(const Event &event);

} // namespace updater::progress
