// Any text as a key list. Expected: FeedRefused. What is accepted can be used, all certificates together,
// and stays the same when it is written and read again.
#include "tests/fuzz/input.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/feed/feed_keys.hpp"

#include <optional>

using namespace updater;
using namespace updater::firmware;
using namespace updater::feed;

namespace {

std::optional<feed::KeyList> parse(std::string_view xml) {
    try {
        return parse_key_list(xml);
    } catch (const feed::FeedRefused &) {
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::optional<feed::KeyList> list = parse(fuzz::Input(data, size).text());
    if (!list)
        return 0;
    std::string all;
    for (const std::string &certificate : list->certificates)
        all += certificate;
    fuzz::require(firmware::TrustedKeys::from_pem(all, "the list").count() == list->certificates.size(),
                  "each certificate of the list is usable");
    const std::string written = write_key_list(*list);
    if (written.size() <= max_key_list_bytes)
        fuzz::require(parse(written) == list, "a list that was written says what it said before");
    return 0;
}
