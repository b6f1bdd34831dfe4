// Copies what a snapshot is made of, because it is read twice and somebody may change it in between.
#pragma once

#include "updater/snapshot/tree_scan.hpp"

#include <string>
#include <vector>

namespace updater::snapshot {

/// `from.upper` to `to.upper`, and the product's places in `from.var`, with the folders above them, to
/// `to.var`. Neither target exists; their parent does. Returns lines about what was too large to be copied.
/// Throws StorageError.
std::vector<std::string> copy_trees(partitions::Storage &storage, const Trees &from, const Trees &to);

} // namespace updater::snapshot
