// The filter as Postfix sees it: a milter that stores each message before Postfix may accept it.
#pragma once

#include "image/product/filter/message_store.hpp"
#include "image/product/filter/policy.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mailsec {

/// Serves milter connections at `socket` ("inet:PORT@HOST" or "unix:PATH") until SIGTERM; calls `listening`
/// once it accepts connections. A message is accepted only after it is durable in the store; while the store
/// cannot be reached the sender gets a temporary failure (4xx). Throws std::runtime_error when it cannot
/// listen. Only one call at a time in a process, since libmilter has global state.
void serve(const std::string &socket, const std::vector<Policy> &policies, MessageStore &store,
           const std::function<void()> &listening);

} // namespace mailsec
