// Messages over a socket between the agent and update-fetch: a kind, a length and contents. Knows nothing of
// what they mean. Each side is careful with the other: nothing is taken that is longer than it asked for.
#pragma once

#include "partitions/file_descriptor.hpp"

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

namespace updater {

/// The other side is silent for too long, or says what it may not say.
class ConversationFailed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The other side is gone.
class ConversationEnded : public ConversationFailed {
  public:
    using ConversationFailed::ConversationFailed;
};

/// One byte for the kind, four for the length of the contents (least significant first), the contents.
class Conversation {
  public:
    struct Message {
        char kind = 0;
        std::span<const std::byte> contents; ///< valid until the next call

        std::string_view text() const;
    };

    /// `socket` is connected, of the kind SOCK_STREAM.
    explicit Conversation(partitions::FileDescriptor socket);

    int socket() const { return socket_.number(); }

    /// The contents are `first` and then `second`. Waits for the other side. Throws ConversationEnded when
    /// it is gone; Cancelled within a second after `stop` asks for it.
    void send(char kind, std::span<const std::byte> first, std::span<const std::byte> second,
              const std::stop_token &stop);
    void send(char kind, std::string_view text, const std::stop_token &stop);

    /// Nothing when the other side has ended the conversation between two messages. Throws ConversationEnded
    /// when it does so within one; ConversationFailed when the contents are longer than `most_bytes`, and
    /// when nothing comes for `patience` (0: as long as it likes); Cancelled as above.
    std::optional<Message> receive(std::size_t most_bytes, std::chrono::seconds patience,
                                   const std::stop_token &stop);

  private:
    void send_all(std::span<iovec> parts, const std::stop_token &stop) const;
    std::size_t receive_into(std::span<std::byte> into, std::chrono::seconds patience,
                             const std::stop_token &stop) const;

    partitions::FileDescriptor socket_;
    std::vector<std::byte> buffer_;
};

/// Two ends of one conversation. Throws std::system_error.
struct ConversationPair {
    partitions::FileDescriptor first;
    partitions::FileDescriptor second;
};
ConversationPair make_conversation();

} // namespace updater
