// Answers of update-fetch for the fuzzer to begin with.
#include "tests/fuzz/corpus.hpp"
#include "updater/fetch/fetch_messages.hpp"
#include "updater/firmware/firmware_error.hpp"

using namespace updater;
using namespace updater::firmware;
using namespace updater::fetch;

namespace fuzz {

namespace {

std::string message(char kind, const std::string &contents) {
    std::string text(1, kind);
    for (int place = 0; place < 4; ++place)
        text += static_cast<char>(contents.size() >> (8 * place));
    return text + contents;
}

std::string bytes(std::uint64_t place, const std::string &contents) {
    const auto start = write_place(place);
    return message(fetch_message::bytes,
                   std::string(reinterpret_cast<const char *>(start.data()), start.size()) + contents);
}

} // namespace

void write_answer_inputs(const Corpus &corpus) {
    const std::string done = message(fetch_message::done, write_order_done({.fetched_bytes = 8}));
    const auto failed = [](const std::exception &failure) {
        return message(fetch_message::failed, write_failure(failure));
    };
    corpus.add("fetch_answers", "ranges",
               done + message(fetch_message::report, "trying again") + bytes(0, "abc") + bytes(10, "de") +
                   bytes(12, "fgh") + done);
    corpus.add("fetch_answers", "document", bytes(0, "a document") + done);
    corpus.add("fetch_answers", "download-failed",
               done + failed(download::DownloadFailed(download::DownloadFailure::too_slow, "a slow server")));
    corpus.add("fetch_answers", "damaged", done + failed(FirmwareDamaged("too short")));
}

} // namespace fuzz
