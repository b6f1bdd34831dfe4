// The thread for what nobody waits for: looking at the vendor's list, and what follows from it or from a
// moment that has come. What that is, the schedule and the automatic download decide.
#pragma once

#include "updater/available/feed_monitor.hpp"
#include "updater/schedule/automatic_download.hpp"
#include "updater/schedule/schedule.hpp"

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

namespace updater::schedule {

/// Thread-safe. What goes wrong is said on the console, and tried again when there is a reason to.
class Unattended {
  public:
    /// `feed`: none on an appliance without a feed. All references outlive this object.
    Unattended(available::FeedMonitor *feed, Schedule &schedule, AutomaticDownload &download,
               std::ostream &console);
    ~Unattended();

    /// From now on what is wanted is done, in a thread of its own; also what was wanted before.
    void begin();

    /// The list is being looked at: what follows from it comes after that. `about_to_install`: nothing does.
    void feed_check_began(bool about_to_install);
    /// Opens the schedule, after a look at the list if what is due wants that.
    void something_may_be_due();
    /// Begins nothing from now on; returns when nothing is about to begin.
    void stop();

    /// What the thread does whenever something is wanted. Waits for the end of a look at the list.
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
