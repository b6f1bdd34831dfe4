#include "updater/agent/mail_watch.hpp"

#include <utility>

namespace updater::agent {

MailWatch::MailWatch(health::MailFlow &flow, std::function<void(const health::MailState &)> tell)
    : flow_(flow), tell_(std::move(tell)) {}

void MailWatch::begin() {
    look(false);
    thread_ = std::jthread([this](const std::stop_token &stop) { work(stop); });
}

void MailWatch::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

void MailWatch::look_now() {
    look(true);
}

void MailWatch::look_soon() {
    {
        const std::lock_guard lock(mutex_);
        is_asked_ = true;
    }
    asked_.notify_one();
}

void MailWatch::work(const std::stop_token &stop) {
    while (!stop.stop_requested()) {
        look_again();
        std::unique_lock lock(mutex_);
        asked_.wait_for(lock, stop, interval, [this] { return is_asked_; });
        is_asked_ = false;
    }
}

void MailWatch::look_again() {
    const auto greetings_are_due = [this] {
        const std::lock_guard lock(looking_);
        // That mail flows again is only told after a greeting.
        return found_ != health::Mail::flows || ++looks_since_greeting_ >= looks_for_one_greeting;
    };
    look(greetings_are_due());
}

void MailWatch::look(bool greetings) {
    const std::lock_guard lock(looking_);
    const auto state = greetings ? flow_.look_for_greetings() : flow_.look();
    if (greetings)
        looks_since_greeting_ = 0;
    found_ = state.mail;
    tell_(state);
}

} // namespace updater::agent
