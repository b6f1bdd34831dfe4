// Decides about an entry of /etc that both the administrator and the new image changed. Reads files, writes
// none.
#pragma once

#include "hooks/etc/entry_decision.hpp"

namespace hooks::etc {

/// versions.theirs is there and differs from mine and from the base. Where the two changes exclude each
/// other, the administrator's wins and the decision is a conflict. Throws ConversionFailed and StorageError.
Decision decide_both_changed(partitions::Storage &storage, const std::filesystem::path &relative,
                             const Versions &versions);

} // namespace hooks::etc
