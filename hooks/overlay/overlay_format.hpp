// Reads and makes the marks by which overlayfs records in an upper directory what was removed or replaced.
// Mounts nothing. Format: Linux kernel, Documentation/filesystems/overlayfs.rst, "whiteouts and opaque
// directories". Bypasses partitions::Storage where it has no operation (extended attributes, owner, mode).
// That is safe because a conversion writes into a directory that is discarded if it is interrupted, and ends
// with one sync of everything.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>

namespace hooks::overlay {

/// A character device 0:0: the entry of the lower directory with this name was removed.
bool is_whiteout(partitions::Storage &storage, const std::filesystem::path &path);

/// A directory whose namesake in the lower directory is hidden (trusted.overlay.opaque is "y").
bool is_opaque(const std::filesystem::path &directory);

/// Throws ConversionFailed for marks that refer to the old system's lower directory, so that the entry cannot
/// be carried alone: redirected directories, files with attributes only (metacopy), whiteouts as attributes.
/// Appliances mount /etc without the options that make them.
void refuse_unsupported_marks(const std::filesystem::path &path);

void make_whiteout(partitions::Storage &storage, const std::filesystem::path &path);
void make_opaque(const std::filesystem::path &directory);

/// Removes all trusted.overlay.* attributes: they describe the lower directory that was below until now.
void remove_marks(const std::filesystem::path &path);

/// A file's metadata, apart from its times and overlay marks.
struct Attributes {
    mode_t permissions = 0; ///< without the type bits; 0 for symbolic links, which have none of their own
    uid_t owner = 0;
    gid_t group = 0;
    std::map<std::string, std::string> extended;
    /// What chattr(1) sets: of FS_IMMUTABLE_FL, FS_APPEND_FL, FS_NOATIME_FL, FS_NODUMP_FL and FS_SYNC_FL. An
    /// overlay keeps the first two as a mark of its own in the upper directory.
    unsigned flags = 0;
    bool operator==(const Attributes &) const = default;
};

/// Symbolic links are not followed. Both throw std::system_error. The flags are not set: they would forbid
/// all later changes.
Attributes read_attributes(const std::filesystem::path &path);
void set_attributes(const std::filesystem::path &path, const Attributes &attributes);

/// One extended attribute, in one system call.
std::optional<std::string> read_extended_attribute(const std::filesystem::path &path, const char *name);

/// Sets the flags of a file or directory that is not in an overlay. Throws std::system_error.
void set_flags(const std::filesystem::path &path, unsigned flags);
/// The same for an upper directory: immutable and append-only as the overlay's mark, which forbids nothing to
/// us.
void mark_flags(const std::filesystem::path &path, unsigned flags);
/// Whether the flags forbid to change, replace or remove it.
bool is_protected(unsigned flags);

/// Gives `to` the times of last access and change of `from`.
void copy_times(const std::filesystem::path &from, const std::filesystem::path &to);

} // namespace hooks::overlay
