// update-fetch's side of a conversation: carries out the agent's orders, one after the other, until the agent
// disconnects. Trusts the agent; does not look at what it fetches.
#pragma once

#include "updater/fetch/conversation.hpp"
#include "updater/fetch/fetch_messages.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace updater::fetch {

/// How orders are carried out; main.cpp has the real functions. Both throw DownloadFailed, Cancelled.
struct Fetching {
    using Report = std::function<void(const std::string &line)>;
    std::function<std::unique_ptr<firmware::ByteSource>(const FirmwareOrder &, Report)> open;
    std::function<std::string(const DocumentOrder &, const std::stop_token &)> document;
};

/// Returns when the agent has ended the conversation, also in the middle of an order. Throws
/// ConversationFailed if an order violates the protocol.
void serve_fetches(partitions::base::FileDescriptor socket, const Fetching &fetching);

} // namespace updater::fetch
