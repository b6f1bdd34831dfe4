#include "updater/checks/left_generation.hpp"

#include "partitions/durable.hpp"
#include "updater/refusal.hpp"

#include <string>
#include <utility>

namespace updater::checks {

namespace {

constexpr std::size_t max_note_bytes = 4096;

} // namespace

LeftGeneration::LeftGeneration(partitions::Storage &storage, const partitions::Generations &generations,
                               std::filesystem::path file)
    : storage_(storage), generations_(generations), file_(std::move(file)) {}

void LeftGeneration::remember(std::string_view generation) {
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_, std::string(generation) + "\n", 0600);
}

void LeftGeneration::forget() {
    partitions::remove_tree(storage_, file_);
}

bool LeftGeneration::is_noted(std::string_view generation) const {
    try {
        return storage_.kind(file_) == partitions::FileKind::file &&
               partitions::read_whole_file(storage_, file_, max_note_bytes) == std::string(generation) + "\n";
    } catch (const partitions::StorageError &) {
        return false; // a damaged note must not keep the appliance from being upgraded
    }
}

bool LeftGeneration::is_in(partitions::Slot slot) const {
    const auto assigned = generations_.assigned(slot);
    return assigned && is_noted(*assigned);
}

void LeftGeneration::check_may_be_removed(partitions::Slot slot, const std::string &forced_command) const {
    if (!is_in(slot))
        return;
    throw Refused(
        "generation " + generations_.of_slot(slot) +
            " alone holds the mail that was stored from the upgrade to the rollback, and an installation "
            "removes it",
        "To install all the same: " + forced_command +
            ". To have that mail again: update-control --rollback --force",
        messages::Code::check_stored_mail);
}

} // namespace updater::checks
