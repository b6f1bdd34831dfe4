#include "updater/snapshot/restore.hpp"

#include "partitions/durable.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/tree_writer.hpp"

#include <exception>
#include <utility>

namespace updater::snapshot {

Restore::Restore(partitions::Storage &storage, const EntryAttributes &attributes, SnapshotStore &store,
                 std::function<partitions::Generation()> generation)
    : storage_(storage), attributes_(attributes), store_(store), generation_(std::move(generation)) {}

void Restore::require_fit(const Description &description) const {
    const SnapshotStore::Origin &running = store_.origin();
    if (description.product != running.product)
        throw Refused("the snapshot " + description.name + " is of the product " + description.product +
                          ", and this is " + running.product,
                      "Use a snapshot of this product: update-control --snapshot list",
                      messages::Code::snapshot_refused);
    if (description.version != running.version)
        throw Refused("the snapshot " + description.name + " is of version " + description.version +
                          ", and version " + running.version +
                          " runs; settings of another version can't be restored yet",
                      "See what is in it: update-control --snapshot show " + description.name +
                          ", and make the changes by hand; or go back to that version first: "
                          "update-control --rollback",
                      messages::Code::snapshot_refused);
}

std::string Restore::prepare(const std::string &name, const std::function<void()> &may_still) {
    const auto archive = store_.open(name);
    require_fit(archive->description());
    const std::string before = store_.name_now("before-restore-");
    if (!store_.has(before))
        store_.create({before, "before the restore of " + name, true});

    const partitions::Generation generation = generation_();
    partitions::remove_tree(storage_, generation.etc_restoring());
    store_.require_space(archive->description());
    try {
        write_settings(storage_, attributes_, *archive, generation.etc_restoring());
        may_still();
    } catch (const std::exception &) {
        // Space that mail needs.
        partitions::remove_tree(storage_, generation.etc_restoring());
        throw;
    }
    cancel();
    partitions::replace_file(storage_, note(), name + "\n", 0600);
    storage_.rename(generation.etc_restoring(), generation.etc_restored());
    storage_.sync_directory(generation.etc());
    return before;
}

std::string Restore::noted() const {
    constexpr std::size_t max_note_bytes = 1024;
    if (storage_.kind(note()) != partitions::FileKind::file)
        return "?";
    const std::string text = partitions::read_whole_file(storage_, note(), max_note_bytes);
    const std::string name = text.substr(0, text.find('\n'));
    return is_snapshot_name(name) ? name : "?";
}

std::optional<std::string> Restore::pending() const {
    if (storage_.kind(generation_().etc_restored()) != partitions::FileKind::directory)
        return std::nullopt;
    return noted();
}

void Restore::require_none_pending() const {
    if (const auto name = pending())
        throw Refused("the settings of the snapshot " + *name + " take effect at the next restart",
                      "Restart first: systemctl reboot; or keep the settings as they are: update-control "
                      "--snapshot cancel-restore",
                      messages::Code::restore_waits);
}

bool Restore::cancel() {
    const partitions::Generation generation = generation_();
    if (storage_.kind(generation.etc_restored()) == partitions::FileKind::none)
        return false;
    // Out of the way first: the initramfs must never find half of it under its name.
    const std::filesystem::path cancelled = generation.etc() / "cancelled";
    partitions::remove_tree(storage_, cancelled);
    storage_.rename(generation.etc_restored(), cancelled);
    storage_.sync_directory(generation.etc());
    partitions::remove_tree(storage_, cancelled);
    return true;
}

std::optional<std::string> Restore::finish() {
    const partitions::Generation generation = generation_();
    const bool has_taken_effect =
        storage_.kind(generation.etc_before_restore()) == partitions::FileKind::directory &&
        storage_.kind(generation.etc_restored()) == partitions::FileKind::none;
    const std::string name = noted();
    partitions::remove_tree(storage_, generation.etc_restoring());
    partitions::remove_tree(storage_, generation.etc() / "cancelled");
    if (!has_taken_effect)
        return std::nullopt;
    partitions::remove_tree(storage_, generation.etc_before_restore());
    if (storage_.kind(note()) != partitions::FileKind::none)
        storage_.remove(note());
    return name;
}

} // namespace updater::snapshot
