#include "updater/agent/system_banner.hpp"

#include "updater/job/job_history.hpp"
#include "updater/text/local_time.hpp"

#include <optional>

namespace updater::agent {

namespace {

std::string name_of(partitions::Slot slot) {
    return std::string("slot ") + partitions::letter(slot);
}

/// Nothing while a job is open, or after a journal that says nothing.
std::optional<partitions::Slot> left_by_last_job(const job::JournalContents &journal) {
    if (journal.records.empty() || journal.records.back().kind != job::RecordKind::job_ended)
        return std::nullopt;
    const auto facts = job::latest_facts(journal);
    const auto end = job::end_of_job(journal);
    const bool changed_slot = facts.operation != job::Operation::download &&
                              (end.outcome == job::Outcome::succeeded || end.unfinished);
    return changed_slot ? facts.new_slot : facts.old_slot;
}

/// It says something of the system that runs.
bool is_of_running(const rescue::StartedCopy &started, const SlotFacts &slots, partitions::Slot running) {
    return started.slot == running && !started.generation.empty() &&
           started.generation == slots.running_generation;
}

/// Why the copy in the running slot was started. Empty if that is over: another job was done or
/// another copy made since.
std::string text_about_copy(const rescue::StartedCopy &started, const SlotFacts &slots,
                            std::optional<partitions::Slot> left) {
    if (started.over)
        return {};
    const bool explains_slot = left != started.slot;
    const std::string when = " on " + text::iso_time(started.when);
    if (started.on_request)
        return explains_slot ? "because the rescue copy there was started on request" + when +
                                   " (update-control --restore)\n"
                             : std::string();
    if (!explains_slot && slots.other_bootable)
        return {};
    const std::string other = name_of(partitions::other(started.slot));
    return "the rescue copy, because " + other + " could not be started" + when +
           (slots.other_bootable
                ? std::string()
                : ". Nothing in " + other + " can be started until the running system was copied there. " +
                      (slots.copied_by_itself
                           ? "To see when: update-control -s; to do it at once: update-control --backup"
                           : "To do it: update-control --backup")) +
           "\n";
}

} // namespace

std::string text_about_system(const job::RunningSystem &running, const std::string &version,
                              const SlotFacts &slots, const job::JournalContents &journal) {
    if (running.is_try)
        return {};
    const std::string runs =
        "This appliance runs version " + version + " from " + name_of(running.slot) + ", ";
    if (running.slot != slots.default_slot)
        return runs + "because " + name_of(slots.default_slot) +
               ", which it starts by default, could not be started. To compare both with what was signed: "
               "update-control --verify\n";
    const auto left = left_by_last_job(journal);
    if (slots.started_copy && is_of_running(*slots.started_copy, slots, running.slot)) {
        const std::string reason = text_about_copy(*slots.started_copy, slots, left);
        return reason.empty() ? reason : runs + reason;
    }
    if (left && *left != running.slot)
        return runs + "but the last job left it with " + name_of(*left) +
               ": the boot selection was changed since then. To see how that job ended: update-control -s\n";
    return {};
}

} // namespace updater::agent
