// The filter as Postfix sees it: a milter that stores each message before Postfix may accept it.
#pragma once

#include "image/product/filter/message_store.hpp"
#include "image/product/filter/policy.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mailsec {

/// Serves milter connections at `socket` ("inet:PORT@HOST" or "unix:PATH") until SIGTERM; `listening` is
/// called once connections are taken. A message is accepted only after it is durable in the store; with the
/// store out of reach its sender is told to try again (4xx). Throws std::runtime_error when the socket cannot
/// be had. One at a time in a process: libmilter keeps its state in the process.
void serve(const std::string &socket, const std::vector<Policy> &policies, MessageStore &store,
           const std::function<void()> &listening);

} // namespace mailsec
