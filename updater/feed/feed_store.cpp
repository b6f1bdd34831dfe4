#include "updater/feed/feed_store.hpp"

#include "partitions/durable.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/feed/feed_names.hpp"
#include "updater/text/utc_time.hpp"

#include <charconv>
#include <map>
#include <utility>

namespace updater::feed {

namespace {

constexpr std::string_view feed_prefix = "feed-";

/// File names that begin with this prefix, by number.
std::map<std::uint64_t, std::string> documents(partitions::Storage &storage,
                                               const std::filesystem::path &folder, std::string_view prefix) {
    std::map<std::uint64_t, std::string> found;
    if (storage.kind(folder) != partitions::FileKind::directory)
        return found;
    for (const std::filesystem::path &path : storage.list(folder)) {
        const std::string name = path.filename();
        if (!name.starts_with(prefix) || !name.ends_with(document_suffix))
            continue;
        const char *begin = name.data() + prefix.size();
        const char *end = name.data() + name.size() - document_suffix.size();
        std::uint64_t number = 0;
        if (const auto [rest, error] = std::from_chars(begin, end, number);
            error == std::errc() && rest == end)
            found[number] = name;
    }
    return found;
}

std::chrono::sys_seconds in_seconds(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

} // namespace

FeedStore::FeedStore(partitions::Storage &storage, std::filesystem::path folder,
                     firmware::TrustedKeys image_keys, Origin origin)
    : storage_(storage), folder_(std::move(folder)), origin_(std::move(origin)),
      chain_(std::move(image_keys), origin_.product) {
    read_key_lists();
    read_feed();
}

void FeedStore::accept_key_list(const SignedText &list, std::uint64_t number) {
    KeyChain tried = chain_;
    tried.accept(list, number);
    keep(key_list_file(number), list);
    last_key_list_ = number;
    const std::lock_guard lock(chain_mutex_);
    chain_ = tried;
}

void FeedStore::follow_key_lists(const std::vector<SignedText> &lists) {
    std::optional<FeedRefused> stranger; // refusal of the first list that no later one vouches for so far
    std::uint64_t number = next_key_list();
    for (const SignedText &list : lists) {
        try {
            accept_key_list(list, number++);
            stranger.reset();
        } catch (const FeedRefused &refusal) {
            if (refusal.kind() != FeedRefusal::unknown_key)
                throw;
            if (chain_.keys().any_stands_in(list.text))
                stranger.reset();
            else if (!stranger)
                stranger = refusal;
        }
    }
    if (stranger)
        throw *stranger;
}

firmware::TrustedKeys FeedStore::keys() const {
    const std::lock_guard lock(chain_mutex_);
    return chain_.keys();
}

bool FeedStore::accept_feed(const SignedText &document, std::chrono::system_clock::time_point now) {
    check_feed_signature(chain_.keys(), document, "feed");
    Feed feed = parse_feed(document.text, origin_.feed_url);
    check_feed(feed, document.text, now);
    if (feed_ && feed_->serial == feed.serial)
        return false;
    keep(numbered_document(feed_prefix, feed.serial), document);
    remove_feeds_before(feed.serial);
    last_serial_ = feed.serial;
    feed_text_ = document.text;
    feed_ = std::move(feed);
    return true;
}

void FeedStore::check_feed(const Feed &feed, const std::string &text,
                           std::chrono::system_clock::time_point now) const {
    if (feed.product != origin_.product)
        throw FeedRefused(FeedRefusal::other_product, "the feed is for the product " + feed.product +
                                                          ", this appliance is a " + origin_.product);
    if (feed.expires < now)
        throw FeedRefused(FeedRefusal::expired, "the feed has expired at " + text::utc_text(feed.expires) +
                                                    "; the clock here says " +
                                                    text::utc_text(in_seconds(now)));
    if (feed.issued > now + clock_tolerance)
        throw FeedRefused(FeedRefusal::from_the_future,
                          "the feed was issued at " + text::utc_text(feed.issued) +
                              "; the clock here says only " + text::utc_text(in_seconds(now)));
    if (feed.serial < last_serial_)
        throw FeedRefused(FeedRefusal::replayed, "the feed has the serial number " +
                                                     std::to_string(feed.serial) + ", but number " +
                                                     std::to_string(last_serial_) + " was accepted before");
    if (feed_ && feed.serial == feed_->serial && text != feed_text_)
        throw FeedRefused(FeedRefusal::replayed, "the feed with the serial number " +
                                                     std::to_string(feed.serial) +
                                                     " is not the same as before");
}

void FeedStore::read_key_lists() {
    for (const auto &[number, name] : documents(storage_, folder_, key_list_prefix)) {
        const auto list = read_signed(name, max_key_list_bytes);
        if (!list)
            continue;
        last_key_list_ = number;
        try {
            chain_.accept(*list, number);
        } catch (const FeedRefused &) {
            // Older than the keys of the running image.
        }
    }
}

void FeedStore::read_feed() {
    for (const auto &[serial, name] : documents(storage_, folder_, feed_prefix)) {
        last_serial_ = serial;
        const auto document = read_signed(name, max_feed_bytes);
        if (!document)
            continue;
        try {
            check_feed_signature(chain_.keys(), *document, "feed");
            feed_ = parse_feed(document->text, origin_.feed_url);
            feed_text_ = document->text;
        } catch (const FeedRefused &) {
            // Signed by a key that was replaced since, or damaged on the disk: the next check fetches
            // another.
        }
    }
}

std::optional<SignedText> FeedStore::read_signed(const std::string &name, std::size_t max_bytes) {
    try {
        const std::string signature = name + std::string(signature_suffix);
        return SignedText{
            partitions::read_whole_file(storage_, folder_ / name, max_bytes),
            partitions::read_whole_file(storage_, folder_ / signature, firmware::max_signature_bytes)};
    } catch (const partitions::StorageNotFound &) {
        return std::nullopt; // a power cut came between the two files of a pair
    }
}

void FeedStore::keep(const std::string &name, const SignedText &document) {
    partitions::make_directories(storage_, folder_);
    // Readers look for the text, so it is written last: with it the pair is complete.
    partitions::replace_file(storage_, folder_ / (name + std::string(signature_suffix)), document.signature);
    partitions::replace_file(storage_, folder_ / name, document.text);
}

void FeedStore::remove_feeds_before(std::uint64_t serial) {
    for (const auto &[number, name] : documents(storage_, folder_, feed_prefix)) {
        if (number >= serial)
            break;
        storage_.remove(folder_ / name);
        const std::filesystem::path signature = folder_ / (name + std::string(signature_suffix));
        if (storage_.kind(signature) == partitions::FileKind::file)
            storage_.remove(signature);
    }
}

} // namespace updater::feed
