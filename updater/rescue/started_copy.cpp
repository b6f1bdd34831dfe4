#include "updater/rescue/started_copy.hpp"

#include <exception>

namespace updater::rescue {

namespace {

bool may_have_open_job(const job::JournalContents &journal) {
    return journal.damaged ||
           (!journal.records.empty() && journal.records.back().kind != job::RecordKind::job_ended);
}

} // namespace

bool keep_started_copy(partitions::BootSelection &boot, const partitions::Generations &generations,
                       const job::RunningSystem &running, const job::JournalContents &journal,
                       const std::function<void(const std::string &generation)> &note) {
    if (may_have_open_job(journal) || running.is_try || boot.pending_try() ||
        boot.default_slot() == running.slot)
        return false;
    const auto other = partitions::other(running.slot);
    const auto generation = generations.assigned(running.slot);
    if (!generation || generations.assigned(other) != generation)
        return false;
    note(*generation);
    // In this order: a default can't be marked unbootable. If the power is cut between them, the other slot
    // counts as a copy, which a comparison finds to be damaged.
    boot.commit(running.slot);
    boot.mark_unbootable(other);
    return true;
}

void restart_into_copy(partitions::BootSelection &boot, partitions::Slot running,
                       const std::function<void()> &restart) {
    boot.commit(partitions::other(running));
    try {
        restart();
    } catch (const std::exception &) {
        boot.commit(running);
        throw;
    }
}

} // namespace updater::rescue
