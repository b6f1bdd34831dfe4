// The agent's part: what it is ordered to do, and what becomes of its jobs.
#include "updater/hawkbit/deployment.hpp"
#include "updater/hawkbit/firmware_order.hpp"

#include <algorithm>

namespace updater::hawkbit {

namespace {

constexpr int first_phase_of_new_system = 7;
/// With one try at each poll; after that a person has to look.
constexpr int max_tries = 50;

std::string with_advice(const EndedJob &ended) {
    return ended.next.empty() ? ended.reason : ended.reason + ". " + ended.next;
}

} // namespace

void Deployment::advance() {
    if (!state_.action)
        return;
    if (state_.action->step == Step::ordering)
        find_ordered_job();
    if (state_.action && state_.action->step == Step::running)
        watch();
    const bool wants_to_begin = state_.action && offer_ && may_begin_ &&
                                (state_.action->step == Step::accepted ||
                                 (state_.action->step == Step::waiting && offer_->may_install));
    if (wants_to_begin)
        begin();
}

void Deployment::begin() {
    const AgentState agent = agent_.state();
    if (!agent.is_idle()) {
        if (!adopt(agent))
            reporter_.progress(state_.action->id, Execution::scheduled, 0,
                               "another job of the appliance runs first");
        return;
    }
    const std::string wanted = state_.action->version;
    if (agent.running_version == wanted)
        return end(Ending::success, "version " + wanted + " runs");
    if (!offer_->may_download && !offer_->may_install)
        return;
    if (!refreshed_) {
        agent_.refresh();
        refreshed_ = true;
    }
    const FirmwareOrder next = next_order(agent_.firmware(), agent.running_version, wanted);
    if (next.version.empty())
        return next.may_pass ? try_later(next.problem) : end(Ending::failure, next.problem);
    if (offer_->may_install && (offer_->forced || !agent.postponed))
        return order(true, next.version, next.source, agent);
    if (!next.is_downloaded)
        return order(false, next.version, next.source, agent);
    is_downloaded(next.version);
    back_to(Step::waiting);
}

/// An installation of this version that somebody else has begun is as good as ours, but it isn't the server's
/// to cancel: it had begun before the order, so the job before it and the job are the same.
bool Deployment::adopt(const AgentState &agent) {
    if (agent.operation != "install" || agent.version != state_.action->version)
        return false;
    Action &action = *state_.action;
    action.step = Step::running;
    action.installs = true;
    action.job = agent.job;
    action.job_before = agent.job;
    action.job_version = agent.version;
    calls_.save();
    watch();
    return true;
}

bool Deployment::is_adopted() const {
    const Action &action = *state_.action;
    return action.step == Step::running && !action.job.empty() && action.job == action.job_before;
}

void Deployment::order(bool installs, const std::string &version, const std::string &source,
                       const AgentState &agent) {
    Action &action = *state_.action;
    action.step = Step::ordering;
    action.installs = installs;
    action.job_version = version;
    action.job.clear();
    action.job_before = agent.last ? agent.last->job : "";
    report(installs ? Execution::proceeding : Execution::download,
           (installs ? "installing version " : "downloading version ") + version);
    may_begin_ = false;
    // Whatever happens from here on, the next start looks for the job.
    calls_.save();
    try {
        action.job = installs ? agent_.install(source) : agent_.download(source);
        action.step = Step::running;
        calls_.say("job " + action.job + (installs ? " installs" : " downloads") + " version " + version);
        calls_.save();
    } catch (const AgentBusy &error) {
        try_later(error.what());
    } catch (const AgentRefuses &error) {
        end(Ending::failure, error.what());
    }
}

/// The agent was asked, and its answer is lost: it may have begun a job, which may even have ended.
void Deployment::find_ordered_job() {
    const AgentState agent = agent_.state();
    Action &action = *state_.action;
    const std::string operation = action.installs ? "install" : "download";
    const bool runs = !agent.is_idle() && agent.operation == operation &&
                      (agent.version.empty() || agent.version == action.job_version);
    const bool ran = agent.is_idle() && agent.last && agent.last->job != action.job_before &&
                     agent.last->operation == operation &&
                     (agent.last->to.empty() || agent.last->to == action.job_version);
    if (!runs && !ran)
        return back_to(Step::accepted);
    action.job = runs ? agent.job : agent.last->job;
    back_to(Step::running);
}

std::optional<EndedJob> Deployment::ended_job(const AgentState &agent, const std::string &job) {
    if (agent.last && agent.last->job == job)
        return agent.last;
    const auto jobs = agent_.history();
    const auto found = std::ranges::find(jobs, job, &EndedJob::job);
    return found == jobs.end() ? std::nullopt : std::optional(*found);
}

void Deployment::watch() {
    const AgentState agent = agent_.state();
    const std::string job = state_.action->job;
    if (!agent.is_idle() && agent.job == job)
        return show_progress(agent);
    if (const auto ended = ended_job(agent, job))
        return job_ended(*ended, agent);
    if (!agent.is_idle())
        return; // looked at again when that one has ended
    end(Ending::failure, "the appliance knows nothing of its job " + job + ", which was to bring version " +
                             state_.action->job_version + "; it runs " + agent.running_version);
}

void Deployment::show_progress(const AgentState &agent) {
    Action &action = *state_.action;
    if (action.withdrawn)
        return;
    const std::string line = "phase " + std::to_string(agent.phase) + " of 10, " + agent.phase_name + ", " +
                             std::to_string(agent.percent) + " %";
    if (!action.installs)
        return reporter_.progress(action.id, Execution::download, agent.percent, line);
    if (agent.phase >= first_phase_of_new_system && !action.resumed) {
        action.resumed = true;
        report(Execution::resumed, "the new system has started, and is not committed yet");
        calls_.save();
        return;
    }
    constexpr int phases = 10;
    reporter_.progress(action.id, Execution::proceeding, (agent.phase - 1) * phases + agent.percent / phases,
                       line);
}

void Deployment::job_ended(const EndedJob &ended, const AgentState &agent) {
    if (state_.action->job_version.empty()) // it was taken over before the agent knew
        state_.action->job_version = ended.to;
    if (ended.result == "cancelled") {
        const bool by_server = !state_.action->cancel.empty() || state_.action->withdrawn;
        return end(by_server ? Ending::cancelled : Ending::failure,
                   by_server ? "cancelled; version " + agent.running_version + " runs"
                             : "cancelled at the appliance; version " + agent.running_version + " runs");
    }
    if (state_.action->installs)
        installation_ended(ended, agent);
    else
        download_ended(ended);
}

void Deployment::download_ended(const EndedJob &ended) {
    if (ended.result != "succeeded")
        return end(Ending::failure, "the download " + ended.result + ": " + with_advice(ended));
    if (!state_.action->cancel.empty() || state_.action->withdrawn)
        return end(Ending::cancelled, "cancelled; nothing was installed");
    is_downloaded(state_.action->job_version);
    // What the server said before may be old; if it still holds, the installation begins now.
    may_begin_ = offer_.has_value();
    back_to(offer_ && offer_->may_install ? Step::accepted : Step::waiting);
}

void Deployment::installation_ended(const EndedJob &ended, const AgentState &agent) {
    const Action &action = *state_.action;
    const std::string runs = "version " + agent.running_version + " runs";
    if (ended.result != "succeeded")
        return end(Ending::failure, "the installation of " + action.job_version +
                                        (ended.unfinished ? " is not finished" : " " + ended.result) + ": " +
                                        with_advice(ended) + "; " + runs);
    if (agent.running_version != action.job_version)
        return end(Ending::failure, "the installation of " + action.job_version + " succeeded, but " + runs);
    if (action.version.empty())
        return back_to(Step::accepted); // taken over: the server offers it again, and says what it wants
    if (agent.running_version == action.version)
        return end(Ending::success, runs + " and is committed");
    report(Execution::proceeding, runs + "; the way leads on to " + action.version);
    state_.action->resumed = false;
    may_begin_ = offer_.has_value();
    back_to(Step::accepted);
}

void Deployment::is_downloaded(const std::string &version) {
    if (state_.action->downloaded == version)
        return;
    state_.action->downloaded = version;
    report(Execution::downloaded, "version " + version + " is downloaded");
}

void Deployment::back_to(Step step) {
    state_.action->step = step;
    calls_.save();
}

/// "Not now": the server is told with a word that doesn't end the action.
void Deployment::try_later(const std::string &why) {
    may_begin_ = false;
    if (++state_.action->tries > max_tries)
        return end(Ending::failure, "given up after " + std::to_string(max_tries) + " tries: " + why);
    reporter_.progress(state_.action->id, Execution::rejected, 0, why + "; it is tried again");
    back_to(Step::accepted);
}

} // namespace updater::hawkbit
