// What the server wants, and how an action ends. The agent's part is in deployment_jobs.cpp, what the server
// wants no longer in deployment_cancel.cpp.
#include "updater/hawkbit/deployment.hpp"

#include "updater/text/utc_time.hpp"

#include <algorithm>
#include <utility>

namespace updater::hawkbit {

Deployment::Deployment(DeviceState &state, Agent &agent, Reporter &reporter, text::Clock clock, Calls calls)
    : state_(state), agent_(agent), reporter_(reporter), clock_(std::move(clock)), calls_(std::move(calls)) {}

bool Deployment::take_ended() {
    return std::exchange(ended_, false);
}

/// The server still offers what has ended: it has lost the report, or not yet got it.
bool Deployment::is_closed(const Offer &offer) {
    const auto closed = std::ranges::find(state_.closed, offer.id, &ClosedAction::id);
    if (closed == state_.closed.end() || closed->version != offer.version)
        return false;
    if (reporter_.has_unsent(offer.id))
        return true;
    // What was so then may no longer be.
    if (closed->ending == Ending::success && agent_.state().running_version != closed->version) {
        state_.closed.erase(closed);
        return false;
    }
    report_end(*closed);
    return true;
}

void Deployment::offered(const Offer &offer) {
    if (state_.action && state_.action->id != offer.id) {
        nothing_offered();
        if (state_.action)
            return; // its job first
    }
    if (!state_.action) {
        if (is_closed(offer))
            return;
        state_.action.emplace();
        state_.action->id = offer.id;
        state_.action->module = offer.module;
        state_.action->version = offer.version;
        state_.action->since = text::utc_text(std::chrono::floor<std::chrono::seconds>(clock_()));
        if (!offer.module.empty())
            state_.module = offer.module;
        if (offer.problem.empty()) {
            calls_.say("action " + offer.id + " of the server: version " + offer.version);
            report(Execution::scheduled, "version " + offer.version + " was ordered");
        }
        calls_.save();
    }
    Action &action = *state_.action;
    if (action.version.empty()) { // it was taken over
        action.module = offer.module;
        action.version = offer.version;
    }
    action.withdrawn = false;
    offer_ = offer;
    may_begin_ = true;
    refreshed_ = false;
    if (!offer.problem.empty())
        end(Ending::failure, offer.problem);
}

void Deployment::report(Execution execution, const std::string &line) {
    reporter_.report({.subject = Subject::deployment,
                      .action = state_.action->id,
                      .execution = execution,
                      .finished = Finished::none,
                      .details = {line},
                      .time = {}});
}

void Deployment::report_end(const ClosedAction &closed) {
    const bool cancelled = closed.ending == Ending::cancelled;
    reporter_.report({.subject = Subject::deployment,
                      .action = closed.id,
                      .execution = cancelled ? Execution::canceled : Execution::closed,
                      .finished = cancelled                          ? Finished::none
                                  : closed.ending == Ending::success ? Finished::success
                                                                     : Finished::failure,
                      .details = {closed.reason},
                      .time = {}});
}

void Deployment::end(Ending ending, const std::string &reason) {
    const Action action = *std::exchange(state_.action, std::nullopt);
    const ClosedAction closed{
        .id = action.id, .version = action.version, .ending = ending, .reason = detail_text(reason)};
    const bool is_cancelled = ending == Ending::cancelled;
    if (!action.cancel.empty())
        answer_cancellation(action.cancel, is_cancelled, reason);
    if (!is_cancelled && !action.withdrawn)
        report_end(closed);
    state_.closed.push_back(closed);
    if (state_.closed.size() > max_closed)
        state_.closed.pop_front();
    // After a success the server knows it by the report.
    state_.told_version = ending == Ending::success ? action.version : std::string();
    offer_.reset();
    may_begin_ = false;
    ended_ = true;
    calls_.say("action " + action.id + " has ended: " +
               (ending == Ending::success ? "success"
                : is_cancelled            ? "cancelled"
                                          : "failure") +
               ", " + reason);
    calls_.save();
}

} // namespace updater::hawkbit
