// Messages over a socket between the agent and update-fetch: a kind, a length and contents. Knows nothing of
// what they mean. Each side is careful with the other: nothing is taken that is longer than it asked for, and
// nothing is waited for longer than it says, however much or little comes meanwhile.
#pragma once

#include "partitions/base/file_descriptor.hpp"

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
    /// Until when something has to have come as a whole, or gone out.
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr Deadline no_deadline = Deadline::max();

    struct Message {
        char kind = 0;
        std::span<const std::byte> contents; ///< valid until the next call

        std::string_view text() const;
    };

    /// `socket` is connected, of the kind SOCK_STREAM.
    explicit Conversation(partitions::base::FileDescriptor socket);

    int socket() const { return socket_.number(); }

    /// The contents are `first` and then `second`. Waits for the other side. Throws ConversationEnded when
    /// it is gone; ConversationFailed when it has not taken all of it by then; Cancelled within a second
    /// after `stop` asks for it.
    void send(char kind, std::span<const std::byte> first, std::span<const std::byte> second,
              const std::stop_token &stop, Deadline deadline = no_deadline);
    void send(char kind, std::string_view text, const std::stop_token &stop, Deadline deadline = no_deadline);

    /// Nothing when the other side has ended the conversation between two messages. Throws ConversationEnded
    /// when it does so within one; ConversationFailed when the contents are longer than `max_bytes`, and
    /// when the message is not here by then; Cancelled as above, also while messages come without end.
    std::optional<Message> receive(std::size_t max_bytes, Deadline deadline, const std::stop_token &stop);

  private:
    void send_all(std::span<iovec> parts, Deadline deadline, const std::stop_token &stop) const;
    std::size_t receive_into(std::span<std::byte> into, Deadline deadline, const std::stop_token &stop) const;

    partitions::base::FileDescriptor socket_;
    std::vector<std::byte> buffer_;
};

/// Two ends of one conversation. Throws std::system_error.
struct ConversationPair {
    partitions::base::FileDescriptor first;
    partitions::base::FileDescriptor second;
};
ConversationPair make_conversation();

} // namespace updater::fetch
