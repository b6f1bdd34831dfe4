// The empty mail queue that Postfix uses while the health gate checks the new system.
//
// Why: the queue in /var/spool is shared by all OS versions and holds accepted mail. If Postfix ran on it
// before the commit, it would deliver some of that mail into the new generation of the message store, and a
// rollback would lose it (nobody reads that store any more) or deliver it twice. So until the commit an empty
// folder of the new generation covers the real queue.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/mounts.hpp"
#include "partitions/storage.hpp"
#include "updater/messages/coded.hpp"

#include <cstddef>
#include <filesystem>
#include <stdexcept>

namespace updater::services {

class GateQueueError : public std::runtime_error, public messages::CodeIs<messages::Code::gate_queue_failed> {
  public:
    using std::runtime_error::runtime_error;
};

/// Whether this folder, laid out like Postfix's queue, holds a message; false if there is no such folder.
/// Throws StorageError.
bool holds_messages(partitions::Storage &storage, const std::filesystem::path &queue);

/// Moves mail of a trial that could not be moved into the queue when the trial was rolled back, from
/// whichever generation holds it. Only while no job is open. Returns the number of moved messages. Throws
/// StorageError; messages that were not moved stay where they are.
std::size_t put_back_left_mail(partitions::Storage &storage, const partitions::Generations &generations,
                               const std::filesystem::path &queue);

/// The cover is a bind mount, so the agent must run in the machine's own mount namespace (no PrivateTmp=,
/// ProtectSystem= or the like in its unit). Not durable: after a restart of the machine the queue is not
/// covered. The destructor changes nothing, because the agent may restart in between.
class GateQueue {
  public:
    /// `folder` covers `queue`; it is created when needed, e.g. /data/generations/2.8.1.0-1/gate-queue.
    GateQueue(partitions::Storage &storage, partitions::Mounts &mounts, std::filesystem::path folder,
              std::filesystem::path queue);

    /// Postfix must not run. Moves messages from the folder into the queue, then covers the queue. Does
    /// nothing if it is covered. Throws GateQueueError, StorageError.
    void cover();
    /// Postfix must not run. Uncovers the queue, even if a process uses it; then moves messages from the
    /// folder (a cron job may have written one) into the real queue, durably, and removes the folder. Waits a
    /// few seconds for a message that is still being written. Does nothing if the queue is not covered and
    /// there is no folder. Returns the number of moved messages. Throws GateQueueError, StorageError;
    /// messages that were not moved stay in the folder.
    std::size_t uncover();
    /// Throws partitions::MountError.
    bool covers() const;

  private:
    std::size_t move_messages() const;
    void remove_cover();
    void wait_for_writers() const;

    partitions::Storage &storage_;
    partitions::Mounts &mounts_;
    std::filesystem::path folder_;
    std::filesystem::path queue_;
};

} // namespace updater::services
