// Any text as a feed. Expected: FeedRefused. What is accepted stays the same when it is written and read
// again.
#include "tests/fuzz/input.hpp"
#include "updater/feed/feed.hpp"
#include "updater/feed/feed_error.hpp"

#include <optional>

using namespace updater;
using namespace updater::feed;

namespace {

std::optional<feed::Feed> parse(std::string_view xml) {
    try {
        return parse_feed(xml, "https://updates.example/list/feed.xml");
    } catch (const feed::FeedRefused &) {
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::optional<feed::Feed> feed = parse(fuzz::Input(data, size).text());
    if (!feed)
        return 0;
    const std::string written = write_feed(*feed);
    // Escapes, and the places of files beside the feed, make it longer than it was.
    if (written.size() <= max_feed_bytes)
        fuzz::require(parse(written) == feed, "a feed that was written says what it said before");
    return 0;
}
