#include "updater/rescue/rescue_work.hpp"

#include "updater/cancelled.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace updater::rescue {

using nlohmann::json;

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

void RescueWork::require_idle() const {
    if (questions_.job_runs())
        throw job::Busy("a job runs, or may still be open; see: update-control -s");
    require_nothing_asked();
}

void RescueWork::require_nothing_asked() const {
    if (held_)
        throw job::Busy("what the rescue partition holds is being removed; ask again when that has ended");
    if (doing_ != Doing::nothing)
        throw job::Busy(std::string(doing_ == Doing::copying     ? "the rescue copy is being made"
                                    : doing_ == Doing::verifying ? "the partitions are being compared"
                                    : doing_ == Doing::restarting
                                        ? "the appliance restarts into the rescue copy"
                                        : "the rescue copy is about to be started") +
                        "; ask again when that has ended, see: update-control -s");
}

void RescueWork::verify(const std::vector<partitions::Slot> &slots) {
    {
        const std::lock_guard lock(mutex_);
        require_idle();
        doing_ = Doing::verifying;
        slots_ = slots;
        percent_ = 0;
        verification_ = {.began = clock_(), .ended = {}, .problem = {}, .slots = {}};
    }
    wake_.notify_one();
}

void RescueWork::back_up(bool force) {
    const Situation situation = questions_.situation();
    if (!situation.committed)
        throw job::NotPossible("the running system isn't the one that the boot loader starts by default, so "
                               "no copy of it is made");
    if (situation.holds == RescueHolds::previous_system && !force)
        throw job::NotPossible(
            "the rescue partition holds the previous system, version " + situation.version +
            ". A copy of the running system replaces it: afterwards there is no way back to " +
            situation.version +
            (situation.holds_mail ? ", and the mail that was stored from the upgrade to the rollback, which "
                                    "only its message store has, is lost"
                                  : "") +
            ". To make it all the same: update-control --backup --force");
    {
        const std::lock_guard lock(mutex_);
        require_idle();
        doing_ = Doing::copying;
        replaces_damaged_ = false;
        percent_ = 0;
    }
    wake_.notify_one();
}

json RescueWork::restore(bool really) {
    const Situation situation = questions_.situation();
    if (!situation.committed)
        throw job::NotPossible("the running system isn't the one that the boot loader starts by default; it "
                               "ends its trial first. See: update-control -s");
    if (situation.holds == RescueHolds::previous_system)
        throw job::NotPossible("the rescue partition holds the previous system, version " +
                               situation.version +
                               ", and no copy of the running one. To go back to that system: update-control "
                               "--rollback. To make a copy in its place: update-control --backup --force");
    if (situation.holds != RescueHolds::rescue_copy)
        throw job::NotPossible("the rescue partition holds nothing that can be started. To copy the running "
                               "system there: update-control --backup");
    json document{{"slot", std::string(1, partitions::letter(partitions::other(questions_.running)))},
                  {"version", situation.version}};
    {
        const std::lock_guard lock(mutex_);
        require_idle();
        document["made"] = time_or_null(made_);
        if (!really)
            return document;
        doing_ = Doing::restoring;
        problem_.clear();
        percent_ = 0;
    }
    wake_.notify_one();
    return document;
}

void RescueWork::while_idle(const std::function<void()> &work) {
    {
        const std::lock_guard lock(mutex_);
        require_nothing_asked();
        held_ = true;
    }
    try {
        work();
    } catch (...) {
        release();
        throw;
    }
    release();
}

void RescueWork::release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    forget_situation();
}

void RescueWork::forget_situation() {
    ++times_forgotten_;
    situation_.reset();
    empty_since_.reset();
    next_.reset();
}

void RescueWork::make_way() {
    std::unique_lock lock(mutex_);
    forget_situation();
    if (under_way_) {
        stop_work_.request_stop();
        idle_.wait(lock, [this] { return !under_way_; });
    }
    // What was only asked for, also by the comparison that has just ended and found a damaged copy.
    const auto dropped = std::exchange(doing_, Doing::nothing);
    replaces_damaged_ = false;
    if (dropped == Doing::copying)
        problem_ = "a job began before the rescue copy was made";
    if (dropped == Doing::restoring)
        problem_ = "a job began before the rescue copy was started";
    if (dropped == Doing::verifying) {
        verification_.problem = "a job began before the partitions were compared";
        verification_.ended = clock_();
    }
}

bool RescueWork::is_working() const {
    const std::lock_guard lock(mutex_);
    return doing_ != Doing::nothing;
}

json RescueWork::document() const {
    const std::lock_guard lock(mutex_);
    return {{"made", time_or_null(made_)},
            {"state", doing_ == Doing::copying      ? "copying"
                      : doing_ == Doing::verifying  ? "verifying"
                      : doing_ == Doing::restoring  ? "restoring"
                      : doing_ == Doing::restarting ? "restarting"
                                                    : "idle"},
            {"percent", doing_ == Doing::nothing ? json(nullptr) : json(percent_)},
            {"problem", problem_.empty() ? json(nullptr) : json(problem_)},
            {"next", time_or_null(next_)}};
}

