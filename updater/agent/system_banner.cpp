#include "updater/agent/system_banner.hpp"

#include "updater/job/job_history.hpp"

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

} // namespace

std::string text_about_system(const job::RunningSystem &running, const std::string &version,
                              partitions::Slot default_slot, const job::JournalContents &journal) {
    if (running.is_try)
        return {};
    const std::string runs =
        "This appliance runs version " + version + " from " + name_of(running.slot) + ", ";
    if (running.slot != default_slot)
        return runs + "because " + name_of(default_slot) +
               ", which it starts by default, could not be started. To compare both with what was signed: "
               "update-control --verify\n";
    if (const auto left = left_by_last_job(journal); left && *left != running.slot)
        return runs + "but the last job left it with " + name_of(*left) +
               ": the boot selection was changed since then. To see how that job ended: update-control -s\n";
    return {};
}

} // namespace updater::agent
