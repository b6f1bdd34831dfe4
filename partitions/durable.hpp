// Small sequences of storage operations whose order makes them safe against a power cut. No system calls
// here.
#pragma once

#include "partitions/storage.hpp"

#include <string>
#include <string_view>

namespace partitions {

/// The whole contents. Throws StorageError when the file holds more than max_bytes (nothing is read
/// unbounded), StorageNotFound when it does not exist.
std::string read_whole_file(Storage &storage, const std::filesystem::path &path, std::size_t max_bytes);

/// Writes the contents beside the file (path + ".new"), makes them durable, renames. After a power cut at any
/// moment the path holds the old contents or the new ones, never a mixture; on return the new ones are
/// durable. A ".new" left by a cut is overwritten by the next call.
void replace_file(Storage &storage, const std::filesystem::path &path, std::string_view contents,
                  mode_t mode = 0644);

/// The same for a symbolic link; the target need not exist.
void replace_symlink(Storage &storage, const std::filesystem::path &target,
                     const std::filesystem::path &link);

/// The directory and its missing ancestors. On return each new one is durable in its parent.
void make_directories(Storage &storage, const std::filesystem::path &path);

/// Removes whatever is at the path and everything below it, if it exists. Links are removed, not followed. On
/// return the removal is durable. After a power cut a part of the tree may remain: a caller that must never
/// see half a tree renames it out of the way first. Refuses "/" and relative paths with
/// std::invalid_argument.
void remove_tree(Storage &storage, const std::filesystem::path &path);

} // namespace partitions
