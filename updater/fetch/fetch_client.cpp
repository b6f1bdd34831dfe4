#include "updater/fetch/fetch_client.hpp"

#include "updater/download/curl_failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace updater {

namespace {

/// For what update-fetch does beside waiting: starting, looking up names, TLS.
constexpr std::chrono::seconds grace{120};

std::chrono::seconds patience(const Connection &connection) {
    return connection.give_up_time + connection.connect_time + connection.stall_time + grace;
}

DownloadFailed no_use(const std::string &what) {
    return {DownloadFailure::other, "the program that fetches (update-fetch) is of no use: " + what +
                                        "; its messages: journalctl -u 'update-fetch@*'"};
}

/// Lets pass what was asked for, in its order, and nothing else.
class Expected {
  public:
    Expected(std::span<const ByteRange> ranges, const ByteSource::Sink &sink) : ranges_(ranges), sink_(sink) {
        skip_ended();
    }

    void take(std::uint64_t place, std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            if (ranges_.empty() || place != ranges_.front().offset_bytes + done_bytes_)
                throw ConversationFailed("it sent what was not asked for");
            const auto now = bytes.first(
                std::min<std::uint64_t>(bytes.size(), ranges_.front().length_bytes - done_bytes_));
            sink_(place, now);
            done_bytes_ += now.size();
            place += now.size();
            bytes = bytes.subspan(now.size());
            skip_ended();
        }
    }

    bool complete() const { return ranges_.empty(); }

  private:
    void skip_ended() {
        while (!ranges_.empty() && done_bytes_ == ranges_.front().length_bytes) {
            ranges_ = ranges_.subspan(1);
            done_bytes_ = 0;
        }
    }

    std::span<const ByteRange> ranges_;
    const ByteSource::Sink &sink_;
    std::uint64_t done_bytes_ = 0; ///< of the first range
};

/// What comes until the order was carried out. Throws what the order ended with, ConversationFailed,
/// Cancelled, and what the sink throws.
OrderDone answer_of(Conversation &fetcher, const Connection &connection, const ByteSource::Sink &sink,
                    const FetchedSource::Report &report, const std::stop_token &stop) {
    for (;;) {
        const auto message = fetcher.receive(most_answer_bytes, patience(connection), stop);
        if (!message)
            throw ConversationFailed("it ended in the middle of its work");
        switch (message->kind) {
        case fetch_message::bytes:
            sink(read_place(message->contents), message->contents.subspan(place_bytes));
            break;
        case fetch_message::report:
            if (report)
                report(line_of(message->text()));
            break;
        case fetch_message::done:
            return read_order_done(message->text());
        case fetch_message::failed:
            throw_failure(message->text());
        default:
            throw ConversationFailed("it sent a message of an unknown kind");
        }
    }
}

} // namespace

partitions::FileDescriptor connect_to_update_fetch(const std::filesystem::path &socket) {
    partitions::FileDescriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket;
    if (path.size() >= sizeof(address.sun_path))
        throw no_use("the path " + path + " is too long for a socket");
    std::memcpy(address.sun_path, path.data(), path.size());
    if (!descriptor.valid() ||
        ::connect(descriptor.number(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        throw DownloadFailed(DownloadFailure::other, "nothing can be fetched: " + path +
                                                         " cannot be connected to (" +
                                                         std::generic_category().message(errno) +
                                                         "); look at: systemctl status update-fetch.socket");
    return descriptor;
}

DocumentClient::DocumentClient(OpenConversation open, Connection connection)
    : open_(std::move(open)), connection_(std::move(connection)) {}

std::string DocumentClient::fetch(const std::string &url, std::uint64_t most_bytes,
                                  const std::stop_token &stop) {
    if (!fetcher_)
        fetcher_.emplace(open_());
    std::string document;
    try {
        fetcher_->send(
            fetch_message::document,
            write_document_order({.url = url, .most_bytes = most_bytes, .connection = connection_}), stop);
        const auto take = [&](std::uint64_t place, std::span<const std::byte> bytes) {
            if (place != document.size() || bytes.size() > most_bytes - document.size())
                throw ConversationFailed("it sent what was not asked for");
            document.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        };
        answer_of(*fetcher_, connection_, take, nullptr, stop);
        return document;
    } catch (const ConversationFailed &failure) {
        fetcher_.reset();
        throw no_use(failure.what());
    } catch (const DownloadFailed &) { // said by update-fetch, which goes on
        throw;
    } catch (...) {
        fetcher_.reset();
        throw;
    }
}

FetchedSource::FetchedSource(OpenConversation open, FirmwareOrder order, Report report)
    : open_(std::move(open)), order_(std::move(order)), report_(std::move(report)),
      name_(url_to_show(order_.url)) {}

void FetchedSource::read(std::span<const ByteRange> ranges, const Sink &sink, const std::stop_token &stop) {
    try {
        Conversation &fetcher = this->fetcher(stop);
        fetcher.send(fetch_message::read, write_ranges(ranges), {}, stop);
        Expected expected(ranges, sink);
        const OrderDone done = answer_of(
            fetcher, order_.connection,
            [&](std::uint64_t place, std::span<const std::byte> bytes) { expected.take(place, bytes); },
            report_, stop);
        if (!expected.complete())
            throw ConversationFailed("it says that it is ready, and less came than was asked for");
        fetched_bytes_ = fetched_before_bytes_ + done.fetched_bytes;
    } catch (const ConversationFailed &failure) {
        end_conversation();
        throw no_use(failure.what());
    } catch (...) {
        end_conversation();
        throw;
    }
}

Conversation &FetchedSource::fetcher(const std::stop_token &stop) {
    if (fetcher_)
        return *fetcher_;
    fetcher_.emplace(open_());
    fetcher_->send(fetch_message::open, write_firmware_order(order_), stop);
    const auto nothing = [](std::uint64_t, std::span<const std::byte>) {
        throw ConversationFailed("it sent what was not asked for");
    };
    answer_of(*fetcher_, order_.connection, nothing, report_, stop);
    return *fetcher_;
}

std::uint64_t FetchedSource::fetched_bytes() const {
    return fetched_bytes_;
}

void FetchedSource::end_conversation() {
    fetcher_.reset();
    fetched_before_bytes_ = fetched_bytes_;
}

} // namespace updater
