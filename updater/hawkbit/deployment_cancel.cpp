// What the server no longer wants: a cancellation that it has us answer, or an action that it offers no more.
#include "updater/hawkbit/deployment.hpp"

#include "updater/text/utc_time.hpp"

#include <algorithm>
#include <utility>

namespace updater::hawkbit {

namespace {

constexpr const char *goes_on = "its installation was begun at the appliance, and goes on";
constexpr int last_phase_to_cancel = 2;

} // namespace

void Deployment::nothing_offered() {
    offer_.reset();
    if (!state_.action)
        return;
    advance(); // perhaps its job has ended
    if (!state_.action || state_.action->step == Step::ordering)
        return;
    if (state_.action->step == Step::running && !is_adopted())
        return withdraw_job();
    state_.action->withdrawn = true;
    end(Ending::cancelled, is_adopted() ? std::string("the server has withdrawn it; ") + goes_on
                                        : "the server has withdrawn it");
}

/// That it is withdrawn is durable before the agent is asked: the agent may obey, and its answer be lost. So
/// it is asked again at each poll.
void Deployment::withdraw_job() {
    Action &action = *state_.action;
    const bool is_new = !std::exchange(action.withdrawn, true);
    calls_.save();
    if (is_new)
        calls_.say("the server has withdrawn action " + action.id + "; its job is to be cancelled");
    const std::string refused = ask_to_cancel();
    if (is_new && !refused.empty())
        calls_.say("the job of action " + action.id + " goes on: " + refused);
}

void Deployment::cancel(const std::string &cancellation, const std::string &action_id) {
    offer_.reset();
    advance();
    if (!state_.action && !is_known(action_id)) {
        const AgentState agent = agent_.state();
        const bool is_ours = agent.operation == "install" || agent.operation == "download";
        const bool is_stray = state_.is_new || agent.job == state_.stray_job;
        if (!agent.is_idle() && is_ours && is_stray)
            take_over(action_id, agent);
    }
    if (!state_.action || state_.action->id != action_id) {
        if (!reporter_.has_unsent(cancellation))
            cancel_unknown(cancellation, action_id);
        return;
    }
    Action &action = *state_.action;
    if (action.step == Step::accepted || action.step == Step::waiting) {
        action.cancel = cancellation;
        const bool has_installed = action.installs && !action.job.empty();
        end(Ending::cancelled, has_installed ? "cancelled before the next step was installed"
                                             : "cancelled before anything was installed");
        return;
    }
    if (action.step == Step::ordering)
        return; // asked again at the next poll
    if (!is_adopted())
        return cancel_job(cancellation);
    if (!reporter_.has_unsent(cancellation))
        answer_cancellation(cancellation, false, goes_on);
}

/// As withdraw_job(). The server is answered when the job has ended, or at once if the agent refuses. A
/// refusal of what it was asked before says nothing: it may have obeyed the first time.
void Deployment::cancel_job(const std::string &cancellation) {
    Action &action = *state_.action;
    const bool is_new = std::exchange(action.cancel, cancellation) != cancellation;
    calls_.save();
    const std::string refused = ask_to_cancel();
    if (!is_new)
        return;
    if (refused.empty()) {
        calls_.say("action " + action.id + " is cancelled at the server; its job is being cancelled");
        return;
    }
    action.cancel.clear();
    answer_cancellation(cancellation, false, refused);
}

/// Of an action that isn't worked on.
void Deployment::cancel_unknown(const std::string &cancellation, const std::string &action_id) {
    const auto closed = std::ranges::find(state_.closed, action_id, &ClosedAction::id);
    if (closed == state_.closed.end())
        return answer_cancellation(cancellation, true,
                                   "nothing of it is under way; version " + agent_.state().running_version +
                                       " runs");
    const bool nothing_done = closed->ending == Ending::cancelled;
    answer_cancellation(cancellation, nothing_done,
                        nothing_done ? "nothing of it was installed" : "the action has ended already");
}

/// What was known of the action is lost, but the agent's job is of that time. So it is taken for the
/// action's, as saying that nothing was done would be wrong if it is. Which version it leads to is not known
/// before the server offers it again.
void Deployment::take_over(const std::string &action_id, const AgentState &agent) {
    Action &action = state_.action.emplace();
    action.id = action_id;
    action.step = Step::running;
    action.installs = agent.operation == "install";
    action.job = agent.job;
    action.job_version = agent.version;
    action.since = text::utc_text(std::chrono::floor<std::chrono::seconds>(clock_()));
    calls_.say("nothing is known of action " + action_id + "; job " + agent.job +
               " of the appliance is taken for its job");
}

/// Empty: the agent was asked, or the job has ended; watch() sees how. Otherwise why it can't be cancelled.
/// The agent is only asked in the phases in which it can be: after the commit it would leave the rest undone.
std::string Deployment::ask_to_cancel() {
    const AgentState agent = agent_.state();
    if (!runs_job(agent))
        return {};
    if (agent.phase > last_phase_to_cancel)
        return "the job is in phase " + std::to_string(agent.phase) +
               "; cancelling is possible in phases 1 and 2";
    try {
        agent_.cancel();
        return {};
    } catch (const AgentRefuses &error) {
        return runs_job(agent_.state()) ? error.what() : std::string();
    }
}

bool Deployment::runs_job(const AgentState &agent) const {
    return !agent.is_idle() && agent.job == state_.action->job;
}

bool Deployment::is_known(const std::string &action_id) const {
    return std::ranges::find(state_.closed, action_id, &ClosedAction::id) != state_.closed.end();
}

void Deployment::answer_cancellation(const std::string &cancellation, bool accepted,
                                     const std::string &line) {
    reporter_.report({.subject = Subject::cancel,
                      .action = cancellation,
                      .execution = accepted ? Execution::closed : Execution::rejected,
                      .finished = accepted ? Finished::success : Finished::none,
                      .details = {line},
                      .time = {}});
    calls_.save();
}

} // namespace updater::hawkbit
