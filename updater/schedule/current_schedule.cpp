#include "updater/schedule/current_schedule.hpp"

#include <utility>

namespace updater::schedule {

CurrentSchedule::CurrentSchedule(ScheduleFile file, ScheduleMessages &messages)
    : file_(std::move(file)), messages_(messages) {}

void CurrentSchedule::load() {
    try {
        const ScheduleState state = file_.read();
        const std::lock_guard lock(mutex_);
        contents_.state = state;
    } catch (const ScheduleDamaged &damage) {
        messages_.say(std::string(damage.what()) + "; see what is scheduled now: update-control -s");
    }
}

CurrentSchedule::Contents CurrentSchedule::contents() const {
    const std::lock_guard lock(mutex_);
    return contents_;
}

void CurrentSchedule::save(const ScheduleState &state) {
    if (state == this->state())
        return;
    file_.write(state);
    const std::lock_guard lock(mutex_);
    contents_.state = state;
}

void CurrentSchedule::set_problem(const std::string &problem) {
    if (!problem.empty() && problem != contents().problem)
        messages_.say(problem);
    const std::lock_guard lock(mutex_);
    contents_.problem = problem;
}

} // namespace updater::schedule
