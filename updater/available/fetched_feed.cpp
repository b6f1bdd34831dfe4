#include "updater/available/fetched_feed.hpp"

#include "updater/feed/feed.hpp"
#include "updater/feed/feed_names.hpp"

#include <utility>

namespace updater {

namespace {

/// Of all lists of keys at one look; a list of three keys with its signature has about 7 KiB. Until they were
/// looked at they are in memory, all of them.
constexpr std::size_t max_key_list_bytes_at_a_look = 16UL * 1024 * 1024;

SignedText fetch_signed(DocumentClient &client, const std::string &url, std::size_t max_bytes,
                        const std::stop_token &stop) {
    SignedText document;
    // The signature first: the document that is renewed in between does not fit it, and comes at the next
    // look.
    document.signature = client.fetch(url + std::string(signature_suffix), max_signature_bytes, stop);
    document.text = client.fetch(url, max_bytes, stop);
    return document;
}

} // namespace

FetchedFeedSource::FetchedFeedSource(OpenConversation open, ConnectionNow connection, std::string feed_url,
                                     std::chrono::milliseconds grace)
    : open_(std::move(open)), connection_(std::move(connection)), feed_url_(std::move(feed_url)),
      grace_(grace) {}

FetchedFeed FetchedFeedSource::fetch(std::uint64_t first_key_list, const std::stop_token &stop) {
    DocumentClient client(open_, connection_(), grace_);
    const std::string beside = feed_url_.substr(0, feed_url_.rfind('/') + 1);
    FetchedFeed fetched;
    std::size_t bytes = 0;
    try {
        for (std::uint64_t number = first_key_list; number <= max_key_lists; ++number) {
            fetched.key_lists.push_back(
                fetch_signed(client, beside + key_list_file(number), max_key_list_bytes, stop));
            bytes += fetched.key_lists.back().text.size() + fetched.key_lists.back().signature.size();
            if (bytes > max_key_list_bytes_at_a_look)
                throw FeedNotFetched("the lists of keys on the server are longer than the " +
                                     std::to_string(max_key_list_bytes_at_a_look) +
                                     " bytes that are read; tell the vendor");
        }
    } catch (const DownloadFailed &failure) {
        // Only that there is no further list ends the lists; a server in trouble may have one.
        if (failure.kind() != DownloadFailure::not_on_server)
            throw FeedNotFetched(failure.what());
    }
    try {
        fetched.feed = fetch_signed(client, feed_url_, max_feed_bytes, stop);
    } catch (const DownloadFailed &failure) {
        throw FeedNotFetched(failure.what());
    }
    return fetched;
}

} // namespace updater
