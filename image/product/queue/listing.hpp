// Makes the updater's lines about the mail queue (updater/contracts.md, cluster programs) of what postqueue
// -j prints. Runs nothing.
#pragma once

#include <iosfwd>

namespace queue {

/// Writes "message ID SECONDS RECIPIENTS REASON" for the first messages, and "messages N" at the end. Each
/// line of `postqueue` is the JSON object of one message. Throws std::runtime_error if one is something else.
void write_listing(std::istream &postqueue, std::ostream &lines);

} // namespace queue
