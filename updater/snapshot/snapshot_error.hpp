// The errors of snapshots. Holds nothing else.
#pragma once

#include "updater/refusal.hpp"

#include <string>

namespace updater::snapshot {

/// The file is no snapshot, is damaged, or holds what no snapshot may hold. Nothing of it was used.
class SnapshotDamaged : public Refused {
  public:
    /// `what`: of the snapshot, such as "its description is damaged".
    SnapshotDamaged(const std::string &snapshot, const std::string &what)
        : Refused("the snapshot " + snapshot + " can't be used: " + what,
                  "Use another one; those that are here: update-control --snapshot list",
                  messages::Code::snapshot_damaged) {}
};

} // namespace updater::snapshot
