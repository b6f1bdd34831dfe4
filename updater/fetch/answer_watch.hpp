// Until when the agent waits for what update-fetch still owes it. No clock of its own. Internal to this
// folder.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/stall_watch.hpp"
#include "updater/fetch/conversation.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace updater::fetch {

/// For what update-fetch does beside waiting for servers: starting, looking up names, TLS.
inline constexpr std::chrono::milliseconds fetch_grace{120'000};

/// update-fetch gives up by itself before that.
std::chrono::milliseconds patience_with(const download::Connection &connection,
                                        std::chrono::milliseconds grace);

/// A download may take any time, but not be without progress for longer than `patience`: messages alone are
/// none, nor is a byte now and then. For one order.
class AnswerWatch {
  public:
    using Time = std::chrono::steady_clock::time_point;

    AnswerWatch(const download::Connection &connection, std::chrono::milliseconds patience, Time now);
    /// One that has to be answered by then, whatever comes.
    explicit AnswerWatch(Time until);

    Conversation::Deadline deadline(Time now) const;
    /// Throws ConversationFailed when there are none: nothing came that could be used.
    void bytes_came(std::size_t bytes, Time now);
    /// So long it was this side that made it wait.
    void not_waited(std::chrono::nanoseconds time);
    /// Throws ConversationFailed when there were more than a program that works has to say.
    void report_came();

  private:
    std::optional<Time> until_;
    std::chrono::milliseconds patience_{0};
    download::StallWatch progress_;
    std::size_t reports_ = 0; ///< since the last progress
};

} // namespace updater::fetch
