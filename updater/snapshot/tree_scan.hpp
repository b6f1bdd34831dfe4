// What lies in an upper directory of /etc, and what the image has in its place: the two lists of a snapshot.
// Only reads.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/archive_writer.hpp"
#include "updater/snapshot/description.hpp"
#include "updater/snapshot/entry_attributes.hpp"

#include <filesystem>

namespace updater::snapshot {

/// Where the two lists come from.
struct Trees {
    std::filesystem::path upper; ///< must not change meanwhile, if its contents are read afterwards
    std::filesystem::path lower; ///< the image's /etc
};

class TreeScan {
  public:
    /// All references outlive this object.
    TreeScan(partitions::Storage &storage, const EntryAttributes &attributes)
        : storage_(storage), attributes_(attributes) {}

    /// Fills settings, base and left_out. Throws Refused if there is more than a snapshot can hold,
    /// StorageError, std::exception.
    void run(const Trees &trees, Description &description) const;

    /// The contents of the files, for write_archive(). `trees` is copied.
    ContentsOf contents_of(const Trees &trees) const;

  private:
    void scan_settings(const std::filesystem::path &upper, const std::filesystem::path &relative,
                       Description &description) const;
    void scan_base(const Trees &trees, Description &description) const;
    void add_base(const std::filesystem::path &lower, const std::filesystem::path &relative,
                  bool with_contents, std::vector<Entry> &base) const;
    Entry entry_at(const std::filesystem::path &path, const std::filesystem::path &relative,
                   EntryKind kind) const;

    partitions::Storage &storage_;
    const EntryAttributes &attributes_;
};

} // namespace updater::snapshot
