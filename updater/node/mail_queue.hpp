// The product's mail queue: how much waits in it, since when and why, and having it run now. The product's
// program "queue" answers (updater/contracts.md).
#pragma once

#include "updater/node/product_programs.hpp"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::node {

struct QueuedMessage {
    std::string id;
    std::chrono::sys_seconds arrived;
    std::uint64_t recipients = 0;
    std::string reason; ///< why it waits; empty: it has not been tried, or is on its way
};

struct QueueListing {
    std::uint64_t length = 0;
    std::vector<QueuedMessage> messages; ///< at most MailQueue::max_listed of them
};

/// Not for use by several threads at once.
class MailQueue {
  public:
    static constexpr std::size_t max_listed = 100;

    /// `programs` outlives this object.
    explicit MailQueue(ProductPrograms &programs) : programs_(programs) {}

    /// Throws ProgramFailed, Cancelled, StorageError.
    QueueListing list(const std::stop_token &stop);
    /// Has the mail server try now what waits for a later time; does not wait for it. Throws as list().
    void run(const std::stop_token &stop);

  private:
    ProductPrograms &programs_;
};

/// The lines "messages N" and "message ID SECONDS RECIPIENTS REASON"; others mean nothing. Throws
/// ProgramFailed without the first.
QueueListing listing_in(const std::vector<std::string> &lines);

} // namespace updater::node
