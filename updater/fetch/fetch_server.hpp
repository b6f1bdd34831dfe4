// update-fetch's side of a conversation: carries out the agent's orders, one after the other, until the agent
// is gone. Believes the agent; looks into nothing that it fetches.
#pragma once

#include "updater/fetch/conversation.hpp"
#include "updater/fetch/fetch_messages.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace updater::fetch {

/// What can be ordered; the real ones are in main.cpp. Both throw DownloadFailed, Cancelled.
struct Fetching {
    using Report = std::function<void(const std::string &line)>;
    std::function<std::unique_ptr<firmware::ByteSource>(const FirmwareOrder &, Report)> open;
    std::function<std::string(const DocumentOrder &, const std::stop_token &)> document;
};

/// Returns when the agent has ended the conversation, also in the middle of an order. Throws
/// ConversationFailed when the orders make no sense.
void serve_fetches(partitions::base::FileDescriptor socket, const Fetching &fetching);

} // namespace updater::fetch
