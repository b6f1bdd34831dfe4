// Fetches the feed and its key lists from the vendor's server, through update-fetch, which has no privileges.
// Verifies nothing; the feed store does that.
#pragma once

#include "updater/feed/feed_source.hpp"
#include "updater/fetch/fetch_client.hpp"

#include <functional>
#include <string>

namespace updater::available {

/// How servers are reached, by the present configuration. Throws Refused if that cannot be read.
using ConnectionNow = std::function<download::Connection()>;

class FetchedFeedSource : public feed::FeedSource {
  public:
    /// `feed_url`: https; the key lists are beside it. `grace`: see DocumentClient.
    FetchedFeedSource(fetch::OpenConversation open, ConnectionNow connection, std::string feed_url,
                      std::chrono::milliseconds grace = fetch::fetch_grace);

    /// All key lists from number `first_key_list` up to the first one that the server does not have.
    feed::FetchedFeed fetch(std::uint64_t first_key_list, const std::stop_token &stop) override;

  private:
    fetch::OpenConversation open_;
    ConnectionNow connection_;
    std::string feed_url_;
    std::chrono::milliseconds grace_;
};

} // namespace updater::available
