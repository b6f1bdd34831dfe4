// Interface: where the feed and the key lists come from. The real implementation starts a program without
// privileges (updater/available/fetched_feed.hpp).
#pragma once

#include "updater/feed/feed_keys.hpp"
#include "updater/messages/coded.hpp"

#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::feed {

/// What the server sent, not verified.
struct FetchedFeed {
    std::vector<SignedText> key_lists; ///< from the requested number on, without a gap
    SignedText feed;
};

/// The server cannot be reached or has no feed. what() says which server, why, and what to do.
class FeedNotFetched : public std::runtime_error, public messages::CodeIs<messages::Code::feed_not_fetched> {
  public:
    using std::runtime_error::runtime_error;
};

class FeedSource {
  public:
    virtual ~FeedSource() = default;

    /// May take minutes. Throws FeedNotFetched, Refused; Cancelled within one second after a stop request.
    virtual FetchedFeed fetch(std::uint64_t first_key_list, const std::stop_token &stop) = 0;
};

} // namespace updater::feed
