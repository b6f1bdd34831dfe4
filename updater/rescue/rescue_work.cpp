#include "updater/rescue/rescue_work.hpp"

#include <exception>
#include <utility>

namespace updater::rescue {

namespace {

constexpr std::chrono::minutes time_between_looks{1};

} // namespace

RescueWork::RescueWork(const Parts &parts, Questions questions, text::Clock clock,
                       std::uint64_t bytes_per_second)
    : parts_(parts), questions_(std::move(questions)), clock_(std::move(clock)), pacer_(bytes_per_second) {}

void RescueWork::begin() {
    thread_ = std::jthread([this](const std::stop_token &stop) { work(stop); });
}

void RescueWork::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

void RescueWork::work(const std::stop_token &stop) {
    while (!stop.stop_requested()) {
        do_pending_work(stop);
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, time_between_looks,
                       [this] { return doing_ != Doing::nothing && doing_ != Doing::restarting; });
    }
}

void RescueWork::do_pending_work(const std::stop_token &stop) {
    try {
        ask_for_due_copy();
    } catch (const std::exception &failure) {
        print(std::string("what the rescue partition holds can't be told: ") + failure.what());
        const std::lock_guard lock(mutex_);
        not_before_ = clock_() + time_after_failure;
    }
    for (;;) {
        const auto [doing, stop_work] = take_up();
        if (doing == Doing::nothing)
            return;
        changed_();
        const std::stop_callback end_with_agent(stop, [this] { stop_work_.request_stop(); });
        if (doing == Doing::verifying)
            verify_slots(stop_work);
        else if (doing == Doing::restoring)
            start_verified_copy(stop_work);
        else
            make_copy(stop_work);
        leave();
        changed_();
    }
}

void RescueWork::ask_for_due_copy() {
    {
        const std::lock_guard lock(mutex_);
        if (questions_.job_runs()) {
            situation_.reset();
            empty_since_.reset();
            return;
        }
        if (held_ || doing_ != Doing::nothing || (not_before_ && clock_() < *not_before_))
            return;
        not_before_.reset();
    }
    const auto now = clock_();
    // Only this thread reads it. It takes a mount, so it isn't read in vain.
    const auto [known, times_forgotten] = [this] {
        const std::lock_guard lock(mutex_);
        return std::pair(situation_, times_forgotten_);
    }();
    const Situation situation = known ? *known : questions_.situation();
    const auto committed =
        situation.committed ? parts_.record.committed_since(situation.running_generation, now) : now;
    const auto settings = questions_.settings();
    const std::lock_guard lock(mutex_);
    if (held_ || questions_.job_runs() || doing_ != Doing::nothing || times_forgotten_ != times_forgotten)
        return;
    situation_ = situation;
    made_ = situation.holds == RescueHolds::rescue_copy ? parts_.record.made(situation.running_generation)
                                                        : std::nullopt;
    if (situation.holds != RescueHolds::nothing)
        empty_since_.reset();
    else if (!empty_since_)
        empty_since_ = questions_.steady();
    const auto empty_for = empty_since_ ? questions_.steady() - *empty_since_ : std::chrono::seconds(0);
    next_ = due_copy(situation, settings,
                     {.committed = committed, .empty = now - empty_for, .failure = failure_});
    if (!next_ || *next_ > now)
        return;
    doing_ = Doing::copying;
    replaces_damaged_ = false;
    percent_ = 0;
}

std::pair<RescueWork::Doing, std::stop_token> RescueWork::take_up() {
    const std::lock_guard lock(mutex_);
    if (held_ || doing_ == Doing::nothing || doing_ == Doing::restarting || questions_.job_runs())
        return {Doing::nothing, {}};
    under_way_ = true;
    stop_work_ = {};
    return {doing_, stop_work_.get_token()};
}

void RescueWork::leave() {
    {
        const std::lock_guard lock(mutex_);
        under_way_ = false;
    }
    idle_.notify_all();
}

} // namespace updater::rescue
