#include "updater/control/job_watch.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/reports.hpp"

#include <utility>

namespace updater::control {

using nlohmann::json;

namespace {

constexpr std::int64_t restart_phase = 6;

bool is_of(const json &last, const std::string &job) {
    return last.is_object() && text_at(last, "job") == job;
}

} // namespace

JobWatch::JobWatch(std::string job, json last_before)
    : job_(std::move(job)), last_before_(std::move(last_before)) {}

Sight JobWatch::look(const json &state) {
    const std::string what = text_at(state, "state");
    const json last = state.value("last", json(nullptr));
    going_down_ =
        what == "restarting" || what == "rolling-back" || number_at(state, "phase") == restart_phase;
    if (what == "idle")
        return see_idle(last);
    idle_polls_ = 0;
    const std::string running = text_at(state, "job");
    if (job_.empty())
        job_ = running;
    if (running != job_)
        return is_of(last, job_) ? Sight::ended : Sight::vanished;
    return what == "restarting" ? Sight::restarting : Sight::goes_on;
}

Sight JobWatch::see_idle(const json &last) {
    // An agent that is just starting may not have read its journal yet.
    constexpr int max_idle_polls = 20;
    if (!job_.empty() ? is_of(last, job_) : last.is_object() && last != last_before_)
        return Sight::ended;
    return ++idle_polls_ > max_idle_polls ? Sight::vanished : Sight::goes_on;
}

ExitCode exit_code_of(const json &last) {
    const std::string result = text_at(last, "result");
    if (result == "succeeded")
        return ExitCode::done;
    if (result == "refused")
        return ExitCode::refused;
    if (result == "cancelled")
        return ExitCode::cancelled;
    if (result == "rolled-back")
        return ExitCode::rolled_back;
    return last.value("unfinished", json()) == true ? ExitCode::unfinished : ExitCode::failed;
}

ExitCode with_mail(ExitCode of_job, const json &state) {
    return of_job == ExitCode::done && is_mail_stopped(state) ? ExitCode::mail_stopped : of_job;
}

} // namespace updater::control
