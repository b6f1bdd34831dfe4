// The feed: the vendor's signed list of firmware, and what it says of each. Decides nothing about trusting it
// (feed_store.hpp) or choosing from it (upgrade_path.hpp).
#pragma once

#include "partitions/base/sha256.hpp"
#include "updater/firmware/version.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace updater::feed {

/// One firmware file as the feed describes it. What is installed is decided by the file's own manifest.
struct FeedEntry {
    firmware::Version version;
    firmware::Version minimum_version; ///< the oldest running version that it can be installed on
    bool stepping_stone = false;       ///< must be installed before anything newer
    bool security_only = false;        ///< contains only security fixes
    bool migration = false;            ///< converts data, so it takes longer
    std::uint64_t bytes = 0;           ///< of the firmware file
    partitions::base::Sha256 sha256{}; ///< of the whole firmware file
    std::chrono::sys_seconds released;
    std::vector<std::string> urls; ///< https, in the order of use
    std::string release_notes;
    std::string license;

    bool operator==(const FeedEntry &) const = default;
};

struct Feed {
    std::string product;
    std::uint64_t serial = 0; ///< rises with every feed that is published
    std::chrono::sys_seconds issued;
    std::chrono::sys_seconds expires;
    std::vector<FeedEntry> entries; ///< newest version first

    bool operator==(const Feed &) const = default;
};

/// Longest feed that is read.
inline constexpr std::size_t max_feed_bytes = 1024UL * 1024;

/// Reads the XML (format.md describes it). `feed_url` is the feed's own URL: URLs of firmware are https and
/// may be relative to it. Anything unknown, missing, given twice or out of range is an error: throws
/// FeedRefused (wrong_feed, unsupported_format) with the element and the line. Only for text whose signature
/// is verified.
Feed parse_feed(std::string_view xml, std::string_view feed_url);

/// The XML of a feed; parse_feed() reads the same feed from it. URLs are written unchanged.
std::string write_feed(const Feed &feed);

} // namespace updater::feed
