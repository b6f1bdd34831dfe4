// Watches a job through the agent, over restarts of the agent, until it ends or the machine restarts. Shows
// nothing.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/job_watch.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::wizard {

class JobProgress {
  public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    /// `client` outlives this object.
    JobProgress(control::Client &client, control::JobWatch watch,
                Clock clock = std::chrono::steady_clock::now);

    /// Asks the agent once. Returns what has become of the job, goes_on while it is not known. Throws
    /// AgentUnreachable when the agent has been away for longer than its own restart takes.
    control::Sight look();

    /// The newest state document.
    const nlohmann::json &state() const { return state_; }
    /// The newest events, oldest first.
    const std::deque<nlohmann::json> &events() const { return events_; }
    /// Why the agent does not answer, "" while it does.
    const std::string &absence() const { return absence_; }

  private:
    void read_events();
    control::Sight without_agent(const control::AgentUnreachable &reason);

    control::Client &client_;
    control::JobWatch watch_;
    Clock clock_;
    nlohmann::json state_ = nlohmann::json::object();
    std::deque<nlohmann::json> events_;
    std::uint64_t after_sequence_ = 0;
    std::string agent_; ///< the one that numbers the events
    std::string absence_;
    std::optional<std::chrono::steady_clock::time_point> away_since_;
};

} // namespace updater::wizard
