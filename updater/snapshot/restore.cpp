#include "updater/snapshot/restore.hpp"

#include "partitions/durable.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/tree_writer.hpp"

#include <exception>
#include <utility>

namespace updater::snapshot {

namespace {

constexpr const char *try_again_at_start = "Restart, which tries it again: systemctl reboot; what hinders it "
                                           "is in the kernel's log: journalctl -k -b "
                                           "-g update-control";

/// The initramfs writes it.
std::filesystem::path failure_mark(const partitions::Generation &generation) {
    return generation.etc() / "restore-failed";
}

/// The only copy of a folder that could not be put back; nothing if there is none.
std::optional<std::filesystem::path> left_out_folder(partitions::Storage &storage,
                                                     const partitions::Generation &generation) {
    // Without settings that wait, it is what they have replaced.
    if (storage.kind(generation.etc_restored()) == partitions::FileKind::none ||
        storage.kind(generation.var_before_restore()) != partitions::FileKind::directory)
        return std::nullopt;
    for (const auto &number : storage.list(generation.var_before_restore()))
        if (const auto old = generation.var_before_restore() / number / "old";
            storage.kind(old) != partitions::FileKind::none)
            return old;
    return std::nullopt;
}

void remove_failure_mark(partitions::Storage &storage, const partitions::Generation &generation) {
    if (storage.kind(failure_mark(generation)) != partitions::FileKind::none)
        storage.remove(failure_mark(generation));
}

} // namespace

Restore::Restore(partitions::Storage &storage, const EntryAttributes &attributes, SnapshotStore &store,
                 SettingsConversion &conversion, std::function<partitions::Generation()> generation)
    : storage_(storage), attributes_(attributes), store_(store), conversion_(conversion),
      generation_(std::move(generation)) {}

bool Restore::require_fit(const Description &description) const {
    const SnapshotStore::Origin &running = store_.origin();
    if (description.product != running.product)
        throw Refused("the snapshot " + description.name + " is of the product " + description.product +
                          ", and this is " + running.product,
                      "Use a snapshot of this product: update-control --snapshot list",
                      messages::Code::snapshot_refused);
    if (description.version == running.version)
        return false;
    conversion_.require_possible(description);
    return true;
}

Restore::Prepared Restore::prepare(const std::string &name, const std::function<void()> &may_still,
                                   const std::stop_token &stop) {
    const auto archive = store_.open(name);
    const Description &description = archive->description();
    const bool of_another_version = require_fit(description);
    Prepared prepared{.before = store_.name_now("before-restore-")};
    if (!store_.has(prepared.before))
        store_.create({prepared.before, "before the restore of " + name, true});

    const partitions::Generation generation = generation_();
    require_nothing_left_out(generation);
    remove_unfinished(generation);
    store_.require_space(description);
    try {
        if (of_another_version) {
            prepared.converted_from = description.version;
            prepared.lines = convert(*archive, generation, stop);
        } else {
            write(*archive, generation);
        }
        may_still();
    } catch (const std::exception &) {
        // Space that mail needs.
        remove_unfinished(generation);
        throw;
    }
    put_in_order(generation, name);
    return prepared;
}

void Restore::write(ArchiveReader &archive, const partitions::Generation &generation) const {
    write_trees(storage_, attributes_, archive,
                {.settings = generation.etc_restoring(), .base = {}, .var = generation.var_restoring()});
}

std::vector<std::string> Restore::convert(ArchiveReader &archive, const partitions::Generation &generation,
                                          const std::stop_token &stop) {
    const auto folder = generation.etc_converting();
    const ConversionFolders folders{.source = folder / "source",
                                    .old_root = folder / "old-root",
                                    .old_var = folder / "old-var",
                                    .new_var = folder / "new-var",
                                    .work = folder};
    for (const auto &each : {folder, folders.old_root, folders.new_var})
        storage_.make_directory(each);
    write_trees(storage_, attributes_, archive,
                {.settings = folders.source, .base = folders.old_root / "etc", .var = folders.old_var});
    auto converted = conversion_.convert(archive.description(), folders, stop);
    // Durable before they get the names under which the initramfs looks for them.
    storage_.sync_filesystem(folder);
    storage_.rename(converted.upper, generation.etc_restoring());
    // Without a program that converts /var its files stay as they are.
    const bool var_stays = storage_.list(folders.new_var).empty();
    storage_.rename(var_stays ? folders.old_var : folders.new_var, generation.var_restoring());
    partitions::remove_tree(storage_, folder);
    return std::move(converted.lines);
}

void Restore::put_in_order(const partitions::Generation &generation, const std::string &name) {
    cancel();
    for (const auto &left : {generation.var_restored(), generation.var_before_restore()})
        partitions::remove_tree(storage_, left);
    partitions::replace_file(storage_, note(), name + "\n", 0600);
    storage_.rename(generation.var_restoring(), generation.var_restored());
    storage_.sync_directory(generation.etc());
    // From here on it takes effect.
    storage_.rename(generation.etc_restoring(), generation.etc_restored());
    storage_.sync_directory(generation.etc());
}

void Restore::remove_unfinished(const partitions::Generation &generation) const {
    for (const auto &each :
         {generation.etc_restoring(), generation.var_restoring(), generation.etc_converting()})
        partitions::remove_tree(storage_, each);
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

void Restore::require_nothing_left_out(const partitions::Generation &generation) const {
    if (const auto old = left_out_folder(storage_, generation))
        throw Refused("the settings of the snapshot " + noted() +
                          " could not be put in force at the last start, and " + old->string() +
                          " is the only copy of a folder that could not be put back",
                      try_again_at_start, messages::Code::restore_waits);
}

bool Restore::failed_at_last_start() const {
    return pending() && storage_.kind(failure_mark(generation_())) != partitions::FileKind::none;
}

void Restore::require_none_pending() const {
    const auto name = pending();
    if (!name)
        return;
    const partitions::Generation generation = generation_();
    require_nothing_left_out(generation);
    if (failed_at_last_start())
        throw Refused(
            "the settings of the snapshot " + *name +
                " could not be put in force at the last start, and the next one tries it again",
            std::string("Keep the settings as they are: update-control --snapshot cancel-restore; or "
                        "have it tried again. ") +
                try_again_at_start,
            messages::Code::restore_waits);
    throw Refused("the settings of the snapshot " + *name + " take effect at the next restart",
                  "Restart first: systemctl reboot; or keep the settings as they are: update-control "
                  "--snapshot cancel-restore",
                  messages::Code::restore_waits);
}

bool Restore::cancel() {
    const partitions::Generation generation = generation_();
    if (storage_.kind(generation.etc_restored()) == partitions::FileKind::none)
        return false;
    require_nothing_left_out(generation);
    // Out of the way first: the initramfs must never find half of it under its name.
    const std::filesystem::path cancelled = generation.etc() / "cancelled";
    partitions::remove_tree(storage_, cancelled);
    storage_.rename(generation.etc_restored(), cancelled);
    storage_.sync_directory(generation.etc());
    partitions::remove_tree(storage_, cancelled);
    partitions::remove_tree(storage_, generation.var_restored());
    remove_failure_mark(storage_, generation);
    return true;
}

std::optional<std::string> Restore::finish() {
    const partitions::Generation generation = generation_();
    const bool has_taken_effect =
        storage_.kind(generation.etc_before_restore()) == partitions::FileKind::directory &&
        storage_.kind(generation.etc_restored()) == partitions::FileKind::none;
    const std::string name = noted();
    remove_unfinished(generation);
    partitions::remove_tree(storage_, generation.etc() / "cancelled");
    if (storage_.kind(generation.etc_restored()) == partitions::FileKind::none) {
        partitions::remove_tree(storage_, generation.var_restored());
        remove_failure_mark(storage_, generation);
    }
    if (!has_taken_effect)
        return std::nullopt;
    partitions::remove_tree(storage_, generation.var_before_restore());
    partitions::remove_tree(storage_, generation.etc_before_restore());
    if (storage_.kind(note()) != partitions::FileKind::none)
        storage_.remove(note());
    return name;
}

} // namespace updater::snapshot
