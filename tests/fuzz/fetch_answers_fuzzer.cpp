// Anything as what update-fetch says to the agent. Expected: DownloadFailed, FirmwareDamaged. What the agent
// takes is what it asked for, in its place and order, and no text can move a cursor.
#include "tests/fuzz/input.hpp"
#include "updater/fetch/fetch_client.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/text/printable.hpp"

#include <array>
#include <sys/socket.h>

using namespace updater;
using namespace updater::firmware;
using namespace updater::fetch;
using namespace updater::text;
using namespace partitions::base;

namespace {

/// The end of a conversation in which all answers have been given before the first question.
partitions::base::FileDescriptor answering(std::string_view answers) {
    auto pair = make_conversation();
    static_cast<void>(
        ::send(pair.second.number(), answers.data(), answers.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    ::shutdown(pair.second.number(), SHUT_WR);
    // Read by nobody: the agent's orders wait in the socket, which closes with the other end.
    static partitions::base::FileDescriptor kept;
    kept = std::move(pair.second);
    return std::move(pair.first);
}

void require_harmless(std::string_view text) {
    fuzz::require(!holds_control_characters(text), "a text for people holds nothing that moves a cursor");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string answers(fuzz::Input(data, size).text());
    fetch::FetchedSource source([&] { return answering(answers); },
                                {.url = "https://a/f", .connection = {}, .known = false},
                                [](const std::string &line) { require_harmless(line); });
    const std::array<firmware::ByteRange, 2> ranges{{{0, 3}, {10, 5}}};
    std::uint64_t next = 0;
    bool whole = true;
    try {
        source.read(ranges,
                    [&](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
                        next = next == 3 ? 10 : next;
                        fuzz::require(offset_bytes == next, "bytes come in their place");
                        next += bytes.size();
                        fuzz::require(next <= 3 || (next > 10 && next <= 15),
                                      "no byte comes that was not asked for");
                    },
                    {});
    } catch (const download::DownloadFailed &failure) {
        require_harmless(failure.what());
        whole = false;
    } catch (const FirmwareDamaged &failure) {
        require_harmless(failure.what());
        whole = false;
    }
    fuzz::require(!whole || next == 15, "what was asked for is there when nothing failed");

    try {
        fuzz::require(fetch::DocumentClient([&] { return answering(answers); }, {})
                              .fetch("https://a/d", 20, {})
                              .size() <= 20,
                      "a document is as long as it may be");
    } catch (const download::DownloadFailed &) {
        return 0;
    } catch (const FirmwareDamaged &) {
        return 0;
    }
    return 0;
}
