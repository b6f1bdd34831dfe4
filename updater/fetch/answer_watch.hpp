// How long the agent waits for update-fetch's answers. No clock of its own. Internal to this folder.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/stall_watch.hpp"
#include "updater/fetch/conversation.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace updater::fetch {

/// Time for what update-fetch does besides waiting for servers: starting, name lookups, TLS.
inline constexpr std::chrono::milliseconds fetch_grace{120'000};

/// How long to wait without progress. update-fetch itself gives up before that.
std::chrono::milliseconds patience_with(const download::Connection &connection,
                                        std::chrono::milliseconds grace);

/// The time limit for one order. A download may take any time, but must not be without progress for longer
/// than `patience`. Messages without bytes are no progress, nor is a byte now and then.
class AnswerWatch {
  public:
    using Time = std::chrono::steady_clock::time_point;

    AnswerWatch(const download::Connection &connection, std::chrono::milliseconds patience, Time now);
    /// The order must be complete by then, whatever arrives.
    explicit AnswerWatch(Time until);

    Conversation::Deadline deadline(Time now) const;
    /// Throws ConversationFailed if `bytes` is 0: an empty message helps nobody.
    void bytes_came(std::size_t bytes, Time now);
    /// Excludes time in which update-fetch had to wait for the agent.
    void not_waited(std::chrono::nanoseconds time);
    /// Throws ConversationFailed after more reports than a working program sends without progress.
    void report_came();

  private:
    std::optional<Time> until_;
    std::chrono::milliseconds patience_{0};
    download::StallWatch progress_;
    std::size_t reports_ = 0; ///< since the last progress
};

} // namespace updater::fetch
