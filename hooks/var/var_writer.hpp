// Writes entries of the old system's /var into the new generation's. Decides nothing, never writes outside
// its folder and never through a symbolic link. Replaces leftovers of an earlier, interrupted run.
#pragma once

#include "hooks/overlay/overlay_format.hpp"
#include "partitions/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

namespace hooks::var {

/// Nothing is durable before the file system is synced. All throw StorageError, std::system_error.
class VarWriter {
  public:
    /// new_var: absolute, exists. All other paths are relative to it and normalized; the folders above them
    /// must have been put.
    VarWriter(partitions::Storage &storage, std::filesystem::path new_var);

    /// Makes the folder, unless there is one, and gives it these attributes. marks_from: the folder whose
    /// overlay marks it gets as well (of a container's layers).
    void put_folder(const std::filesystem::path &relative, const overlay::Attributes &attributes,
                    const std::optional<std::filesystem::path> &marks_from);
    /// Call after the last entry in it, since each entry changes its times.
    void finish_folder(const std::filesystem::path &relative, const std::filesystem::path &times_from);
    /// A file, link or device like `from`, its times too, with these attributes, in place of what stands
    /// there.
    void put(const std::filesystem::path &relative, const std::filesystem::path &from,
             const overlay::Attributes &attributes);
    /// The same, keeping hard links: a second name of such a file becomes a second name of its copy. All
    /// `from` must lie in one file system.
    void put_linked(const std::filesystem::path &relative, const std::filesystem::path &from,
                    const overlay::Attributes &attributes);
    /// Sets the flags (chattr) of all entries that were put. Call last, because the flags forbid further
    /// changes.
    void protect_all();

  private:
    void remember_flags(const std::filesystem::path &path, const overlay::Attributes &attributes);
    void remove_whatever_stands_at(const std::filesystem::path &path);
    void make_like(const partitions::FileDetails &details, const std::filesystem::path &from,
                   const std::filesystem::path &path, const overlay::Attributes &attributes);

    partitions::Storage &storage_;
    std::filesystem::path new_var_;
    std::map<std::uint64_t, std::filesystem::path> first_copies_; ///< of files with further names
    std::map<std::filesystem::path, unsigned> flags_;
};

} // namespace hooks::var
