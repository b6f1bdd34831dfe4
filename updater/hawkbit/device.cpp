#include "updater/hawkbit/device.hpp"

#include "updater/hawkbit/config_data.hpp"
#include "updater/text/utc_time.hpp"

#include <utility>

namespace updater::hawkbit {

namespace {

constexpr long no_such_action = 404;
constexpr long action_is_gone = 410;

DeviceState kept_state(const StateFile &file, const std::function<void(const std::string &)> &say) {
    StateFile::Contents contents = file.load();
    if (!contents.problem.empty())
        say(contents.problem);
    return std::move(contents.state);
}

} // namespace

Device::Device(DeviceSettings settings, Server &server, Agent &agent, StateFile &file, text::Clock clock,
               std::function<void(const std::string &)> say)
    : settings_(std::move(settings)), server_(server), agent_(agent), file_(file), clock_(std::move(clock)),
      say_(std::move(say)), state_(kept_state(file, say_)),
      times_(settings_.bounds, state_.interval, settings_.seed), reporter_(state_, server, clock_, say_),
      deployment_(state_, agent, reporter_, clock_, {[this] { save(); }, say_}) {}

std::string Device::utc_now() const {
    return text::utc_text(std::chrono::floor<std::chrono::seconds>(clock_()));
}

std::chrono::milliseconds Device::poll() {
    polled_ = utc_now();
    Contact contact;
    try {
        contact = talk();
    } catch (const ServerUnreachable &error) {
        contact = {Contact::Kind::failed, error.what(), {}};
    } catch (const WrongAnswer &error) {
        contact = {Contact::Kind::failed, error.what(), {}};
    }
    save();
    if (contact.problem != problem_ && !contact.problem.empty())
        say_(contact.problem);
    problem_ = contact.problem;
    const bool ended = deployment_.take_ended();
    const bool soon = std::exchange(confirmed_, false) || ended;
    switch (contact.kind) {
    case Contact::Kind::denied:
        return times_.after_denial();
    case Contact::Kind::failed:
        return times_.after_failure(contact.retry_after);
    case Contact::Kind::done:
        break;
    }
    return soon ? times_.soon() : times_.after_answer();
}

Contact Device::talk() {
    if (Contact contact = send_reports(); !contact.is_done())
        return contact;
    const Answer answer = server_.exchange({Method::get, "", ""});
    if (Contact contact = contact_of(answer, "the poll"); !contact.is_done())
        return contact;
    const Poll poll = read_poll(answer.body);
    answered_ = utc_now();
    if (poll.sleep)
        times_.server_says(*poll.sleep);
    state_.interval = times_.interval();
    Contact contact = handle(poll);
    if (contact.is_done())
        contact = send_reports();
    if (contact.is_done())
        contact = tell_config_data(poll.config_data);
    if (contact.is_done())
        contact = tell_running_version();
    return contact;
}

Contact Device::handle(const Poll &poll) {
    look_at_agent();
    if (!poll.confirmation)
        state_.question.reset();
    try {
        Contact contact;
        if (poll.cancel)
            contact = handle_cancel(*poll.cancel);
        else if (poll.deployment)
            contact = handle_deployment(*poll.deployment);
        else
            deployment_.nothing_offered();
        if (contact.is_done() && poll.confirmation)
            contact = handle_confirmation(*poll.confirmation);
        deployment_.advance();
        return contact;
    } catch (const AgentAway &error) {
        agent_problem_ = error.what();
        return {};
    }
}

/// Before the server's wishes are handled, what has ended is known to have ended.
void Device::look_at_agent() {
    try {
        agent_problem_.clear();
        note_stray_job();
        deployment_.advance();
    } catch (const AgentAway &error) {
        agent_problem_ = error.what();
    }
}

/// Where nothing is kept of earlier, a job that runs may be of an order that was forgotten.
void Device::note_stray_job() {
    if (!state_.is_new)
        return;
    const AgentState agent = agent_.state();
    state_.stray_job = agent.is_idle() ? std::string() : agent.job;
    state_.is_new = false;
}

Contact Device::ask(const std::string &tail, const std::string &what, std::string &body) {
    Answer answer = server_.exchange({Method::get, tail, ""});
    body.clear();
    if (answer.status == no_such_action || answer.status == action_is_gone)
        return {}; // since the poll it was cancelled; the next poll shows what holds now
    Contact contact = contact_of(answer, what);
    if (contact.is_done())
        body = std::move(answer.body);
    return contact;
}

/// Each question for a deployment is an entry among the action's reports, of which the server takes 1000. So
/// it isn't asked again while its link is the same: the link changes with the deployment ("c=").
Contact Device::handle_deployment(const Link &link) {
    Contact contact;
    if (known_link_ != link || link.tail.find("c=") == std::string::npos) {
        std::string body;
        contact = ask(link.tail, "the question for the deployment", body);
        known_link_.reset();
        if (body.empty())
            return contact;
        known_offer_ = read_deployment(body, settings_.module);
        known_offer_.id = link.id; // what the reports go to
        known_link_ = link;
    }
    deployment_.offered(known_offer_);
    return contact;
}

Contact Device::handle_cancel(const Link &link) {
    std::string body;
    Contact contact = ask(link.tail, "the question for the cancellation", body);
    if (!body.empty())
        deployment_.cancel(link.id, read_cancel(body));
    return contact;
}

bool Device::agent_changed() {
    if (!watches_agent())
        return false;
    look_at_agent();
    const Contact contact = send_reports();
    save();
    return deployment_.take_ended() && contact.is_done();
}

Contact Device::send_reports() {
    save();
    Contact contact = reporter_.send();
    save();
    return contact;
}

Contact Device::tell_config_data(bool wanted) {
    try {
        const AgentState agent = agent_.state();
        const std::string key = agent.running_version + "|" + agent.slot + "|" +
                                (agent.last ? agent.last->job : "") + "|" +
                                (state_.action ? state_.action->id : "");
        if (!wanted && key == config_key_)
            return {};
        const std::string body = config_data(settings_.product, agent, agent_.history(), state_);
        if (wanted || body != state_.config_data) {
            const Contact contact =
                contact_of(server_.exchange({Method::put, "/configData", body}), "the config data");
            if (!contact.is_done())
                return contact;
        }
        config_key_ = key;
        state_.config_data = body;
    } catch (const AgentAway &error) {
        agent_problem_ = error.what();
    }
    return {};
}

/// After a rollback, or an installation that the server had not ordered. The server's part is experimental,
/// so that it doesn't know the version is no failure.
Contact Device::tell_running_version() {
    const std::string &name = settings_.distribution_set.empty() ? state_.module : settings_.distribution_set;
    if (state_.action || state_.question || name.empty() || !state_.unsent.empty())
        return {};
    try {
        const AgentState agent = agent_.state();
        if (!agent.is_idle() || agent.running_version == state_.told_version)
            return {};
        const std::string body = nlohmann::json{{"name", name}, {"version", agent.running_version}}.dump();
        const Answer answer = server_.exchange({Method::put, "/installedBase", body});
        const Contact contact =
            contact_of(answer, "the report that version " + agent.running_version + " runs");
        constexpr long first_server_error = 500;
        if (!contact.is_done() &&
            (contact.kind == Contact::Kind::denied || answer.status >= first_server_error))
            return contact;
        if (!contact.is_done())
            say_(contact.problem + "; it does not know this version");
        state_.told_version = agent.running_version;
    } catch (const AgentAway &error) {
        agent_problem_ = error.what();
    }
    return {};
}

} // namespace updater::hawkbit
