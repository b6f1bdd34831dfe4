// The agent's side of a conversation with update-fetch: what is on servers, for a process that talks to none.
// Trusts update-fetch with nothing: takes only what was asked for, in its place and order, few lines beside
// it, and waits for no answer longer than one can take.
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

/// Begins a conversation. Throws DownloadFailed.
using OpenConversation = std::function<partitions::base::FileDescriptor()>;

/// With the program behind update-fetch.socket, one for each conversation. Throws DownloadFailed.
partitions::base::FileDescriptor connect_to_update_fetch(const std::filesystem::path &socket);

/// Small documents, one after the other. All together take as long as two may, however many there are.
class DocumentClient {
  public:
    /// `grace`: for what update-fetch does beside waiting for servers.
    DocumentClient(OpenConversation open, download::Connection connection,
                   std::chrono::milliseconds grace = fetch_grace);

    /// At most `max_bytes`, within the time that the connection gives. Throws DownloadFailed, Cancelled.
    std::string fetch(const std::string &url, std::uint64_t max_bytes, const std::stop_token &stop);

  private:
    static constexpr int patiences_for_all = 2;

    OpenConversation open_;
    download::Connection connection_;
    std::chrono::milliseconds patience_;
    Conversation::Deadline ends_;
    std::optional<Conversation> fetcher_;
};

/// A firmware file on a server. After an exception the next read begins another conversation.
class FetchedSource : public firmware::ByteSource {
  public:
    using Report = std::function<void(const std::string &line)>;

    /// Begins nothing yet. `report` gets lines for people, no more than ReportLimit lets pass, and may be
    /// nothing. `grace`: for what update-fetch does beside waiting for servers.
    FetchedSource(OpenConversation open, FirmwareOrder order, Report report,
                  std::chrono::milliseconds grace = fetch_grace);

    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override;
    /// Those that came here, while they come; what update-fetch received beside them is added at a read's
    /// end.
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
    std::uint64_t fetched_before_bytes_ = 0; ///< in conversations that are over
    std::atomic<std::uint64_t> fetched_bytes_ = 0;
    std::optional<Conversation> fetcher_;
};

} // namespace updater::fetch
