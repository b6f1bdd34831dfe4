#include "updater/wizard/job_progress.hpp"

#include "updater/control/documents.hpp"

#include <utility>

namespace updater::wizard {

using control::Sight;
using nlohmann::json;

JobProgress::JobProgress(control::Client &client, control::JobWatch watch, Clock clock)
    : client_(client), watch_(std::move(watch)), clock_(std::move(clock)) {}

Sight JobProgress::look() {
    try {
        // The state is read before the events, so that all events before the end are there at the end.
        state_ = control::read_document(client_.state());
        read_events();
        away_since_.reset();
        absence_.clear();
        return watch_.look(state_);
    } catch (const control::AgentLimitsCalls &) {
        // Another program of the same user calls too often. The agent is there.
        return Sight::goes_on;
    } catch (const control::AgentUnreachable &reason) {
        return without_agent(reason);
    }
}

Sight JobProgress::without_agent(const control::AgentUnreachable &reason) {
    constexpr std::chrono::seconds max_absence{30};
    if (watch_.going_down())
        return Sight::restarting;
    if (!away_since_)
        away_since_ = clock_();
    else if (clock_() - *away_since_ > max_absence) {
        away_since_.reset(); // whoever goes on waiting waits as long again
        throw reason;
    }
    absence_ = reason.what();
    return Sight::goes_on;
}

void JobProgress::read_events() {
    constexpr std::size_t max_events = 100;
    if (client_.answered_by() != agent_) {
        // A restarted agent numbers its events from 1 again.
        agent_ = client_.answered_by();
        after_sequence_ = 0;
    }
    const json document = control::read_document(client_.events(after_sequence_));
    for (const json &event : document.value("events", json::array()))
        events_.push_back(event);
    while (events_.size() > max_events)
        events_.pop_front();
    after_sequence_ = static_cast<std::uint64_t>(control::number_at(document, "last"));
}

} // namespace updater::wizard
