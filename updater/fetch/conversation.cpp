#include "updater/fetch/conversation.hpp"

#include "updater/cancelled.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

namespace updater::fetch {

namespace {

constexpr std::chrono::milliseconds between_looks{200};
constexpr std::size_t header_bytes = 5;

std::string reason(int error_number) {
    return std::generic_category().message(error_number);
}

/// Called before each step, not only while waiting: a peer that sends byte by byte or without end must not
/// hold this side up.
void require_time(Conversation::Deadline deadline, const std::stop_token &stop) {
    if (stop.stop_requested())
        throw Cancelled();
    if (std::chrono::steady_clock::now() > deadline)
        throw ConversationFailed("it took too long");
}

/// Waits until the socket is ready, or until it is time to check for a stop request.
void wait_for(int socket, short events) {
    pollfd look{.fd = socket, .events = events, .revents = 0};
    if (::poll(&look, 1, static_cast<int>(between_looks.count())) < 0 && errno != EINTR)
        throw ConversationFailed("waiting failed: " + reason(errno));
}

iovec part_of(std::span<const std::byte> bytes) {
    // sendmsg(2) only reads, but its structure has no const.
    return {const_cast<std::byte *>(bytes.data()), bytes.size()};
}

/// The parts without their first bytes.
std::span<iovec> without(std::span<iovec> parts, std::size_t bytes) {
    while (!parts.empty() && bytes >= parts.front().iov_len) {
        bytes -= parts.front().iov_len;
        parts = parts.subspan(1);
    }
    if (!parts.empty()) {
        parts.front().iov_base = static_cast<std::byte *>(parts.front().iov_base) + bytes;
        parts.front().iov_len -= bytes;
    }
    return parts;
}

} // namespace

std::string_view Conversation::Message::text() const {
    return {reinterpret_cast<const char *>(contents.data()), contents.size()};
}

Conversation::Conversation(partitions::base::FileDescriptor socket) : socket_(std::move(socket)) {}

void Conversation::send(char kind, std::span<const std::byte> first, std::span<const std::byte> second,
                        const std::stop_token &stop, Deadline deadline) {
    const std::size_t length = first.size() + second.size();
    if (length > UINT32_MAX)
        throw ConversationFailed("the message to send is too long");
    std::array<std::byte, header_bytes> header{static_cast<std::byte>(kind)};
    for (std::size_t place = 1; place < header_bytes; ++place)
        header[place] = static_cast<std::byte>(length >> (8 * (place - 1)));
    // In one call, because a firmware takes thousands of messages.
    std::array parts{part_of(header), part_of(first), part_of(second)};
    send_all(parts, deadline, stop);
}

void Conversation::send(char kind, std::string_view text, const std::stop_token &stop, Deadline deadline) {
    send(kind, std::as_bytes(std::span(text)), {}, stop, deadline);
}

void Conversation::send_all(std::span<iovec> parts, Deadline deadline, const std::stop_token &stop) const {
    while (!parts.empty()) {
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const ssize_t sent = ::sendmsg(socket(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0)
            parts = without(parts, static_cast<std::size_t>(sent));
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            wait_for(socket(), POLLOUT);
        else if (errno != EINTR)
            throw ConversationEnded("the other side is gone: " + reason(errno));
        if (!parts.empty())
            require_time(deadline, stop);
    }
}

std::optional<Conversation::Message> Conversation::receive(std::size_t max_bytes, Deadline deadline,
                                                           const std::stop_token &stop) {
    std::array<std::byte, header_bytes> header{};
    const std::size_t got = receive_into(header, deadline, stop);
    if (got == 0)
        return std::nullopt;
    std::size_t length = 0;
    for (std::size_t place = 1; place < header_bytes; ++place)
        length |= std::to_integer<std::size_t>(header[place]) << (8 * (place - 1));
    if (got < header_bytes)
        throw ConversationEnded("the other side ended in the middle of a message");
    if (length > max_bytes)
        throw ConversationFailed("a message of " + std::to_string(length) + " bytes came where " +
                                 std::to_string(max_bytes) + " are allowed");
    if (buffer_.size() < length)
        buffer_.resize(length);
    const std::span contents = std::span(buffer_).first(length);
    if (receive_into(contents, deadline, stop) < length)
        throw ConversationEnded("the other side ended in the middle of a message");
    return Message{static_cast<char>(header.front()), contents};
}

std::size_t Conversation::receive_into(std::span<std::byte> into, Deadline deadline,
                                       const std::stop_token &stop) const {
    std::size_t done = 0;
    while (done < into.size()) {
        require_time(deadline, stop);
        const ssize_t got = ::recv(socket(), into.data() + done, into.size() - done, MSG_DONTWAIT);
        if (got > 0)
            done += static_cast<std::size_t>(got);
        else if (got == 0 || errno == ECONNRESET)
            return done;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            wait_for(socket(), POLLIN);
        else if (errno != EINTR)
            throw ConversationFailed("nothing can be received: " + reason(errno));
    }
    return done;
}

ConversationPair make_conversation() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    return {partitions::base::FileDescriptor(ends[0]), partitions::base::FileDescriptor(ends[1])};
}

} // namespace updater::fetch
