// Thread that looks again and again whether mail flows. Decides nothing, and knows no job.
#pragma once

#include "updater/health/mail_flow.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace updater::agent {

/// Thread-safe.
class MailWatch {
  public:
    /// Between two looks. What is told is never older.
    static constexpr std::chrono::seconds interval{5};
    /// As long as mail flows, every so many looks wait for the greetings, too: ten minutes.
    static constexpr int looks_for_one_greeting = 120;

    /// `tell`: what was found, also when it is the same as before. References outlive this object.
    MailWatch(health::MailFlow &flow, std::function<void(const health::MailState &)> tell);
    ~MailWatch() { stop(); }
    MailWatch(const MailWatch &) = delete;
    MailWatch &operator=(const MailWatch &) = delete;

    /// Looks once, without waiting for a greeting, and starts the thread.
    void begin();
    void stop();

    /// Looks, with the greetings, and tells what was found before it returns.
    void look_now();
    /// Has the thread look; returns at once.
    void look_soon();

    /// One look of the thread.
    void look_again();

  private:
    void work(const std::stop_token &stop);
    void look(bool greetings);

    health::MailFlow &flow_;
    std::function<void(const health::MailState &)> tell_;

    std::mutex looking_; ///< for flow_ and the two below
    health::Mail found_ = health::Mail::unknown;
    int looks_since_greeting_ = looks_for_one_greeting;

    std::mutex mutex_; ///< for all below
    std::condition_variable_any asked_;
    bool is_asked_ = false;
    std::jthread thread_;
};

} // namespace updater::agent
