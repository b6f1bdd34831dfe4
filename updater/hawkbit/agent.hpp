// The update agent as the client sees it. The client only orders what the agent offers anyway; the outside
// begins here.
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::hawkbit {

/// The agent doesn't answer; it may have done what it was asked.
class AgentAway : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Not now: something else runs.
class AgentBusy : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The agent says no, and has begun nothing. The message has the advice in it.
class AgentRefuses : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A job that has ended.
struct EndedJob {
    std::string job;
    std::string operation; ///< "install", "download", "rollback"
    std::string from;
    std::string to;
    std::string result; ///< "succeeded", "failed", "refused", "rolled-back", "cancelled"
    std::string reason;
    std::string next; ///< what to do, or empty
    std::string ended;
    bool unfinished = false; ///< the new version stays, but not all that follows the commit is done
};

struct AgentState {
    std::string running_version;
    std::string slot;
    std::string state = "idle"; ///< "idle", "running", "restarting", "rolling-back"
    std::string operation;      ///< of the job that runs, as the members down to percent
    std::string job;
    std::string version; ///< empty until it is known
    int phase = 0;
    std::string phase_name;
    int percent = 0;
    bool postponed = false; ///< the administrator wants nothing installed by itself now
    std::optional<EndedJob> last;

    bool is_idle() const { return state == "idle"; }
};

/// Firmware of the agent's signed feed, or that it has downloaded from there.
struct OfferedFirmware {
    std::string version;
    std::string source;          ///< what Install takes
    std::string minimum_version; ///< the oldest version that it can be installed on
    bool stepping_stone = false; ///< must be installed before anything newer
};

struct AgentFirmware {
    bool has_feed = false;
    std::string feed_problem;           ///< why the last refresh failed; empty: it didn't
    std::vector<OfferedFirmware> newer; ///< than what runs: all of the feed
    std::vector<OfferedFirmware> downloaded;
    std::vector<EndedJob> failed; ///< `to` and `reason` of versions that failed here
};

class Agent {
  public:
    Agent() = default;
    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;
    virtual ~Agent() = default;

    /// All throw AgentAway.
    virtual AgentState state() = 0;
    virtual AgentFirmware firmware() = 0;
    virtual std::vector<EndedJob> history() = 0;
    /// Waits until the feed was fetched, or that failed.
    virtual void refresh() = 0;
    /// Both return the job's id. Throw AgentBusy, AgentRefuses.
    virtual std::string install(const std::string &source) = 0;
    virtual std::string download(const std::string &source) = 0;
    /// Asks the running job to stop. Throws AgentRefuses if it is too late.
    virtual void cancel() = 0;
};

} // namespace updater::hawkbit
