// Of RescueWork: what others ask of it, and what it answers. Nothing here takes long but make_way(), which
// waits for the thread.
#include "updater/job/job_requests.hpp"
#include "updater/rescue/rescue_work.hpp"

#include <utility>

namespace updater::rescue {

using nlohmann::json;

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

} // namespace updater::rescue
