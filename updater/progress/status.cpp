#include "updater/progress/status.hpp"

#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <utility>

namespace updater::progress {

using nlohmann::json;

JobStatus::JobStatus(text::Clock clock, std::string running_version, std::string slot)
    : clock_(std::move(clock)), state_{.running_version = std::move(running_version),
                                       .slot = std::move(slot),
                                       .mail = {},
                                       .job = {},
                                       .last = {},
                                       .problem = {}} {}

void JobStatus::on_change(std::function<void()> changed) {
    changed_ = std::move(changed);
}

template <typename Make> void JobStatus::change(Make make) {
    {
        const std::lock_guard lock(mutex_);
        make(state_);
    }
    if (changed_)
        changed_();
}

void JobStatus::begin_job(const job::JobFacts &facts) {
    change([&](State &state) {
        state.job = ShownJob{.facts = facts};
        state.problem.clear(); // of the job before: no job begins while the journal cannot be read
        timetable_ = {};
        state.activity = Activity::running;
    });
}

void JobStatus::firmware_version(std::string version) {
    change([&](State &state) {
        if (state.job)
            state.job->facts.to_version = std::move(version);
    });
}

void JobStatus::phase(job::Phase phase) {
    change([&](State &state) {
        if (!state.job)
            return;
        state.job->phase = phase;
        state.job->percent = 0;
        state.job->step.clear();
        timetable_.phase(phase, clock_());
    });
}

void JobStatus::progress(int percent, std::string_view step) {
    std::string clean_step = text::clean_text(step);
    const std::lock_guard lock(mutex_);
    if (!state_.job)
        return;
    state_.job->percent = std::max(state_.job->percent, std::clamp(percent, 0, 100));
    timetable_.percent(state_.job->percent, clock_());
    state_.job->step = std::move(clean_step);
}

void JobStatus::mail(const health::MailState &found) {
    health::MailState clean{found.mail, text::clean_text(found.problem), text::clean_text(found.advice)};
    {
        const std::lock_guard lock(mutex_);
        // Found again and again: only what differs is told.
        if (state_.mail == clean)
            return;
    }
    change([&](State &state) { state.mail = std::move(clean); });
}

void JobStatus::mail_is_let_in() {
    change([](State &state) {
        if (state.job)
            state.job->mail_let_in = true;
    });
}

void JobStatus::note(std::string_view text) {
    change([note = text::clean_text(text)](State &state) {
        if (state.job)
            state.job->note = note;
    });
}

void JobStatus::install_rate(std::uint64_t mib_per_second) {
    change([&](State &state) { state.install_mib_per_second = mib_per_second; });
}

void JobStatus::problem(std::string_view text) {
    change([problem = text::clean_text(text)](State &state) { state.problem = problem; });
}

void JobStatus::predict(job::Prediction prediction) {
    change([&](State &) { timetable_.predict(std::move(prediction)); });
}

void JobStatus::restarting() {
    change([](State &state) { state.activity = Activity::restarting; });
}

void JobStatus::rolling_back() {
    change([&](State &state) {
        state.activity = Activity::rolling_back;
        timetable_.forget();
    });
}

void JobStatus::job_ended(job::JobFacts facts, job::JobEnd end) {
    change([&](State &state) {
        state.activity = Activity::idle;
        state.job.reset();
        state.last = EndedJob{std::move(facts), std::move(end)};
    });
}

void JobStatus::event(job::Severity severity, std::string_view text) {
    Event made{.sequence = 0,
               .time = clock_(),
               .phase = std::nullopt,
               .severity = severity,
               .text = text::clean_text(text)};
    const std::lock_guard lock(mutex_);
    if (state_.job)
        made.phase = state_.job->phase;
    events_.add(std::move(made));
}

void JobStatus::event(Event made_elsewhere) {
    made_elsewhere.text = text::clean_text(made_elsewhere.text);
    const std::lock_guard lock(mutex_);
    events_.add(std::move(made_elsewhere));
}

std::optional<JobStatus::RunningJob> JobStatus::running_job() const {
    const std::lock_guard lock(mutex_);
    if (!state_.job)
        return std::nullopt;
    return RunningJob{state_.job->facts.operation, state_.job->phase,
                      state_.activity == Activity::restarting};
}

bool JobStatus::job_keeps_mail_back() const {
    const std::lock_guard lock(mutex_);
    return keeps_mail_back(state_.job);
}

json JobStatus::state() const {
    const std::lock_guard lock(mutex_);
    State shown = state_;
    if (shown.job && (shown.job->expected = timetable_.at(clock_())) &&
        shown.mail.mail == health::Mail::flows && !shown.job->expected->mail_stops)
        shown.job->expected->mail_flows.reset(); // it flows already
    return to_json(shown);
}

json JobStatus::events(std::uint64_t after) const {
    const std::lock_guard lock(mutex_);
    return events_.document(after);
}

} // namespace updater::progress
