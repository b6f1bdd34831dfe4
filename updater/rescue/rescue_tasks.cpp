// Of RescueWork: what its thread does, each with its end: the copy, the comparison, and the restart into the
// copy.
#include "updater/cancelled.hpp"
#include "updater/rescue/advice.hpp"
#include "updater/rescue/rescue_work.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace updater::rescue {

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
    const auto situation = situation_if_differs(report);
    const bool heal = is_damaged_copy(report, situation);
    for (auto &slot : report.slots) {
        print(slot.text);
        if (slot.verdict != SlotVerdict::differs)
            continue;
        slot.advice = advice_for(slot, questions_.running, situation, heal);
        parts_.announcements.partition_differs(partitions::letter(slot.slot), slot.version,
                                               slot.text + "\n" + slot.advice, contents_of(slot, situation));
    }
    report.ended = clock_();
    const std::lock_guard lock(mutex_);
    verification_ = std::move(report);
    doing_ = heal ? Doing::copying : Doing::nothing;
    replaces_damaged_ = heal;
    percent_ = 0;
}

std::optional<Situation> RescueWork::situation_if_differs(const VerificationReport &report) const {
    if (std::ranges::none_of(report.slots,
                             [](const SlotReport &slot) { return slot.verdict == SlotVerdict::differs; }))
        return std::nullopt;
    try {
        return questions_.situation();
    } catch (const std::exception &failure) {
        print(std::string("what the rescue partition holds can't be told: ") + failure.what());
        return std::nullopt;
    }
}

/// Another text once the slot was written again.
std::string RescueWork::contents_of(const SlotReport &slot, const std::optional<Situation> &situation) const {
    if (!situation)
        return {};
    if (slot.slot == questions_.running)
        return "running " + situation->running_generation;
    const auto made = parts_.record.made(situation->running_generation);
    return situation->holds == RescueHolds::rescue_copy && made ? "copy " + text::iso_time(*made)
                                                                : situation->version;
}

bool RescueWork::is_damaged_copy(const VerificationReport &report,
                                 const std::optional<Situation> &situation) const {
    const bool differs = std::ranges::any_of(report.slots, [this](const SlotReport &slot) {
        return slot.slot != questions_.running && slot.verdict == SlotVerdict::differs;
    });
    return differs && questions_.settings().previous_kept != std::chrono::days(0) && situation &&
           situation->committed && situation->holds == RescueHolds::rescue_copy;
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
