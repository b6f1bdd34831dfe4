// What the agent's state document says. Plain data and its JSON.
#pragma once

#include "updater/health/mail_state.hpp"
#include "updater/job/job_end.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/progress/timetable.hpp"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::progress {

enum class Activity {
    idle,
    running,
    restarting,   ///< the machine goes down in a moment
    rolling_back, ///< phases are undone, or the previous system is brought back
};

struct ShownJob {
    job::JobFacts facts;
    std::optional<Timetable::Times> expected; ///< nothing: not known
    std::optional<job::Phase> phase;          ///< nothing before the first
    int percent = 0;                          ///< of the phase
    std::string step;
    bool mail_let_in = false; ///< before the end of its phase
    std::string note;         ///< holds until the end of the job, such as what interrupted it
};

/// The job keeps mail back on purpose, or has not said yet where it is.
bool keeps_mail_back(const std::optional<ShownJob> &job);

struct EndedJob {
    job::JobFacts facts;
    job::JobEnd end;
};

struct State {
    std::string running_version;
    std::string slot; ///< "a" or "b", the one that the running system was booted from
    Activity activity = Activity::idle;
    health::MailState mail;                   ///< as it was found, whatever the job is about
    std::uint64_t install_mib_per_second = 0; ///< 0: no limit
    std::optional<ShownJob> job;
    std::optional<EndedJob> last;
    std::string problem; ///< why no job can begin, and what to do about it; empty: one can
};

/// The state document, format 1: what GetState returns and `update-control -s --json` prints.
nlohmann::json to_json(const State &state);

} // namespace updater::progress
