// Background thread: waits for the check of the feed, and starts whatever is due. What is due, the schedule
// and the automatic download decide.
#pragma once

#include "updater/available/feed_monitor.hpp"
#include "updater/schedule/automatic_download.hpp"
#include "updater/schedule/schedule.hpp"

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

namespace updater::schedule {

/// Thread-safe. A failure is printed on the console; the work is done again when something triggers it.
class BackgroundThread {
  public:
    /// `feed`: none on an appliance without a feed. All references outlive this object.
    BackgroundThread(available::FeedMonitor *feed, Schedule &schedule, AutomaticDownload &download,
                     std::ostream &console);
    ~BackgroundThread();

    /// Starts the thread, which also does the work that is already pending.
    void begin();

    /// The feed is being checked; afterwards the next hop is announced and downloaded by itself, unless the
    /// caller is `about_to_install`.
    void feed_check_began(bool about_to_install);
    /// Has the thread start what is due, after a check of the feed if anything is.
    void something_may_be_due();
    /// Stops the thread and waits for its end; nothing begins after that.
    void stop();

    /// One round of the thread's work. Waits for the end of a running check of the feed.
    void do_pending_work(const std::stop_token &stop);

  private:
    void work(const std::stop_token &stop);

    available::FeedMonitor *feed_;
    Schedule &schedule_;
    AutomaticDownload &download_;
    std::ostream &console_;

    std::mutex mutex_; ///< for all below
    std::condition_variable_any work_changed_;
    bool work_is_pending_ = false;
    bool act_on_feed_ = false; ///< after the check: announce and download what the feed has next
    std::jthread thread_;
};

} // namespace updater::schedule
