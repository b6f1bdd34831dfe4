#include "updater/job/finishing_retry.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

namespace updater::job {

namespace {

/// Between two tries.
constexpr std::chrono::seconds first_pause{5};
constexpr std::chrono::seconds max_pause{300};

} // namespace

FinishingRetry::FinishingRetry(const RunnerMachine &machine, JobRecorder &recorder, JobObserver &observer)
    : machine_(machine), recorder_(recorder), observer_(observer) {}

std::optional<RunEnd> FinishingRetry::retry_until_done(const PhaseRow &row, JobFacts &facts,
                                                       const Record &failure, const StopRequest &stop) {
    observer_.phase_failed(row.phase, failure.reason, failure.code);
    std::string reason = failure.reason;
    under_way_ = true;
    for (auto pause = first_pause;; pause = std::min(2 * pause, max_pause)) {
        if (const auto asked = stop.reason())
            return *asked == StopReason::agent_ends ? leave_to_next_agent(observer_)
                                                    : end_unfinished(facts, reason);
        observer_.going_on("version " + facts.to_version +
                               " is committed and stays, but not everything is done yet: " + reason +
                               ". It is tried again in " + std::to_string(pause.count()) + " s",
                           messages::text_of(messages::Code::finishing_retried));
        if (!machine_.pause(pause, stop.token()))
            continue; // a stop was asked for
        try {
            const auto begun = std::chrono::steady_clock::now();
            auto run = recorder_.phase_run(facts, {});
            run.agent_ends = [&stop] { return stop.agent_ends(); };
            row.run(run);
            recorder_.phase_done(row.phase, facts, begun);
            under_way_ = false;
            return std::nullopt;
        } catch (const std::exception &again) {
            reason = again.what();
        }
    }
}

RunEnd FinishingRetry::end_unfinished(const JobFacts &facts, const std::string &reason) {
    under_way_ = false;
    recorder_.job_ends(facts,
                       {.outcome = Outcome::failed,
                        .reason = "it was ended on request before everything was done: " + reason,
                        .next_step = "Version " + facts.to_version +
                                     " is committed and stays. Correct what the reason names, then restart "
                                     "the appliance: systemctl reboot",
                        .code = messages::text_of(messages::Code::not_finished)});
    return RunEnd::ended;
}

} // namespace updater::job
