// How much mail was stored since the running version was installed: what a way back would leave behind. Reads
// only.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/progress/history.hpp"

#include <chrono>
#include <string>

namespace updater::agent {

class MailSinceUpgrade {
  public:
    /// Somebody waits at the bus for the answer.
    static constexpr std::chrono::seconds max_time_to_count{10};

    /// All references outlive this object.
    MailSinceUpgrade(const progress::History &history, hooks::runner::HookRunner &programs,
                     const configuration::Appliance &appliance)
        : history_(history), programs_(programs), appliance_(appliance) {}

    /// After "the mail that was ": "stored since the upgrade to 2.8.1.0 ended at …: the message-store holds
    /// 3117 records, 2117 more than before". Counts the records, so no job may run.
    std::string text();

  private:
    /// How the running version was installed; null: the history does not say.
    nlohmann::json installation() const;
    std::string count_of(const configuration::Store &store, const nlohmann::json &installation);

    const progress::History &history_;
    hooks::runner::HookRunner &programs_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::agent
