#include "updater/node/queue_watch.hpp"

#include "updater/cancelled.hpp"
#include "updater/text/clean_text.hpp"

#include <exception>
#include <utility>

namespace updater::node {

QueueWatch::QueueWatch(Callees callees, text::Clock clock, std::function<void()> changed)
    : callees_(std::move(callees)), clock_(std::move(clock)), changed_(std::move(changed)) {}

void QueueWatch::begin(std::chrono::seconds awaited) {
    const std::lock_guard lock(mutex_);
    discard();
    is_active_ = true;
    is_asked_ = true;
    awaited_until_ = std::chrono::steady_clock::now() + awaited;
    if (thread_.joinable())
        woken_.notify_one();
    else
        thread_ = std::jthread([this](const std::stop_token &stop) { work(stop); });
}

void QueueWatch::forget() {
    const std::lock_guard lock(mutex_);
    discard();
    is_active_ = false;
}

void QueueWatch::discard() {
    program_.request_stop();
    program_ = std::stop_source();
    state_ = {};
    looks_ = 0;
    ++begun_;
}

void QueueWatch::end() {
    forget();
    std::jthread thread;
    {
        const std::lock_guard lock(mutex_);
        thread = std::exchange(thread_, {});
    }
    // Its destructor ends the thread and waits for it.
}

QueueState QueueWatch::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void QueueWatch::work(const std::stop_token &stop) {
    while (!stop.stop_requested()) {
        look_if_active();
        wait(stop);
    }
}

void QueueWatch::look_if_active() {
    std::stop_token program;
    {
        const std::lock_guard lock(mutex_);
        is_asked_ = false;
        if (!is_active_)
            return;
        program = program_.get_token();
    }
    try {
        look(program);
    } catch (const Cancelled &) {
        // What it would have found is not wanted any more.
    }
}

void QueueWatch::wait(const std::stop_token &stop) {
    std::unique_lock lock(mutex_);
    const auto is_asked = [this] { return is_asked_; };
    if (!is_active_) {
        woken_.wait(lock, stop, is_asked);
        return;
    }
    const bool is_awaited = !state_.is_empty() && std::chrono::steady_clock::now() < awaited_until_;
    woken_.wait_for(lock, stop, is_awaited ? interval_while_awaited : interval, is_asked);
}

QueueState QueueWatch::find(const std::stop_token &stop) {
    QueueState found;
    try {
        // Senders first: what one of them brought is in the queue by the time it is listed.
        found.connections = callees_.connections();
        found.listing = callees_.list(stop);
    } catch (const Cancelled &) {
        throw;
    } catch (const std::exception &failure) {
        found.problem = text::clean_text(failure.what());
    }
    found.looked = clock_();
    return found;
}

void QueueWatch::look(const std::stop_token &stop) {
    std::uint64_t begun = 0;
    bool runs = false;
    {
        const std::lock_guard lock(mutex_);
        begun = begun_;
        runs = looks_ == 0;
        looks_ = (looks_ + 1) % looks_for_one_run;
    }
    std::string problem;
    if (runs) {
        try {
            callees_.run(stop);
        } catch (const Cancelled &) {
            throw;
        } catch (const std::exception &failure) {
            problem = text::clean_text(failure.what());
        }
    }
    QueueState found = find(stop);
    if (found.problem.empty())
        found.problem = problem;
    {
        const std::lock_guard lock(mutex_);
        if (begun != begun_)
            return; // asked again meanwhile: this was found before
        state_ = std::move(found);
    }
    changed_();
}

} // namespace updater::node
