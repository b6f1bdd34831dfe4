// What lies in an upper directory of /etc and in the product's folders below /var, and the image's /etc: the
// lists of a snapshot. Only reads.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/archive_writer.hpp"
#include "updater/snapshot/description.hpp"
#include "updater/snapshot/entry_attributes.hpp"

#include <filesystem>
#include <vector>

namespace updater::snapshot {

/// Where the lists come from. What is read twice must not change meanwhile: `upper` and `var`, if their
/// contents are read afterwards.
struct Trees {
    std::filesystem::path upper;
    std::filesystem::path lower;               ///< the image's /etc
    std::filesystem::path var;                 ///< the generation's /var
    std::vector<std::filesystem::path> places; ///< relative to it (product_places.hpp)
};

class TreeScan {
  public:
    /// All references outlive this object.
    TreeScan(partitions::Storage &storage, const EntryAttributes &attributes)
        : storage_(storage), attributes_(attributes) {}

    /// Fills the lists, and left_out. Throws Refused if there is more than a snapshot can hold,
    /// StorageError, std::exception.
    void run(const Trees &trees, Description &description) const;

    /// The contents of the files, for write_archive(). `trees` is copied.
    ContentsOf contents_of(const Trees &trees) const;

  private:
    void scan_settings(const std::filesystem::path &upper, const std::filesystem::path &relative,
                       Description &description) const;
    void scan_base(const std::filesystem::path &lower, const std::filesystem::path &relative,
                   std::vector<Entry> &base) const;
    void scan_places(const Trees &trees, Description &description) const;
    void add_folders_above(const std::filesystem::path &var, const std::filesystem::path &place,
                           std::vector<Entry> &list) const;
    void scan_var(const std::filesystem::path &var, const std::filesystem::path &relative,
                  Description &description) const;
    Entry entry_at(const std::filesystem::path &path, const std::filesystem::path &relative,
                   EntryKind kind) const;

    partitions::Storage &storage_;
    const EntryAttributes &attributes_;
};

} // namespace updater::snapshot
