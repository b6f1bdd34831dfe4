// The feed through update-fetch.service: the program that talks to the network has no privileges, and this is
// the agent's side of it.
#pragma once

#include "partitions/storage.hpp"
#include "updater/feed/feed_source.hpp"
#include "updater/fetch/feed_request.hpp"
#include "updater/services/service_manager.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace updater {

class FetchedByService : public FeedSource {
  public:
    struct Places {
        std::filesystem::path request = "/run/update-control/feed-request.json";
        std::filesystem::path answer = "/var/lib/private/update-fetch";
    };
    /// Made for each fetch, in the thread that fetches.
    using OpenServices = std::function<std::unique_ptr<ServiceManager>()>;

    /// `storage` outlives this object; of `request` the first list of keys is filled in for each fetch.
    FetchedByService(partitions::Storage &storage, OpenServices open_services, FeedRequest request,
                     Places places);

    FetchedFeed fetch(std::uint64_t first_key_list) override;

  private:
    SignedText read_signed(const std::string &name, std::size_t most_bytes);
    std::string read(const std::string &name, std::size_t most_bytes);
    bool is_there(const std::string &name);
    [[noreturn]] void tell_problem(const std::string &failure);

    partitions::Storage &storage_;
    OpenServices open_services_;
    FeedRequest request_;
    Places places_;
};

} // namespace updater
