// A server with a feed that the test puts there, or that is out of reach.
#pragma once

#include "updater/feed/feed_source.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace updater::testing {

class FakeFeedSource : public feed::FeedSource {
  public:
    feed::FetchedFeed answer;
    std::string failure;
    std::vector<std::uint64_t> asked;

    feed::FetchedFeed fetch(std::uint64_t first_key_list, const std::stop_token &) override {
        asked.push_back(first_key_list);
        if (!failure.empty())
            throw feed::FeedNotFetched(failure);
        return answer;
    }
};

} // namespace updater::testing
