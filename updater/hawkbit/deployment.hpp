// Works on one action of the server: orders the agent, watches its job, and reports what has become of it.
// Says that a version was installed only when the agent has committed it. Never waits but for the feed.
#pragma once

#include "updater/hawkbit/agent.hpp"
#include "updater/hawkbit/answers.hpp"
#include "updater/hawkbit/device_state.hpp"
#include "updater/hawkbit/reporter.hpp"
#include "updater/text/local_time.hpp"

#include <functional>
#include <optional>
#include <string>

namespace updater::hawkbit {

class Deployment {
  public:
    /// What it does beside its own work.
    struct Calls {
        std::function<void()> save;                   ///< makes the state durable
        std::function<void(const std::string &)> say; ///< a line for the log
    };

    /// All references outlive this object.
    Deployment(DeviceState &state, Agent &agent, Reporter &reporter, text::Clock clock, Calls calls);

    /// The server wants this done, as of its last answer. Throws AgentAway, as the others do.
    void offered(const Offer &offer);
    /// The server wants nothing done. An installation that has not gone too far is cancelled.
    void nothing_offered();
    /// The server wants `action` stopped. The answer is reported now, or when the job has ended.
    void cancel(const std::string &cancellation, const std::string &action);

    /// Looks at the agent, and does what can be done next. Call it after the others, and whenever the agent's
    /// state has changed.
    void advance();

    /// Whether an action has ended since the last call: the server is to be told more at once.
    bool take_ended();

  private:
    void begin();
    bool adopt(const AgentState &agent);
    bool is_adopted() const;
    void order(bool installs, const std::string &version, const std::string &source, const AgentState &agent);
    void find_ordered_job();
    void watch();
    void show_progress(const AgentState &agent);
    void job_ended(const EndedJob &ended, const AgentState &agent);
    void download_ended(const EndedJob &ended);
    void installation_ended(const EndedJob &ended, const AgentState &agent);
    void try_later(const std::string &why);
    void back_to(Step step);
    void is_downloaded(const std::string &version);
    void end(Ending ending, const std::string &reason);
    void report(Execution execution, const std::string &line);
    void report_end(const ClosedAction &closed);
    void withdraw_job();
    void cancel_job(const std::string &cancellation);
    void cancel_unknown(const std::string &cancellation, const std::string &action);
    void take_over(const std::string &action, const AgentState &agent);
    std::string ask_to_cancel();
    bool runs_job(const AgentState &agent) const;
    bool is_known(const std::string &action) const;
    void answer_cancellation(const std::string &cancellation, bool accepted, const std::string &line);
    bool is_closed(const Offer &offer);
    std::optional<EndedJob> ended_job(const AgentState &agent, const std::string &job);

    DeviceState &state_;
    Agent &agent_;
    Reporter &reporter_;
    const text::Clock clock_;
    const Calls calls_;
    std::optional<Offer> offer_; ///< of the action, by the server's last answer
    bool may_begin_ = false;     ///< false after a try, until the server was asked again
    bool refreshed_ = false;     ///< since the server was last asked
    bool ended_ = false;
};

} // namespace updater::hawkbit
