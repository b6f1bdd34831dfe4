#include "updater/snapshot/before_upgrade.hpp"

#include "updater/refusal.hpp"

#include <utility>

namespace updater::snapshot {

BeforeUpgrade::BeforeUpgrade(SnapshotStore &store, const Restore &restore, std::function<std::size_t()> keep)
    : store_(store), restore_(restore), keep_(std::move(keep)) {}

std::string BeforeUpgrade::make(const std::string &to_version, const std::string &job) {
    restore_.require_none_pending(); // an upgrade would not carry them over
    const std::string name = "before-" + to_version + "-" + job;
    if (store_.has(name))
        return name;
    store_.create({name, "before the upgrade to " + to_version, true});
    store_.keep_newest(keep_());
    return name;
}

} // namespace updater::snapshot
