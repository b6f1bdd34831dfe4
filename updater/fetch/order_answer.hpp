// What update-fetch answers to one order, as the agent takes it: bytes, lines for people, and how it ended.
// Knows no order. Internal to this folder.
#pragma once

#include "updater/fetch/answer_watch.hpp"
#include "updater/fetch/conversation.hpp"
#include "updater/fetch/fetch_messages.hpp"
#include "updater/firmware/byte_source.hpp"

#include <functional>
#include <stop_token>
#include <string>

namespace updater::fetch {

/// Receives messages until the order is complete. Throws the failure of the order, ConversationFailed,
/// Cancelled, and what the sink throws.
OrderDone answer_of(Conversation &fetcher, AnswerWatch watch, const firmware::ByteSource::Sink &sink,
                    const std::function<void(const std::string &)> &report, const std::stop_token &stop);

} // namespace updater::fetch
