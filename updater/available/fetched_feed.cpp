#include "updater/available/fetched_feed.hpp"

#include "updater/feed/feed.hpp"
#include "updater/feed/feed_names.hpp"

#include <utility>

namespace updater::available {

namespace {

/// All key lists of one check together, because they are held in memory until they are verified. A list of
/// three keys with its signature has about 7 KiB.
constexpr std::size_t max_key_list_bytes_per_check = 16UL * 1024 * 1024;

feed::SignedText fetch_signed(fetch::DocumentClient &client, const std::string &url, std::size_t max_bytes,
                              const std::stop_token &stop) {
    feed::SignedText document;
    // The signature first: if the document is replaced in between, it does not match and is fetched at the
    // next check.
    document.signature =
        client.fetch(url + std::string(feed::signature_suffix), firmware::max_signature_bytes, stop);
    document.text = client.fetch(url, max_bytes, stop);
    return document;
}

} // namespace

FetchedFeedSource::FetchedFeedSource(fetch::OpenConversation open, ConnectionNow connection,
                                     std::string feed_url, std::chrono::milliseconds grace)
    : open_(std::move(open)), connection_(std::move(connection)), feed_url_(std::move(feed_url)),
      grace_(grace) {}

feed::FetchedFeed FetchedFeedSource::fetch(std::uint64_t first_key_list, const std::stop_token &stop) {
    fetch::DocumentClient client(open_, connection_(), grace_);
    const std::string beside = feed_url_.substr(0, feed_url_.rfind('/') + 1);
    feed::FetchedFeed fetched;
    std::size_t bytes = 0;
    try {
        for (std::uint64_t number = first_key_list; number <= feed::max_key_lists; ++number) {
            fetched.key_lists.push_back(
                fetch_signed(client, beside + feed::key_list_file(number), feed::max_key_list_bytes, stop));
            bytes += fetched.key_lists.back().text.size() + fetched.key_lists.back().signature.size();
            if (bytes > max_key_list_bytes_per_check)
                throw feed::FeedNotFetched("the key lists on the server are longer than the " +
                                           std::to_string(max_key_list_bytes_per_check) +
                                           " bytes that are read; tell the vendor");
        }
    } catch (const download::DownloadFailed &failure) {
        // Only a missing list is the end of the lists; after any other failure there may be another one.
        if (failure.kind() != download::DownloadFailure::not_on_server)
            throw feed::FeedNotFetched(failure.what());
    }
    try {
        fetched.feed = fetch_signed(client, feed_url_, feed::max_feed_bytes, stop);
    } catch (const download::DownloadFailed &failure) {
        throw feed::FeedNotFetched(failure.what());
    }
    return fetched;
}

} // namespace updater::available
