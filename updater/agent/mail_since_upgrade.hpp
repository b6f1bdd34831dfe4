// How much mail was stored since the running version was installed: what a way back would leave behind. Reads
// only.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/progress/history.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace updater::agent {

class MailSinceUpgrade {
  public:
    /// For each store. Nobody waits for it at the bus.
    static constexpr std::chrono::minutes max_time_to_count{2};
    /// Somebody waits at the bus for the answer, and others behind him.
    static constexpr std::chrono::milliseconds max_wait{1000};

    /// All references outlive this object. `programs` is used in a thread of this object, so by nobody else.
    MailSinceUpgrade(const progress::History &history, hooks::runner::HookRunner &programs,
                     const configuration::Appliance &appliance, std::chrono::milliseconds wait = max_wait)
        : history_(history), programs_(programs), appliance_(appliance), wait_(wait) {}
    /// Ends a count that runs, and waits for it.
    ~MailSinceUpgrade() = default;
    MailSinceUpgrade(const MailSinceUpgrade &) = delete;
    MailSinceUpgrade &operator=(const MailSinceUpgrade &) = delete;

    /// After "the mail that was ": "stored since the upgrade to 2.8.1.0 ended at …: the message-store holds
    /// 3117 records, 2117 more than before". Counts the records. While that takes longer than a moment, it
    /// says so, and the count goes on for whoever asks next. Thread-safe.
    std::string text();

    /// Ends a count that runs, and waits for it: a job begins, and needs the stores and the disk. Who asks
    /// next begins another. Thread-safe.
    void make_way();

  private:
    /// What was counted in one store, or why that failed.
    struct Count {
        std::uint64_t records = 0;
        std::string problem; ///< empty: there is none
    };
    /// By the names of the stores.
    using Counts = std::map<std::string, Count>;

    void begin_to_count();
    void count_all(const std::stop_token &stop);
    Count count_in(const configuration::Store &store, const std::stop_token &stop);
    /// How the running version was installed; null: the history does not say.
    nlohmann::json installation() const;
    static std::string text_of(const configuration::Store &store, const Count &count,
                               const nlohmann::json &installation);

    const progress::History &history_;
    hooks::runner::HookRunner &programs_;
    const configuration::Appliance &appliance_;
    std::chrono::milliseconds wait_;

    std::mutex mutex_; ///< for all below
    std::condition_variable ended_;
    bool counting_ = false;
    std::optional<Counts> counted_;
    std::chrono::steady_clock::time_point counted_at_;
    std::jthread thread_; ///< last: it uses what stands above
};

} // namespace updater::agent
