#include "updater/available/feed_monitor.hpp"

#include "updater/cancelled.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace updater::available {

FeedMonitor::FeedMonitor(feed::FeedStore &store, feed::FeedSource &source, LastCheck last_check,
                         firmware::Version running, text::Clock clock, Callbacks callbacks)
    : store_(store), source_(source), running_(running), clock_(std::move(clock)),
      callbacks_(std::move(callbacks)), last_check_(std::move(last_check)) {}

FeedMonitor::~FeedMonitor() = default;

void FeedMonitor::begin_check() {
    const std::lock_guard lock(mutex_);
    if (checking_)
        return;
    checking_ = true;
    thread_ = std::jthread([this](const std::stop_token &stop) { check(stop); });
}

void FeedMonitor::check(const std::stop_token &stop) {
    try {
        std::uint64_t first_key_list = 0;
        {
            const std::lock_guard lock(mutex_);
            first_key_list = store_.next_key_list();
        }
        const feed::FetchedFeed fetched = source_.fetch(first_key_list, stop);
        accept(fetched);
        report_next_hop();
    } catch (const Cancelled &) {
        // The agent ends.
    } catch (const Refused &refusal) {
        note_problem({refusal.what(), refusal.next_step()});
    } catch (const std::exception &failure) {
        note_problem({failure.what(), "The next check retries it; to retry now: update-control --refresh"});
    }
    const std::lock_guard lock(mutex_);
    checking_ = false;
    check_ended_.notify_all();
}

bool FeedMonitor::wait_for_check(const std::stop_token &stop) {
    std::unique_lock lock(mutex_);
    return check_ended_.wait(lock, stop, [this] { return !checking_; }) && problem_.what.empty();
}

void FeedMonitor::accept(const feed::FetchedFeed &fetched) {
    const std::lock_guard lock(mutex_);
    store_.follow_key_lists(fetched.key_lists);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_());
    store_.accept_feed(fetched.feed, now);
    last_check_.remember(now);
    problem_ = {};
}

void FeedMonitor::note_problem(const Problem &problem) {
    std::optional<std::chrono::sys_seconds> checked;
    {
        const std::lock_guard lock(mutex_);
        problem_ = {text::clean_text(problem.what), text::clean_text(problem.next_step)};
        checked = last_check_.time();
    }
    if (callbacks_.check_failed)
        callbacks_.check_failed("the feed could not be renewed: " + problem.what + ". " + problem.next_step,
                                checked);
}

void FeedMonitor::report_next_hop() {
    const feed::UpgradePath news = path({});
    if (!news.hops.empty() && callbacks_.can_be_installed)
        callbacks_.can_be_installed(news.hops.front());
}

feed::UpgradePath FeedMonitor::path(const feed::PathWishes &wishes) const {
    const std::lock_guard lock(mutex_);
    return store_.feed() ? feed::upgrade_path(*store_.feed(), running_, wishes) : feed::UpgradePath();
}

std::vector<feed::FeedEntry> FeedMonitor::newer() const {
    const std::lock_guard lock(mutex_);
    std::vector<feed::FeedEntry> found;
    if (store_.feed())
        std::ranges::copy_if(store_.feed()->entries, std::back_inserter(found),
                             [&](const feed::FeedEntry &entry) { return entry.version > running_; });
    return found;
}

bool FeedMonitor::was_ever_checked() const {
    const std::lock_guard lock(mutex_);
    return last_check_.time().has_value();
}

bool FeedMonitor::has_expired() const {
    const std::lock_guard lock(mutex_);
    return has_expired_unlocked();
}

bool FeedMonitor::has_expired_unlocked() const {
    return store_.feed() && store_.feed()->expires < clock_();
}

nlohmann::json FeedMonitor::document() const {
    const std::lock_guard lock(mutex_);
    const auto &feed = store_.feed();
    const auto checked = last_check_.time();
    const nlohmann::json none;
    return {{"checking", checking_},
            {"checked", checked ? nlohmann::json(text::iso_time(*checked)) : none},
            {"serial", feed ? nlohmann::json(feed->serial) : none},
            {"expires", feed ? nlohmann::json(text::iso_time(feed->expires)) : none},
            {"expired", has_expired_unlocked()},
            {"problem", problem_.what},
            {"next", problem_.next_step}};
}

} // namespace updater::available
