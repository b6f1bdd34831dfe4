#include "updater/job/phase_failure.hpp"

#include "updater/cancelled.hpp"
#include "updater/job/phase_codes.hpp"
#include "updater/job/recovery.hpp"
#include "updater/messages/failure_code.hpp"
#include "updater/own_next_step.hpp"
#include "updater/refusal.hpp"
#include "updater/try_again_later.hpp"

#include <string>

namespace updater::job {

namespace {

Outcome outcome_of_failure(Phase phase, const JobFacts &facts) {
    return can_be_cancelled(phase) || is_rollback(facts) ? Outcome::failed : Outcome::rolled_back;
}

Outcome outcome_of_cancelling(Phase phase, const JobFacts &facts) {
    return can_be_cancelled(phase) || is_rollback(facts) ? Outcome::cancelled : Outcome::rolled_back;
}

std::string deadline_reason(Phase phase, const JobFacts &facts, std::chrono::milliseconds limit) {
    return "version " + facts.to_version + " had " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) +
           " s to prove itself, and this deadline passed during " + title_of(phase) +
           " (deadline-seconds, and conversion-seconds for each conversion, in its appliance.xml)";
}

/// Of its own, or that of the phase.
std::string code_of(const std::exception &failure, Phase phase) {
    const auto code = messages::code_of(failure);
    return messages::text_of(code == messages::Code::unexpected ? failure_code(phase) : code);
}

void say_that_agent_ends(Record &ending, Phase phase, const std::string &what_failed = {}) {
    ending.reason = "the update agent was told to end, as before a restart of the appliance, during " +
                    title_of(phase) + what_failed;
    ending.interrupted = true;
    ending.code = messages::text_of(messages::Code::agent_ends);
}

/// The phase stopped because something asked it to.
void add_stop_reason(Record &ending, Phase phase, const JobFacts &facts, const Trial &trial) {
    switch (trial.stop().reason().value_or(StopReason::cancelled)) {
    case StopReason::deadline_passed:
        ending.reason = deadline_reason(phase, facts, trial.limit());
        ending.code = messages::text_of(messages::Code::deadline_passed);
        break;
    case StopReason::agent_ends:
        say_that_agent_ends(ending, phase);
        break;
    case StopReason::cancelled:
        ending.outcome = outcome_of_cancelling(phase, facts);
        ending.code = messages::text_of(messages::Code::job_cancelled);
        break;
    }
}

} // namespace

Record ending_after(const std::exception &failure, Phase phase, const JobFacts &facts, const Trial &trial) {
    Record ending{.outcome = outcome_of_failure(phase, facts),
                  .reason = failure.what(),
                  .next_step = advice_to_try_again(facts, phase),
                  .code = code_of(failure, phase)};
    if (dynamic_cast<const Cancelled *>(&failure) != nullptr) {
        add_stop_reason(ending, phase, facts, trial);
    } else if (const auto *refusal = dynamic_cast<const Refused *>(&failure)) {
        ending.outcome = Outcome::refused;
        ending.next_step = refusal->next_step();
    } else {
        ending.try_later = dynamic_cast<const TryAgainLater *>(&failure) != nullptr;
        if (const auto *own = dynamic_cast<const OwnNextStep *>(&failure))
            ending.next_step = own->next_step();
        // Much fails in a machine that shuts down: the services it needs go at the same time.
        if (trial.job_stop().agent_ends())
            say_that_agent_ends(ending, phase, ": " + ending.reason);
    }
    return ending;
}

} // namespace updater::job
