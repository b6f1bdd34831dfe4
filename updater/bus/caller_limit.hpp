// Limits how often each user is answered. Knows no D-Bus and no clock of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <sys/types.h>

namespace updater::bus {

/// A token bucket for each user. Needed because everybody may ask for the agent's documents, and the thread
/// that makes them also has to handle a Cancel. A program that watches a job asks four times a second. For
/// one thread.
class CallerLimit {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Now = std::function<Time()>;

    static constexpr double answers_at_once = 60;
    static constexpr double answers_per_second = 30;
    static constexpr std::size_t max_users = 64; ///< whose buckets are kept

    explicit CallerLimit(Now now = std::chrono::steady_clock::now);

    /// Whether this call is answered.
    bool allows(uid_t user);

  private:
    struct Allowance {
        double answers = answers_at_once;
        Time since;
    };

    Now now_;
    std::map<uid_t, Allowance> users_;
};

} // namespace updater::bus
