#include "updater/schedule/background_thread.hpp"

#include "updater/text/clean_text.hpp"

#include <utility>

namespace updater::schedule {

BackgroundThread::BackgroundThread(available::FeedMonitor *feed, Schedule &schedule,
                                   AutomaticDownload &download, std::ostream &console)
    : feed_(feed), schedule_(schedule), download_(download), console_(console) {}

void BackgroundThread::begin() {
    thread_ = std::jthread([this](const std::stop_token &stop) { work(stop); });
}

BackgroundThread::~BackgroundThread() {
    stop();
}

void BackgroundThread::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

void BackgroundThread::feed_check_began(bool about_to_install) {
    {
        const std::lock_guard lock(mutex_);
        work_is_pending_ = true;
        // Also cancels a download that an earlier check would lead to: it would block the installation.
        act_on_feed_ = !about_to_install;
    }
    work_changed_.notify_one();
}

void BackgroundThread::something_may_be_due() {
    {
        const std::lock_guard lock(mutex_);
        work_is_pending_ = true;
    }
    work_changed_.notify_one();
}

void BackgroundThread::work(const std::stop_token &stop) {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            if (!work_changed_.wait(lock, stop, [this] { return work_is_pending_; }))
                return;
            work_is_pending_ = false;
        }
        try {
            do_pending_work(stop);
        } catch (const std::exception &failure) {
            console_ << "the scheduled work cannot be done: " << text::clean_text(failure.what())
                     << std::endl;
        }
    }
}

void BackgroundThread::do_pending_work(const std::stop_token &stop) {
    if (feed_ && schedule_.something_is_due())
        feed_->begin_check();
    const bool check_succeeded = feed_ && feed_->wait_for_check(stop);
    if (stop.stop_requested())
        return;
    bool act_on_feed = false;
    {
        const std::lock_guard lock(mutex_);
        act_on_feed = std::exchange(act_on_feed_, false);
    }
    schedule_.start_what_is_due();
    if (!act_on_feed || !check_succeeded)
        return;
    schedule_.announce_next_hop();
    download_.after_check();
}

} // namespace updater::schedule
