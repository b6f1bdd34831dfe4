// The agent's side of a conversation with update-fetch: gives access to servers to a process that has no
// network access. Does not trust update-fetch: accepts only the requested bytes, in their order, and a
// limited number of lines for people, and limits the time of each answer.
#pragma once

#include "updater/fetch/answer_watch.hpp"
#include "updater/fetch/conversation.hpp"
#include "updater/fetch/fetch_messages.hpp"
#include "updater/fetch/report_limit.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace updater::fetch {

/// Starts a conversation. Throws DownloadFailed.
using OpenConversation = std::function<partitions::base::FileDescriptor()>;

/// Connects to update-fetch.socket, which starts one program for each conversation. Throws DownloadFailed.
partitions::base::FileDescriptor connect_to_update_fetch(const std::filesystem::path &socket);

/// Fetches small documents, one after the other. All together get the time limit of two, however many there
/// are.
class DocumentClient {
  public:
    /// `grace`: time for what update-fetch does besides waiting for servers.
    DocumentClient(OpenConversation open, download::Connection connection,
                   std::chrono::milliseconds grace = fetch_grace);

    /// The document, at most `max_bytes`, within the times of the connection. Throws DownloadFailed,
    /// Cancelled.
    std::string fetch(const std::string &url, std::uint64_t max_bytes, const std::stop_token &stop);

  private:
    static constexpr int patiences_for_all = 2;

    OpenConversation open_;
    download::Connection connection_;
    std::chrono::milliseconds patience_;
    Conversation::Deadline ends_;
    std::optional<Conversation> fetcher_;
};

/// A firmware file on a server. After an exception the next read starts a new conversation.
class FetchedSource : public firmware::ByteSource {
  public:
    using Report = std::function<void(const std::string &line)>;

    /// Connects to nothing yet. `report` is called with lines for people, as many as ReportLimit allows; may
    /// be empty. `grace`: time for what update-fetch does besides waiting for servers.
    FetchedSource(OpenConversation open, FirmwareOrder order, Report report,
                  std::chrono::milliseconds grace = fetch_grace);

    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override;
    /// Counts bytes as they arrive here. Bytes that only update-fetch received are added at the end of a
    /// read.
    std::uint64_t fetched_bytes() const override;
    const std::string &name() const override { return name_; }

  private:
    Conversation &fetcher(const std::stop_token &stop);
    void end_conversation();

    OpenConversation open_;
    FirmwareOrder order_;
    ReportLimit report_;
    std::chrono::milliseconds patience_;
    std::string name_;
    std::uint64_t fetched_before_bytes_ = 0; ///< in earlier conversations
    std::atomic<std::uint64_t> fetched_bytes_ = 0;
    std::optional<Conversation> fetcher_;
};

} // namespace updater::fetch
