// Checks the feed when asked, in a thread of its own, and knows what it offers. FeedSource fetches; FeedStore
// decides what is trusted.
#pragma once

#include "updater/available/last_check.hpp"
#include "updater/feed/feed_source.hpp"
#include "updater/feed/feed_store.hpp"
#include "updater/feed/upgrade_path.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace updater::available {

/// Thread-safe.
class FeedMonitor {
  public:
    struct Callbacks {
        /// The next hop, after each successful check.
        std::function<void(const feed::FeedEntry &)> can_be_installed;
        /// One line for people; `checked`: when the feed was last checked successfully, if it ever was.
        std::function<void(std::string_view, std::optional<std::chrono::sys_seconds> checked)> check_failed;
    };

    /// All references outlive this object.
    FeedMonitor(feed::FeedStore &store, feed::FeedSource &source, LastCheck last_check,
                firmware::Version running, text::Clock clock, Callbacks callbacks);
    ~FeedMonitor();

    /// Begins a check, unless one runs; document() shows when it has ended.
    void begin_check();

    /// Waits until no check runs, or until `stop` is requested. Returns whether the last check succeeded.
    bool wait_for_check(const std::stop_token &stop);

    /// From the running version on. Empty when nothing is known.
    feed::UpgradePath path(const feed::PathWishes &wishes) const;
    /// All that the feed has beyond the running version, newest first.
    std::vector<feed::FeedEntry> newer() const;

    bool was_ever_checked() const;
    /// False without a feed.
    bool has_expired() const;

    /// For the firmware document: "checking", "checked" (time or null), "serial" (or null), "expires",
    /// "expired", "problem" and "next" (empty if the last check succeeded).
    nlohmann::json document() const;

  private:
    /// Why the last check failed; both empty: it didn't.
    struct Problem {
        std::string what;
        std::string next_step;
    };

    bool has_expired_unlocked() const;
    void check(const std::stop_token &stop);
    void accept(const feed::FetchedFeed &fetched);
    void note_problem(const Problem &problem);
    void report_next_hop();

    feed::FeedStore &store_;
    feed::FeedSource &source_;
    firmware::Version running_;
    text::Clock clock_;
    Callbacks callbacks_;

    mutable std::mutex mutex_; ///< for all below, and the store
    std::condition_variable_any check_ended_;
    bool checking_ = false;
    LastCheck last_check_;
    Problem problem_;
    std::jthread thread_;
};

} // namespace updater::available
