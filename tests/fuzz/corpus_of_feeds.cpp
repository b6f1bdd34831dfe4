// Feeds and key lists for the fuzzers to begin with.
#include "tests/fuzz/corpus.hpp"
#include "tests/support/file_contents.hpp"
#include "updater/feed/feed.hpp"
#include "updater/feed/feed_keys.hpp"

using namespace updater;
using namespace updater::firmware;
using namespace updater::feed;
using namespace partitions::base;

namespace fuzz {

namespace {

feed::FeedEntry entry(const firmware::Version &version, const firmware::Version &minimum_version) {
    feed::FeedEntry entry;
    entry.version = version;
    entry.minimum_version = minimum_version;
    entry.security_only = true;
    entry.bytes = 31'000'000;
    entry.sha256 = sha256_of(std::string_view("x"));
    entry.released = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20);
    entry.urls = {"https://updates.example/list/" + version.text() + ".fw"};
    entry.release_notes = "A <new> one & more\n    in two lines";
    entry.license = "Terms";
    return entry;
}

feed::Feed feed_of(std::vector<feed::FeedEntry> entries) {
    const std::chrono::sys_days issued(std::chrono::year(2026) / 11 / 21);
    return {.product = "mailsec-appliance",
            .serial = 17,
            .issued = issued,
            .expires = issued + std::chrono::days(30),
            .entries = std::move(entries)};
}

} // namespace

void write_feed_inputs(const Corpus &corpus) {
    corpus.add("feed", "empty", write_feed(feed_of({})));
    feed::FeedEntry newest = entry(firmware::Version(2, 9, 0, 0), firmware::Version(2, 8, 1, 0));
    newest.stepping_stone = newest.migration = true;
    newest.urls = {"2.9.0.0.fw", "https://mirror.example/2.9.0.0.fw"};
    corpus.add(
        "feed", "two",
        write_feed(feed_of({newest, entry(firmware::Version(2, 8, 1, 0), firmware::Version(2, 8, 0, 0))})));

    const std::string certificate =
        test_files::read_file(corpus.folder() / "keys" / "trusted" / "certificate.pem");
    feed::KeyList list{.product = "mailsec-appliance", .number = 1, .certificates = {certificate}};
    corpus.add("key_list", "one", write_key_list(list));
    list.number = 1000;
    list.certificates.push_back(certificate);
    corpus.add("key_list", "two", write_key_list(list));
}

} // namespace fuzz
