// What the client must still know after it was stopped at any moment: the action of the server that it works
// on, what became of earlier ones, and what the server has not been told. Bounded.
#pragma once

#include "updater/hawkbit/feedback.hpp"

#include <cstddef>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::hawkbit {

enum class Step {
    accepted, ///< known; nothing is ordered, or the next job is due
    ordering, ///< the agent is being asked, and may have begun
    running,  ///< the agent's job is known
    waiting,  ///< downloaded; the server doesn't let us install yet
};

enum class Ending { success, failure, cancelled };

/// The action of the server that the client works on.
struct Action {
    std::string id;
    std::string module;
    std::string version; ///< which is to run in the end; empty: not known before the server offers it again
    Step step = Step::accepted;
    bool installs = false; ///< of the job: an installation, else a download
    std::string job_version;
    std::string job; ///< empty before the agent has said
    std::string
        job_before; ///< the agent's last job when this one was ordered; `job` if it wasn't ordered by us
    std::string downloaded; ///< version of which the server was told that it is here
    std::string cancel;     ///< id of the cancellation that waits for the end of the job
    std::string since;      ///< when the action came, in UTC
    bool resumed = false;   ///< the server was told that the new system has started
    bool withdrawn = false; ///< the server no longer wants it; its job is being cancelled
    int tries = 0;          ///< how often the feed could not be fetched
};

/// An action that has ended.
struct ClosedAction {
    std::string id;
    std::string version;
    Ending ending = Ending::success;
    std::string reason;
};

/// An action that waits for a person's yes.
struct Question {
    std::string id;
    std::string module;
    std::string version;
    std::string since;
    bool answered = false;
    bool confirmed = false; ///< the answer
    std::string remark;
    bool taken = false;            ///< the server has taken the answer
    int told = 0;                  ///< how often it was reported
    std::chrono::sys_seconds when; ///< it was reported last
};

struct DeviceState {
    bool is_new = true;    ///< nothing is kept of earlier, and the agent was not looked at yet
    std::string stray_job; ///< the agent's job at that look: perhaps of an action that isn't known any more
    std::chrono::seconds interval{0}; ///< the server's last one; 0: not known
    std::optional<Action> action;
    std::optional<Question> question;
    std::deque<ClosedAction> closed; ///< oldest first
    std::deque<Feedback> unsent;     ///< oldest first
    std::string module;              ///< name of the software module that was last ordered
    std::string told_version;        ///< which the server believes to run here; empty: not known
    std::string config_data;         ///< that the server was last told
};

inline constexpr std::size_t max_closed = 20;
inline constexpr std::size_t max_unsent = 32;

nlohmann::json to_json(const DeviceState &state);
/// Throws nlohmann::json::exception or std::runtime_error for what the other didn't write.
DeviceState device_state_from(const nlohmann::json &kept);

} // namespace updater::hawkbit
