// What becomes of an entry of /etc that the administrator and the new image both changed. Reads files, writes
// none.
#pragma once

#include "hooks/etc/entry_decision.hpp"

namespace hooks::etc {

/// versions.theirs is there and differs from mine and from the base. What the administrator set wins wherever
/// the two sides cannot both have their way, and that is a conflict. Throws ConversionFailed and
/// StorageError.
Decision decide_both_changed(partitions::Storage &storage, const std::filesystem::path &relative,
                             const Versions &versions);

} // namespace hooks::etc
