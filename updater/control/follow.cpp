#include "updater/control/follow.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/reports.hpp"

#include <stdexcept>
#include <utility>

namespace updater::control {

using nlohmann::json;

Follow::Follow(Client &client, Display &display, WatchPause &pause, std::uint64_t after_sequence,
               std::string login, std::chrono::seconds max_absence)
    : client_(client), display_(display), pause_(pause), after_sequence_(after_sequence),
      agent_(client.answered_by()), login_(std::move(login)), max_absence_(max_absence) {}

ExitCode Follow::until_end(JobWatch watch) {
    constexpr std::chrono::milliseconds poll_interval{500};
    for (;;) {
        try {
            if (const auto code = look(watch))
                return *code;
        } catch (const AgentLimitsCalls &) {
            // Another program of the same user calls too often. The agent is there; the next round asks
            // again.
            away_since_.reset();
        } catch (const AgentUnreachable &reason) {
            if (watch.going_down())
                return report_restart(last_seen_.dump(), last_seen_);
            if (!may_come_back(reason))
                throw;
        }
        if (const std::optional<ExitCode> ended_by = pause_.wait(poll_interval))
            return report_interrupt(*ended_by);
    }
}

std::optional<ExitCode> Follow::look(JobWatch &watch) {
    // The state is read before the events, so that all events before the end are shown before the end.
    const std::string document = client_.state();
    const json state = read_document(document);
    last_seen_ = state;
    show_events();
    if (away_since_)
        display_.text("The agent answers again.\n");
    away_since_.reset();
    switch (watch.look(state)) {
    case Sight::goes_on:
        display_.progress(state, Clock::now());
        return std::nullopt;
    case Sight::restarting:
        return report_restart(document, state);
    case Sight::ended:
        return report_end(document, state);
    case Sight::vanished:
        display_.text("The agent no longer knows this job; see: update-control -s\n");
        display_.document(document);
        return ExitCode::failed;
    }
    throw std::logic_error("a sight of a job without an answer");
}

bool Follow::may_come_back(const AgentUnreachable &reason) {
    if (away_since_)
        return Clock::now() - *away_since_ <= max_absence_;
    away_since_ = Clock::now();
    display_.text(std::string(reason.what()) + "; waiting for it to come back. The job is not harmed.\n");
    return true;
}

void Follow::show_events() {
    if (client_.answered_by() != agent_) {
        // A restarted agent numbers its events from 1 again.
        agent_ = client_.answered_by();
        after_sequence_ = 0;
    }
    const std::string document = client_.events(after_sequence_);
    const json parsed = read_document(document);
    display_.events(document, parsed);
    after_sequence_ = static_cast<std::uint64_t>(number_at(parsed, "last"));
}

ExitCode Follow::report_end(const std::string &document, const json &state) {
    const json last = state.value("last", json::object());
    display_.text(result_report(last) + mail_report(state));
    display_.document(document);
    return with_mail(exit_code_of(last), state);
}

ExitCode Follow::report_restart(const std::string &document, const json &state) {
    display_.text(restart_report(state, login_));
    display_.document(document);
    return ExitCode::restarting;
}

ExitCode Follow::report_interrupt(ExitCode code) {
    // After a hangup there is no terminal to write to.
    if (code != ExitCode::hung_up)
        display_.text(
            "Only the watching ends here, the job goes on. Watch it again: update-control -f; cancel it "
            "(phases 1 and 2): update-control -c\n");
    return code;
}

} // namespace updater::control
