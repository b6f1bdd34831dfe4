// Which firmware to install next. From the running version to the newest there may be several hops.
#pragma once

#include "updater/feed/feed.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace updater::feed {

/// Which firmware may be used at all.
struct PathWishes {
    bool security_only = false; ///< only firmware with nothing but security fixes
    /// Versions to skip, such as those that failed on this appliance.
    std::function<bool(const firmware::Version &)> left_out = nullptr;
};

struct UpgradePath {
    std::vector<FeedEntry> hops; ///< in the order in which they are installed; empty: nothing to do
    /// Newer firmware that the hops do not reach, because a step to it is missing or skipped; newest first.
    std::vector<FeedEntry> out_of_reach;
};

/// Each hop is the newest firmware whose minimum version the hop before satisfies and that is not newer than
/// the next stepping stone. The newest is always the best choice: whatever can be installed on a version can
/// also be installed on every later one.
UpgradePath upgrade_path(const Feed &feed, const firmware::Version &running, const PathWishes &wishes = {});

} // namespace updater::feed
