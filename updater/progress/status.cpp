#include "updater/progress/status.hpp"

#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <utility>

namespace updater::progress {

using nlohmann::json;

std::string_view JobStatus::text_of(State state) {
    switch (state) {
    case State::idle:
        return "idle";
    case State::running:
        return "running";
    case State::restarting:
        return "restarting";
    case State::rolling_back:
        return "rolling-back";
    }
    throw std::logic_error("a state without a name");
}

JobStatus::JobStatus(text::Clock clock, std::string running_version, std::string slot)
    : clock_(std::move(clock)), running_version_(std::move(running_version)), slot_(std::move(slot)) {}

void JobStatus::on_change(std::function<void()> changed) {
    changed_ = std::move(changed);
}

void JobStatus::tell_change() const {
    if (changed_)
        changed_();
}

void JobStatus::begin_job(const job::JobFacts &facts) {
    {
        const std::lock_guard lock(mutex_);
        job_ = Job{.facts = facts};
        state_ = State::running;
        mail_flows_ = true;
    }
    tell_change();
}

void JobStatus::firmware_version(std::string version) {
    {
        const std::lock_guard lock(mutex_);
        if (job_)
            job_->facts.to_version = std::move(version);
    }
    tell_change();
}

void JobStatus::phase(job::Phase phase) {
    {
        const std::lock_guard lock(mutex_);
        if (job_) {
            job_->phase = phase;
            job_->percent = 0;
            job_->step.clear();
        }
    }
    tell_change();
}

void JobStatus::progress(int percent, std::string_view step) {
    std::string clean_step = text::clean_text(step);
    const std::lock_guard lock(mutex_);
    if (!job_)
        return;
    job_->percent = std::max(job_->percent, std::clamp(percent, 0, 100));
    job_->step = std::move(clean_step);
}

void JobStatus::mail_flows(bool flows) {
    {
        const std::lock_guard lock(mutex_);
        mail_flows_ = flows;
    }
    tell_change();
}

void JobStatus::note(std::string_view text) {
    std::string clean_note = text::clean_text(text);
    {
        const std::lock_guard lock(mutex_);
        if (job_)
            job_->note = std::move(clean_note);
    }
    tell_change();
}

void JobStatus::install_rate(std::uint64_t mib_per_second) {
    {
        const std::lock_guard lock(mutex_);
        install_mib_per_second_ = mib_per_second;
    }
    tell_change();
}

void JobStatus::expected_end(std::optional<std::chrono::system_clock::time_point> end) {
    {
        const std::lock_guard lock(mutex_);
        if (job_)
            job_->expected_end = end;
    }
    tell_change();
}

void JobStatus::restarting() {
    {
        const std::lock_guard lock(mutex_);
        state_ = State::restarting;
    }
    tell_change();
}

void JobStatus::rolling_back() {
    {
        const std::lock_guard lock(mutex_);
        state_ = State::rolling_back;
    }
    tell_change();
}

void JobStatus::job_ended(job::JobFacts facts, job::JobEnd end) {
    end.reason = text::clean_text(end.reason);
    end.next_step = text::clean_text(end.next_step);
    {
        const std::lock_guard lock(mutex_);
        state_ = State::idle;
        job_.reset();
        last_ = Ended{std::move(facts), std::move(end)};
    }
    tell_change();
}

void JobStatus::event(job::Severity severity, std::string_view text) {
    Event made{.sequence = 0,
               .time = clock_(),
               .phase = std::nullopt,
               .severity = severity,
               .text = text::clean_text(text)};
    const std::lock_guard lock(mutex_);
    if (job_)
        made.phase = job_->phase;
    append(std::move(made));
}

std::optional<JobStatus::RunningJob> JobStatus::running_job() const {
    const std::lock_guard lock(mutex_);
    if (!job_)
        return std::nullopt;
    return RunningJob{job_->facts.operation, job_->phase, state_ == State::restarting};
}

void JobStatus::event(Event made_elsewhere) {
    made_elsewhere.text = text::clean_text(made_elsewhere.text);
    const std::lock_guard lock(mutex_);
    append(std::move(made_elsewhere));
}

void JobStatus::append(Event event) {
    event.sequence = ++last_sequence_;
    events_.push_back(std::move(event));
    if (events_.size() > max_events)
        events_.pop_front();
}

} // namespace updater::progress
