#include "updater/fetch/feed_files.hpp"

#include <string>

namespace updater {

namespace {

/// As many as a chain may have at most (updater/feed/feed_keys.hpp).
constexpr std::uint64_t most_lists_at_a_time = 1000;

class Documents {
  public:
    Documents(Fetcher &fetcher, const FeedRequest &request, const std::filesystem::path &folder,
              const std::stop_token &stop)
        : fetcher_(fetcher), beside_(request.feed_url.substr(0, request.feed_url.rfind('/') + 1)),
          folder_(folder), stop_(stop) {}

    void fetch(const std::string &url, const std::string &name) {
        const std::string signature(signature_suffix);
        // The signature first: with the document, the pair is complete.
        fetcher_.fetch(url + signature, folder_ / (name + signature), nullptr, stop_);
        fetcher_.fetch(url, folder_ / name, nullptr, stop_);
    }

    /// False if the server does not have it.
    bool fetch_key_list(std::uint64_t number) {
        const std::string name = key_list_file(number);
        try {
            fetch(beside_ + name, name);
            return true;
        } catch (const DownloadFailed &failure) {
            if (failure.kind() == DownloadFailure::not_on_server)
                return false;
            throw;
        }
    }

  private:
    Fetcher &fetcher_;
    std::string beside_;
    std::filesystem::path folder_;
    std::stop_token stop_;
};

} // namespace

void fetch_feed_files(Fetcher &fetcher, const FeedRequest &request, const std::filesystem::path &folder,
                      const std::stop_token &stop) {
    for (const auto &old : std::filesystem::directory_iterator(folder))
        std::filesystem::remove_all(old.path());
    Documents documents(fetcher, request, folder, stop);
    for (std::uint64_t list = 0; list < most_lists_at_a_time; ++list)
        if (!documents.fetch_key_list(request.first_key_list + list))
            break;
    documents.fetch(request.feed_url, std::string(feed_file));
}

} // namespace updater
