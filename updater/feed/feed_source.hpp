// Where feeds and lists of keys come from: the interface. The real one starts a program without privileges
// (updater/agent/fetched_feed.hpp).
#pragma once

#include "updater/feed/feed_keys.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater {

/// What the server has, unchecked.
struct FetchedFeed {
    std::vector<SignedText> key_lists; ///< from the first one asked for on, without a gap
    SignedText feed;
};

/// The server cannot be reached, or does not have a feed. what() says which server, why, and what to do.
class FeedNotFetched : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class FeedSource {
  public:
    virtual ~FeedSource() = default;

    /// May take minutes. Throws FeedNotFetched.
    virtual FetchedFeed fetch(std::uint64_t first_key_list) = 0;
};

} // namespace updater
