// Says from the state documents, one after the other, whether the watched job goes on and how it ended. Calls
// nobody.
#pragma once

#include "updater/control/exit_codes.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

enum class Sight {
    goes_on,
    restarting,
    ended,    // `last` of the document is the watched job
    vanished, // the agent does not know the job
};

class JobWatch {
  public:
    /// `job`: the id that the agent gave, or "" for the job that runs or is about to. `last_before`: `last`
    /// in the state document before the job began, so that the end of an earlier job is not taken for this
    /// one's.
    JobWatch(std::string job, nlohmann::json last_before);

    Sight look(const nlohmann::json &state);

    /// Whether the machine was about to go down in the last document: then the agent is expected not to
    /// answer.
    bool going_down() const { return going_down_; }

  private:
    Sight see_idle(const nlohmann::json &last);

    std::string job_;
    const nlohmann::json last_before_;
    bool going_down_ = false;
    int idle_polls_ = 0;
};

/// The exit code that says how a job ended, from `last`.
ExitCode exit_code_of(const nlohmann::json &last);

/// The same, unless the job succeeded and mail does not flow afterwards.
ExitCode with_mail(ExitCode of_job, const nlohmann::json &state);

} // namespace updater::control
