#include "updater/fetch/fetch_client.hpp"

#include "updater/download/shown_url.hpp"
#include "updater/fetch/order_answer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace updater::fetch {

namespace {

using Clock = std::chrono::steady_clock;

download::DownloadFailed not_working(const std::string &what) {
    return {download::DownloadFailure::other,
            "the program that fetches (update-fetch) does not work correctly: " + what +
                "; its messages: journalctl -u 'update-fetch@*'"};
}

/// Passes on the requested bytes in their order, and refuses any others.
class Expected {
  public:
    Expected(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink)
        : cursor_(ranges), sink_(sink) {}

    void take(std::uint64_t place, std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            if (cursor_.at_end() || place != cursor_.current().offset_bytes)
                throw ConversationFailed("it sent bytes that were not requested");
            const auto now =
                bytes.first(std::min<std::uint64_t>(bytes.size(), cursor_.current().length_bytes));
            sink_(place, now);
            place += now.size();
            cursor_.advance_to(place);
            bytes = bytes.subspan(now.size());
        }
    }

    bool complete() const { return cursor_.at_end(); }

  private:
    firmware::RangeCursor cursor_;
    const firmware::ByteSource::Sink &sink_;
};

} // namespace

partitions::base::FileDescriptor connect_to_update_fetch(const std::filesystem::path &socket) {
    partitions::base::FileDescriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket;
    if (path.size() >= sizeof(address.sun_path))
        throw not_working("the path " + path + " is too long for a socket");
    std::memcpy(address.sun_path, path.data(), path.size());
    if (!descriptor.valid() ||
        ::connect(descriptor.number(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        throw download::DownloadFailed(download::DownloadFailure::other,
                                       "nothing can be fetched: " + path + " cannot be connected to (" +
                                           std::generic_category().message(errno) +
                                           "); look at: systemctl status update-fetch.socket");
    return descriptor;
}

DocumentClient::DocumentClient(OpenConversation open, download::Connection connection,
                               std::chrono::milliseconds grace)
    : open_(std::move(open)), connection_(std::move(connection)),
      patience_(patience_with(connection_, grace)), ends_(Clock::now() + patiences_for_all * patience_) {}

std::string DocumentClient::fetch(const std::string &url, std::uint64_t max_bytes,
                                  const std::stop_token &stop) {
    if (!fetcher_)
        fetcher_.emplace(open_());
    std::string document;
    const auto until = std::min(Clock::now() + patience_, ends_);
    try {
        fetcher_->send(fetch_message::document,
                       write_document_order({.url = url, .max_bytes = max_bytes, .connection = connection_}),
                       stop, until);
        const auto take = [&](std::uint64_t place, std::span<const std::byte> bytes) {
            if (place != document.size() || bytes.size() > max_bytes - document.size())
                throw ConversationFailed("it sent bytes that were not requested");
            document.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        };
        answer_of(*fetcher_, AnswerWatch(until), take, nullptr, stop);
        return document;
    } catch (const ConversationFailed &failure) {
        fetcher_.reset();
        throw not_working(failure.what());
    } catch (const download::DownloadFailed &) { // reported by update-fetch, which still works
        throw;
    } catch (...) {
        fetcher_.reset();
        throw;
    }
}

FetchedSource::FetchedSource(OpenConversation open, FirmwareOrder order, Report report,
                             std::chrono::milliseconds grace)
    : open_(std::move(open)), order_(std::move(order)), report_(std::move(report)),
      patience_(patience_with(order_.connection, grace)), name_(download::url_to_show(order_.url)) {}

void FetchedSource::read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
                         const std::stop_token &stop) {
    try {
        Conversation &fetcher = this->fetcher(stop);
        fetcher.send(fetch_message::read, write_ranges(ranges), {}, stop, Clock::now() + patience_);
        Expected expected(ranges, sink);
        const OrderDone done = answer_of(
            fetcher, AnswerWatch(order_.connection, patience_, Clock::now()),
            [&](std::uint64_t place, std::span<const std::byte> bytes) {
                fetched_bytes_ += bytes.size();
                expected.take(place, bytes);
            },
            std::ref(report_), stop);
        if (!expected.complete())
            throw ConversationFailed("it says that it is done, but sent less than was requested");
        // update-fetch may have received more than it passed on, such as the bytes between two ranges.
        fetched_bytes_ = std::max(fetched_bytes_.load(), fetched_before_bytes_ + done.fetched_bytes);
    } catch (const ConversationFailed &failure) {
        end_conversation();
        throw not_working(failure.what());
    } catch (...) {
        end_conversation();
        throw;
    }
}

Conversation &FetchedSource::fetcher(const std::stop_token &stop) {
    if (fetcher_)
        return *fetcher_;
    fetcher_.emplace(open_());
    const auto until = Clock::now() + patience_;
    fetcher_->send(fetch_message::open, write_firmware_order(order_), stop, until);
    const auto nothing = [](std::uint64_t, std::span<const std::byte>) {
        throw ConversationFailed("it sent bytes that were not requested");
    };
    answer_of(*fetcher_, AnswerWatch(until), nothing, std::ref(report_), stop);
    return *fetcher_;
}

std::uint64_t FetchedSource::fetched_bytes() const {
    return fetched_bytes_;
}

void FetchedSource::end_conversation() {
    fetcher_.reset();
    fetched_before_bytes_ = fetched_bytes_;
}

} // namespace updater::fetch
