// Watches a job through the agent until it ends, the machine restarts, or a signal ends the watching.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"
#include "updater/control/job_watch.hpp"
#include "updater/control/watch_pause.hpp"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::control {

class Follow {
  public:
    /// `after_sequence`: only later events are shown; as numbered by the agent that gave the client's last
    /// answer. `login`: see restart_report(). `max_absence`: how long the agent may not answer
    /// (it restarts when it is upgraded or has crashed) before the watching ends.
    Follow(Client &client, Display &display, WatchPause &pause, std::uint64_t after_sequence,
           std::string login, std::chrono::seconds max_absence = std::chrono::seconds(30));

    /// Returns how the job ended: the exit code of its result, restarting, no_agent, or that of the signal.
    /// Throws OutputLost, UnknownDocument and AgentError.
    ExitCode until_end(JobWatch watch);

  private:
    using Clock = std::chrono::steady_clock;

    /// Shows what is new. Returns the exit code if there is nothing more to watch.
    std::optional<ExitCode> look(JobWatch &watch);
    /// Says once that the agent is away. False when it has been away for too long.
    bool may_come_back(const AgentUnreachable &reason);
    void show_events();
    ExitCode report_end(const std::string &document, const nlohmann::json &state);
    ExitCode report_restart(const std::string &document, const nlohmann::json &state);
    ExitCode report_interrupt(ExitCode code);

    Client &client_;
    Display &display_;
    WatchPause &pause_;
    std::uint64_t after_sequence_;
    std::string agent_; // the one that numbers the events
    const std::string login_;
    const std::chrono::seconds max_absence_;
    std::optional<Clock::time_point> away_since_;
    nlohmann::json last_seen_ = nlohmann::json::object();
};

} // namespace updater::control
