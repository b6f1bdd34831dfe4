#include "updater/schedule/schedule.hpp"

#include "updater/schedule/schedule_document.hpp"

#include <utility>

namespace updater::schedule {

using nlohmann::json;

Schedule::Schedule(ScheduleFile file, const Timing &timing, const configuration::SettingsFile &settings,
                   const available::FirmwareChoice &choice, job::JobRequests &jobs, ScheduleMessages messages)
    : settings_(settings), now_(timing.now), messages_(messages), current_(std::move(file), messages_),
      start_(current_, jobs, messages_), order_(current_, start_, timing, messages_),
      window_(current_, start_, timing, choice, messages_) {}

void Schedule::load() {
    const std::lock_guard lock(mutex_);
    current_.load();
    start_.report_lost_start();
}

bool Schedule::something_is_due() const {
    const std::lock_guard lock(mutex_);
    return something_is_due_unlocked();
}

bool Schedule::something_is_due_unlocked() const {
    return order_.is_due() || window_.is_open();
}

void Schedule::start_what_is_due() {
    const std::lock_guard lock(mutex_);
    auto [settings, problem] = settings_.read();
    // Arming a timer replaces the one before, so what became due in between is started here, not by a timer.
    do {
        order_.start_if_due();
        window_.use_if_open(settings.window);
        for (const std::string &trouble : {order_.arm(), window_.arm(settings.window)})
            if (problem.empty())
                problem = trouble;
    } while (something_is_due_unlocked());
    current_.set_problem(problem);
}

void Schedule::announce_next_hop() {
    const std::lock_guard lock(mutex_);
    window_.announce_next_hop(settings_.read().settings.window);
}

json Schedule::order(const std::string &source, bool force, const std::string &calendar) {
    const std::lock_guard lock(mutex_);
    const auto [order, replaced] = order_.place(source, force, calendar);
    json document = order_document(order);
    document["replaced"] = time_document(replaced);
    return document;
}

void Schedule::cancel_order() {
    const std::lock_guard lock(mutex_);
    order_.cancel();
}

json Schedule::postpone(const std::string &calendar) {
    const std::lock_guard lock(mutex_);
    return time_document(window_.postpone(calendar));
}

json Schedule::document() const {
    const auto [settings, settings_problem] = settings_.read();
    const auto [state, problem] = current_.contents();
    return schedule_document(state, settings.window, settings_problem.empty() ? problem : settings_problem,
                             now_());
}

} // namespace updater::schedule
