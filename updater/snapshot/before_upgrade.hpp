// The snapshot that the appliance makes by itself before an upgrade.
#pragma once

#include "updater/snapshot/restore.hpp"
#include "updater/snapshot/snapshot_store.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace updater::snapshot {

class BeforeUpgrade {
  public:
    /// `keep`: how many of those that were made automatically stay. All references outlive this object.
    BeforeUpgrade(SnapshotStore &store, const Restore &restore, std::function<std::size_t()> keep);

    /// Makes it, unless this job has made it already, removes the oldest, and returns its name. Throws
    /// Refused: no space, or a restore waits for the restart, which the upgrade would leave out.
    std::string make(const std::string &to_version, const std::string &job);

  private:
    SnapshotStore &store_;
    const Restore &restore_;
    std::function<std::size_t()> keep_;
};

} // namespace updater::snapshot
