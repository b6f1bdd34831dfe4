// What the agent can tell of its job at this moment, and its last events. Kept in memory only: what must
// outlive the agent is in the job's journal and its log. Decides nothing about the job.
#pragma once

#include "updater/job/operation.hpp"
#include "updater/progress/event_ring.hpp"
#include "updater/progress/state.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace updater::progress {

/// Thread-safe: the job's thread writes, the bus's thread reads. Texts are cleaned and masked
/// (updater/text/clean_text.hpp) before they are kept.
class JobStatus {
  public:
    /// `slot`: "a" or "b", the one the running system was booted from.
    JobStatus(text::Clock clock, std::string running_version, std::string slot);

    /// Called after every change of the state document but progress(), in the thread that made it, without a
    /// lock held: for BusService::announce_state(). Set it before the job's thread starts.
    void on_change(std::function<void()> changed);

    /// State "running". Phase and percent are reset.
    void begin_job(const job::JobFacts &facts);
    /// The firmware's version, once the manifest was read.
    void firmware_version(std::string version);
    /// Phase 1 to 10 begins; percent is 0 again, the step empty.
    void phase(job::Phase phase);
    /// Percent of the phase: clamped to 0..100 and never lower than before in the same phase.
    void progress(int percent, std::string_view step);
    /// Whether mail flows, as it was found.
    void mail(const health::MailState &found);
    /// The job no longer holds mail back, though its phase goes on.
    void mail_is_let_in();
    /// One line about the job that is shown until its end, such as what interrupted it.
    void note(std::string_view text);
    /// How fast phase 2 may work; 0: no limit.
    void install_rate(std::uint64_t mib_per_second);
    /// Why no job can begin, and what to do about it.
    void problem(std::string_view text);
    /// How long the phases of the job will take: the state says when it is expected to end. May change.
    void predict(job::Prediction prediction);
    void restarting();
    void rolling_back();
    /// State "idle"; from now on `last` tells of this job. Also shows, when the agent starts, how the job in
    /// the journal ended.
    void job_ended(job::JobFacts facts, job::JobEnd end);

    /// Adds an event with the present time and phase.
    void event(job::Severity severity, std::string_view text);
    /// Adds an event that RunLog has made.
    void event(Event made_elsewhere);

    /// The job that runs, for decisions.
    struct RunningJob {
        job::Operation operation = job::Operation::install;
        std::optional<job::Phase> phase; ///< nothing before the first
        bool restarting = false;         ///< the machine goes down in a moment
    };
    std::optional<RunningJob> running_job() const;
    /// For decisions too. A job that finishes, perhaps for hours, has let mail in before its phase ends.
    bool job_keeps_mail_back() const;

    /// The state document (state.hpp).
    nlohmann::json state() const;
    /// The event document (event_ring.hpp).
    nlohmann::json events(std::uint64_t after) const;

  private:
    /// Changes the state with the lock held, then tells of it.
    template <typename Make> void change(Make make);

    const text::Clock clock_;
    std::function<void()> changed_;
    mutable std::mutex mutex_;
    State state_;
    Timetable timetable_;
    EventRing events_;
};

} // namespace updater::progress
