// Which firmware to install next: from the running version to the newest there may be several hops.
#pragma once

#include "updater/feed/feed.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace updater::feed {

/// What may be taken at all.
struct PathWishes {
    bool security_only = false; ///< only repairs of security, as far as they reach
    /// Versions to leave out, such as those that failed here before.
    std::function<bool(const firmware::Version &)> left_out = nullptr;
};

struct UpgradePath {
    std::vector<FeedEntry> hops; ///< in the order in which they are installed; empty: nothing to do
    /// Newer firmware that the hops do not lead to, because a step towards it is missing or left out; newest
    /// first.
    std::vector<FeedEntry> out_of_reach;
};

/// Each hop is the newest firmware whose minimum version the one before it satisfies, without leaving out a
/// stepping stone in between. Taking the newest each time is never worse: whatever can be installed on a
/// version can be installed on every later one.
UpgradePath upgrade_path(const Feed &feed, const firmware::Version &running, const PathWishes &wishes = {});

} // namespace updater::feed
