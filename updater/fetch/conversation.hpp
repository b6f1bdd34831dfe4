// Messages over a socket between the agent and update-fetch: a kind, a length and contents. Knows nothing of
// what they mean. Each side limits what the other can do: each message has a maximum length, and each wait a
// deadline that holds however much or little arrives.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "updater/messages/coded.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/uio.h>
#include <vector>

namespace updater::fetch {

/// The other side is silent for too long, or violates the protocol.
class ConversationFailed : public std::runtime_error,
                           public messages::CodeIs<messages::Code::fetcher_failed> {
  public:
    using std::runtime_error::runtime_error;
};

/// The other side has closed the connection.
class ConversationEnded : public ConversationFailed {
  public:
    using ConversationFailed::ConversationFailed;
};

/// A message: one byte for the kind, four for the length of the contents (least significant first), the
/// contents.
class Conversation {
  public:
    /// When a whole message must have been received or sent.
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr Deadline no_deadline = Deadline::max();

    struct Message {
        char kind = 0;
        std::span<const std::byte> contents; ///< valid until the next call

        std::string_view text() const;
    };

    /// `socket` is a connected SOCK_STREAM socket.
    explicit Conversation(partitions::base::FileDescriptor socket);

    int socket() const { return socket_.number(); }

    /// Sends a message whose contents are `first` followed by `second`. Blocks until the other side has taken
    /// it. Throws ConversationEnded if the other side is gone; ConversationFailed at the deadline; Cancelled
    /// within a second of a stop request.
    void send(char kind, std::span<const std::byte> first, std::span<const std::byte> second,
              const std::stop_token &stop, Deadline deadline = no_deadline);
    void send(char kind, std::string_view text, const std::stop_token &stop, Deadline deadline = no_deadline);

    /// The next message; nothing if the other side has ended the conversation between two messages. Throws
    /// ConversationEnded if it ended within a message; ConversationFailed if the contents are longer than
    /// `max_bytes`, and at the deadline; Cancelled as above, also while messages arrive without end.
    std::optional<Message> receive(std::size_t max_bytes, Deadline deadline, const std::stop_token &stop);

  private:
    void send_all(std::span<iovec> parts, Deadline deadline, const std::stop_token &stop) const;
    std::size_t receive_into(std::span<std::byte> into, Deadline deadline, const std::stop_token &stop) const;

    partitions::base::FileDescriptor socket_;
    std::vector<std::byte> buffer_;
};

/// The two ends of a new conversation. make_conversation() throws std::system_error.
struct ConversationPair {
    partitions::base::FileDescriptor first;
    partitions::base::FileDescriptor second;
};
ConversationPair make_conversation();

} // namespace updater::fetch
