// Thread that has the mail queue run and looks how much is left in it, while mail is stopped on request:
// often while somebody waits for it, seldom otherwise. Stops and begins no mail.
#pragma once

#include "updater/node/mail_queue.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace updater::node {

/// What was found at the last look.
struct QueueState {
    std::optional<std::chrono::system_clock::time_point> looked; ///< nothing: not yet
    std::size_t connections = 0;                                 ///< of senders from outside
    std::optional<QueueListing> listing;                         ///< nothing: it could not be listed
    std::string problem;                                         ///< why it could not
    bool is_empty() const { return listing && listing->length == 0 && connections == 0; }
};

/// Thread-safe.
class QueueWatch {
  public:
    static constexpr std::chrono::seconds interval_while_awaited{2};
    static constexpr std::chrono::seconds interval{60};
    /// What was tried and deferred again is tried again after so many looks.
    static constexpr int looks_for_one_run = 30;

    struct Callees {
        std::function<void(const std::stop_token &)> run;
        std::function<QueueListing(const std::stop_token &)> list;
        std::function<std::size_t()> connections;
    };

    /// `changed`: after each look that found something else. References outlive this object.
    QueueWatch(Callees callees, text::Clock clock, std::function<void()> changed);
    ~QueueWatch() { end(); }
    QueueWatch(const QueueWatch &) = delete;
    QueueWatch &operator=(const QueueWatch &) = delete;

    /// Forgets what was found and looks again, often for this long.
    void begin(std::chrono::seconds awaited);
    /// From now on nothing is known and nothing is looked at, until begin(). Does not wait for a program that
    /// runs, which is ended.
    void forget();
    /// Ends the thread, and a program that runs, and waits for both.
    void end();

    QueueState state() const;

    /// One look of the thread.
    void look(const std::stop_token &stop);

  private:
    void work(const std::stop_token &stop);
    void look_if_active();
    void wait(const std::stop_token &stop);
    void discard();
    QueueState find(const std::stop_token &stop);

    Callees callees_;
    const text::Clock clock_;
    const std::function<void()> changed_;

    mutable std::mutex mutex_; ///< for all below
    std::condition_variable_any woken_;
    QueueState state_;
    std::chrono::steady_clock::time_point awaited_until_;
    std::stop_source program_; ///< of the look that runs
    bool is_active_ = false;
    bool is_asked_ = false;
    int looks_ = 0; ///< since the last run
    std::uint64_t begun_ = 0;
    std::jthread thread_;
};

} // namespace updater::node
