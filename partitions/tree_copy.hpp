// Copies a directory tree as it is, for generations of the configuration and sources of conversions. Follows,
// filters and repairs nothing.
#pragma once

#include "partitions/storage.hpp"

namespace partitions {

struct CopiedTree {
    std::uint64_t files = 0; ///< names: a file with two hard links counts twice
    std::uint64_t directories = 0;
    std::uint64_t others = 0; ///< symbolic links, devices (whiteouts), FIFOs
    /// Sockets are not copied: they are useless without the process that made them.
    std::vector<std::filesystem::path> skipped_sockets;
};

/// Copies the directory `from` to `to`, which must not exist (its parent must). Contents are shared where the
/// file system can (reflink); owner, mode, times, extended attributes, hard links within the tree, devices
/// and holes are kept. The source may change while it is copied: deleted entries are left out, and each file
/// is a snapshot of its own, but not all of the same moment; entries are copied in the order of their names.
/// On return the whole tree and its name are durable, by one sync of the file system at the end (an fsync for
/// each of thousands of files would take minutes). Nothing is durable before: after a power cut a partial
/// tree may stand at `to`, so the caller must know, by its journal or by a rename afterwards, whether the
/// copy was finished.
CopiedTree copy_tree(Storage &storage, const std::filesystem::path &from, const std::filesystem::path &to);

} // namespace partitions
