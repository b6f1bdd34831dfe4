#include "updater/snapshot/tree_writer.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace updater::snapshot {

namespace {

std::filesystem::path place_of(const std::filesystem::path &target, const Entry &entry) {
    return entry.path.empty() ? target : target / entry.path;
}

/// Writes one of the lists to its place.
class ListWriter {
  public:
    /// An empty target: does nothing.
    ListWriter(partitions::Storage &storage, const std::vector<Entry> &entries, std::filesystem::path target)
        : storage_(storage), entries_(entries), target_(std::move(target)) {}

    /// Everything but the contents of files. Parents come first in the list, and what is above an entry was
    /// made here as a directory, so no link leads out.
    void make_names() const {
        if (target_.empty())
            return;
        if (entries_.empty())
            storage_.make_directory(target_);
        for (const Entry &entry : entries_) {
            const std::filesystem::path place = place_of(target_, entry);
            if (entry.kind == EntryKind::directory)
                storage_.make_directory(place, 0700);
            else if (entry.kind == EntryKind::symlink)
                storage_.make_symlink(entry.target, place);
            else if (entry.kind == EntryKind::whiteout)
                hooks::overlay::make_whiteout(storage_, place);
        }
    }

    ArchiveReader::Sink sink() {
        if (target_.empty())
            return {};
        return {.begin =
                    [this](const Entry &entry) {
                        file_ = storage_.open(place_of(target_, entry),
                                              partitions::OpenMode::create_or_truncate, 0600);
                    },
                .bytes = [this](std::span<const std::byte> bytes) { file_->append(bytes); },
                .end = [this] { file_->close(); }};
    }

    /// Children first: making them changed the times of their directories.
    void give_attributes(const EntryAttributes &attributes) const {
        if (target_.empty())
            return;
        for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
            if (entry->kind != EntryKind::whiteout)
                attributes.write(place_of(target_, *entry), *entry);
        storage_.sync_filesystem(target_);
    }

  private:
    partitions::Storage &storage_;
    const std::vector<Entry> &entries_;
    std::filesystem::path target_;
    std::unique_ptr<partitions::File> file_;
};

} // namespace

void write_trees(partitions::Storage &storage, const EntryAttributes &attributes, ArchiveReader &archive,
                 const TargetTrees &targets) {
    const Description &description = archive.description();
    ListWriter settings(storage, description.settings, targets.settings);
    ListWriter base(storage, description.base, targets.base);
    ListWriter var(storage, description.var, targets.var);
    for (const ListWriter *each : {&settings, &base, &var})
        each->make_names();
    archive.read_files(settings.sink(), base.sink(), var.sink());
    for (const ListWriter *each : {&settings, &base, &var})
        each->give_attributes(attributes);
}

} // namespace updater::snapshot
