// The feed and its lists of keys from the vendor's server. Talks to no network itself: that is what
// update-fetch is for, which has no privileges. Believes nothing of what comes; that is the feed store's
// matter.
#pragma once

#include "updater/feed/feed_source.hpp"
#include "updater/fetch/fetch_client.hpp"

#include <functional>
#include <string>

namespace updater::available {

/// How servers are reached, as it is configured now. Throws Refused, when what is configured cannot be read.
using ConnectionNow = std::function<download::Connection()>;

class FetchedFeedSource : public feed::FeedSource {
  public:
    /// `feed_url`: https; the lists of keys are beside it. `grace`: as of DocumentClient.
    FetchedFeedSource(fetch::OpenConversation open, ConnectionNow connection, std::string feed_url,
                      std::chrono::milliseconds grace = fetch::fetch_grace);

    /// All lists of keys from the first one asked for on, up to the one before the first that the server does
    /// not have.
    feed::FetchedFeed fetch(std::uint64_t first_key_list, const std::stop_token &stop) override;

  private:
    fetch::OpenConversation open_;
    ConnectionNow connection_;
    std::string feed_url_;
    std::chrono::milliseconds grace_;
};

} // namespace updater::available
