// What the agent can tell about its job at this moment, and the last events. Kept in memory only: what must
// outlive the agent is in the job's journal and in the run's log. Decides nothing about the job.
#pragma once

#include "updater/job/job_end.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/job/severity.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updater::progress {

/// One line of the run: the same in the log file, the journal, on the console and in GetEvents.
struct Event {
    std::uint64_t sequence = 0; // given by JobStatus, rises by one; a new agent begins at 1
    std::chrono::system_clock::time_point time;
    std::optional<job::Phase> phase; // nothing: outside the ten phases
    job::Severity severity = job::Severity::info;
    std::string text;
};

/// The state document and the ring of the last 2000 events. Thread-safe: the job's thread writes, the bus's
/// thread reads. Texts are cleaned and masked (updater/text/clean_text.hpp) before they are kept.
class JobStatus {
  public:
    static constexpr std::size_t max_events = 2000;

    /// `slot`: "a" or "b", the one the running system was booted from.
    JobStatus(text::Clock clock, std::string running_version, std::string slot);

    /// Called after every change of the state document that is not mere progress, in the thread that made it
    /// and without a lock held: BusService::announce_state() belongs here. Set it before the job's thread
    /// starts.
    void on_change(std::function<void()> changed);

    /// State "running". Phase and percent are reset, mail "flows".
    void begin_job(const job::JobFacts &facts);
    /// The firmware's version, once the manifest was read.
    void firmware_version(std::string version);
    /// Phase 1 to 10 begins; percent is 0 again, the step empty.
    void phase(job::Phase phase);
    /// Percent of the phase: clamped to 0..100 and never lower than before in the same phase.
    void progress(int percent, std::string_view step);
    void mail_flows(bool flows);
    /// One line about the job that holds until its end, such as what interrupted it.
    void note(std::string_view text);
    /// How fast phase 2 may work; 0: no limit.
    void install_rate(std::uint64_t mib_per_second);
    void expected_end(std::optional<std::chrono::system_clock::time_point> end);
    /// State "restarting": the machine goes down in a moment.
    void restarting();
    /// State "rolling-back": undo runs, or the previous system is being brought back.
    void rolling_back();
    /// State "idle"; `last` tells of this job from now on. Also used at the agent's start to show what the
    /// journal remembers.
    void job_ended(job::JobFacts facts, job::JobEnd end);

    /// Adds an event with the present time and phase.
    void event(job::Severity severity, std::string_view text);
    /// Adds an event that was made elsewhere (RunLog); its sequence is set here.
    void event(Event made_elsewhere);

    /// The job that runs, for those who decide something.
    struct RunningJob {
        job::Operation operation = job::Operation::install;
        std::optional<job::Phase> phase; ///< nothing before the first
        bool restarting = false;         ///< the machine goes down in a moment
    };
    std::optional<RunningJob> running_job() const;

    /// The state document, format 1: what GetState returns and `update-control -s --json` prints.
    nlohmann::json state() const;
    /// The event document, format 1: those with a sequence greater than `after` that the ring still holds.
    nlohmann::json events(std::uint64_t after) const;

  private:
    enum class State { idle, running, restarting, rolling_back };
    struct Job {
        job::JobFacts facts;
        std::optional<std::chrono::system_clock::time_point> expected_end;
        std::optional<job::Phase> phase;
        int percent = 0;
        std::string step;
        std::string note;
    };
    static std::string_view text_of(State state);
    void append(Event event); // with the lock held
    void tell_change() const; // without it

    const text::Clock clock_;
    const std::string running_version_;
    const std::string slot_;
    std::function<void()> changed_;
    mutable std::mutex mutex_;
    State state_ = State::idle;
    bool mail_flows_ = true;
    std::uint64_t install_mib_per_second_ = 0;
    std::optional<Job> job_;
    struct Ended {
        job::JobFacts facts;
        job::JobEnd end;
    };
    std::optional<Ended> last_;
    std::deque<Event> events_;
    std::uint64_t last_sequence_ = 0;
};

} // namespace updater::progress