json RescueWork::verification() const {
    const std::lock_guard lock(mutex_);
    return to_json(verification_, doing_ == Doing::verifying ? std::optional(percent_) : std::nullopt);
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
    const auto grace = questions_.grace();
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
    next_ =
        due_copy(situation, grace, {.committed = committed, .empty = now - empty_for, .failure = failure_});
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

void RescueWork::make_copy(const std::stop_token &stop) {
    print("copying the running system to the rescue partition");
    try {
        const auto generation = parts_.copy.make({.effort = effort(stop),
                                                  .progress = [this](int percent) { show(percent); },
                                                  .log = [this](const std::string &line) { print(line); }},
                                                 stop);
        parts_.record.note_made(generation, clock_());
        print("the rescue partition holds a copy of the running system");
        copy_ended("", false);
    } catch (const Cancelled &) {
        copy_ended(
            "the rescue copy was stopped before it was done; to make it at once: update-control --backup",
            false);
    } catch (const std::exception &failure) {
        copy_ended("the rescue copy could not be made: " + text::clean_text(failure.what()), true);
    }
}

void RescueWork::copy_ended(const std::string &problem, bool failed) {
    bool replaced_damaged = false;
    {
        const std::lock_guard lock(mutex_);
        doing_ = Doing::nothing;
        problem_ = problem;
        situation_.reset();
        next_.reset();
        failure_ = failed ? std::optional(clock_()) : std::nullopt;
        made_ = problem.empty() ? std::optional(clock_()) : std::nullopt;
        replaced_damaged = std::exchange(replaces_damaged_, false);
    }
    if (!problem.empty())
        print(problem);
    if (failed)
        parts_.announcements.rescue_copy_failed(problem);
    else if (replaced_damaged && problem.empty())
        parts_.announcements.rescue_copy_renewed(clock_());
}

void RescueWork::verify_slots(const std::stop_token &stop) {
    VerificationReport report;
    std::vector<partitions::Slot> slots;
    {
        const std::lock_guard lock(mutex_);
        report = verification_;
        slots = slots_;
    }
    try {
        for (const auto slot : slots) {
            const auto done = static_cast<int>(report.slots.size());
            const auto all = static_cast<int>(slots.size());
            report.slots.push_back(parts_.verification.verify(
                slot, effort(stop), [&](int percent) { show((done * 100 + percent) / all); }, stop));
        }
    } catch (const Cancelled &) {
        report.problem = "the comparison was stopped before it was done";
    } catch (const std::exception &failure) {
        report.problem = text::clean_text(failure.what());
    }
    slots_verified(std::move(report));
}

void RescueWork::slots_verified(VerificationReport report) {
    for (const auto &slot : report.slots) {
        print(slot.text);
        if (slot.verdict == SlotVerdict::differs)
            parts_.announcements.partition_differs(partitions::letter(slot.slot), slot.version, slot.text,
                                                   slot.slot == questions_.running);
    }
    const bool heal = is_damaged_copy(report);
    report.ended = clock_();
    const std::lock_guard lock(mutex_);
    verification_ = std::move(report);
    doing_ = heal ? Doing::copying : Doing::nothing;
    replaces_damaged_ = heal;
    percent_ = 0;
}

void RescueWork::start_verified_copy(const std::stop_token &stop) {
    VerificationReport report{.began = clock_(), .ended = {}, .problem = {}, .slots = {}};
    try {
        report.slots.push_back(parts_.verification.verify(
            partitions::other(questions_.running), effort(stop), [this](int percent) { show(percent); },
            stop));
        if (const SlotReport &slot = report.slots.front(); slot.verdict != SlotVerdict::as_signed) {
            const std::string problem = "the rescue copy was not started: " + slot.text;
            if (slot.verdict == SlotVerdict::differs)
                slots_verified(std::move(report)); // tells it, and has the copy written again
            return restore_ended(problem);
        }
        print("the appliance restarts into the rescue copy, which is as signed");
        questions_.start_copy();
        const std::lock_guard lock(mutex_);
        doing_ = Doing::restarting;
        return;
    } catch (const Cancelled &) {
        restore_ended(
            "the rescue copy was not started: a job began, or the agent ended, before it was compared");
    } catch (const std::exception &failure) {
        restore_ended("the rescue copy could not be started: " + text::clean_text(failure.what()));
    }
}

void RescueWork::restore_ended(const std::string &problem) {
    print(problem);
    const std::lock_guard lock(mutex_);
    problem_ = problem;
    if (doing_ == Doing::restoring)
        doing_ = Doing::nothing;
}

bool RescueWork::is_damaged_copy(const VerificationReport &report) {
    const bool differs = std::ranges::any_of(report.slots, [this](const SlotReport &slot) {
        return slot.slot != questions_.running && slot.verdict == SlotVerdict::differs;
    });
    if (!differs || questions_.grace() == std::chrono::days(0))
        return false;
    try {
        const auto situation = questions_.situation();
        return situation.committed && situation.holds == RescueHolds::rescue_copy;
    } catch (const std::exception &failure) {
        print(std::string("what the rescue partition holds can't be told: ") + failure.what());
        return false;
    }
}

install::Effort RescueWork::effort(const std::stop_token &stop) {
    return {.threads = 1, .pace = [this, stop](std::uint64_t bytes) { pacer_.pass(bytes, stop); }};
}

void RescueWork::show(int percent) {
    const std::lock_guard lock(mutex_);
    percent_ = percent;
}

void RescueWork::print(const std::string &line) const {
    parts_.console << text::clean_text(line) << std::endl;
}

} // namespace updater::rescue
