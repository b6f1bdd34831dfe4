// The agent's side of a conversation with update-fetch: what is on servers, for a process that talks to none.
// Trusts update-fetch with nothing: takes only what was asked for, in its place and order, and waits for no
// answer longer than one can take.
#pragma once

#include "updater/fetch/conversation.hpp"
#include "updater/fetch/fetch_messages.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace updater {

/// Begins a conversation. Throws DownloadFailed.
using OpenConversation = std::function<partitions::FileDescriptor()>;

/// With the program behind update-fetch.socket, one for each conversation. Throws DownloadFailed.
partitions::FileDescriptor connect_to_update_fetch(const std::filesystem::path &socket);

/// Small documents, one after the other.
class DocumentClient {
  public:
    DocumentClient(OpenConversation open, Connection connection);

    /// At most `most_bytes`. Throws DownloadFailed, Cancelled.
    std::string fetch(const std::string &url, std::uint64_t most_bytes, const std::stop_token &stop);

  private:
    OpenConversation open_;
    Connection connection_;
    std::optional<Conversation> fetcher_;
};

/// A firmware file on a server. After an exception the next read begins a conversation anew.
class FetchedSource : public ByteSource {
  public:
    using Report = std::function<void(const std::string &line)>;

    /// Begins nothing yet. `report` gets lines for people and may be nothing.
    FetchedSource(OpenConversation open, FirmwareOrder order, Report report);

    void read(std::span<const ByteRange> ranges, const Sink &sink, const std::stop_token &stop) override;
    /// As update-fetch counts them; those of a read that is under way are added at its end.
    std::uint64_t fetched_bytes() const override;
    const std::string &name() const override { return name_; }

  private:
    Conversation &fetcher(const std::stop_token &stop);
    void end_conversation();

    OpenConversation open_;
    FirmwareOrder order_;
    Report report_;
    std::string name_;
    std::uint64_t fetched_before_bytes_ = 0; ///< in conversations that are over
    std::atomic<std::uint64_t> fetched_bytes_ = 0;
    std::optional<Conversation> fetcher_;
};

} // namespace updater
