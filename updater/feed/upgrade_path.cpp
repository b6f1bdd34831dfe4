#include "updater/feed/upgrade_path.hpp"

#include <algorithm>

namespace updater::feed {

namespace {

/// The oldest stepping stone that is newer than `from`: one hop goes no further. Entries are newest first.
std::optional<firmware::Version> nearest_stepping_stone(const std::vector<FeedEntry> &entries,
                                                        const firmware::Version &from) {
    const auto stone = std::find_if(entries.rbegin(), entries.rend(), [&](const FeedEntry &entry) {
        return entry.stepping_stone && entry.version > from;
    });
    return stone == entries.rend() ? std::nullopt : std::optional(stone->version);
}

} // namespace

UpgradePath upgrade_path(const Feed &feed, const firmware::Version &running, const PathWishes &wishes) {
    UpgradePath path;
    firmware::Version reached = running;
    for (;;) {
        const auto stone = nearest_stepping_stone(feed.entries, reached);
        const auto next = std::ranges::find_if(feed.entries, [&](const FeedEntry &entry) {
            return entry.version > reached && entry.minimum_version <= reached &&
                   (!stone || entry.version <= *stone) && (!wishes.security_only || entry.security_only) &&
                   !(wishes.left_out && wishes.left_out(entry.version));
        });
        if (next == feed.entries.end())
            break;
        path.hops.push_back(*next);
        reached = next->version;
    }
    for (const FeedEntry &entry : feed.entries)
        if (entry.version > reached)
            path.out_of_reach.push_back(entry);
    return path;
}

} // namespace updater::feed
