// Copies a tree as it is: for generations of the configuration and sources of conversions. Nothing is
// followed, filtered or repaired on the way.
#pragma once

#include "partitions/storage.hpp"

namespace partitions {

struct CopiedTree {
    std::uint64_t files = 0; ///< names: a file with two hard links counts twice
    std::uint64_t directories = 0;
    std::uint64_t others = 0; ///< symbolic links, devices (whiteouts), FIFOs
    /// Sockets are not copied: without the process that made them they are nothing.
    std::vector<std::filesystem::path> skipped_sockets;
    /// Of a tree that changed meanwhile: what was gone before its turn came.
    std::uint64_t gone = 0;
};

/// Copies the directory `from` to `to`, which must not exist (its parent must). Contents are shared where the
/// file system can (reflink); owner, mode, times, extended attributes, hard links within the tree, devices
/// and holes are kept. The source may change meanwhile: what is gone before its turn comes is left out, and
/// each file is as it was at one moment, but not all at the same one; entries are taken in the order of their
/// names. Durable when it returns: the whole tree and its name, by one sync of the file system at the end (an
/// fsync a file would cost minutes with thousands of files). Before it returns nothing is: after a power cut
/// a partial tree may stand at `to`, so the caller must know, by its journal or by a rename afterwards,
/// whether the copy was finished.
CopiedTree copy_tree(Storage &storage, const std::filesystem::path &from, const std::filesystem::path &to);

} // namespace partitions
