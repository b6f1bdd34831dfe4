// The empty mail queue on which Postfix runs while the health gate looks at the new system.
//
// Why: the queue in /var/spool outlives an OS and holds accepted mail. Were Postfix started on it before the
// commit, it would deliver some of that mail, the filter would store it in the new generation of the message
// store, and a rollback would then lose it (it is in a store nobody reads any more) or repeat it. So until
// the commit the real queue is covered by an empty folder that belongs to the new generation.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/mounts.hpp"
#include "partitions/storage.hpp"

#include <cstddef>
#include <filesystem>
#include <stdexcept>

namespace updater::services {

class GateQueueError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Whether this folder, laid out like Postfix's queue, holds a message; false if there is no such folder.
/// Throws StorageError.
bool holds_messages(partitions::Storage &storage, const std::filesystem::path &queue);

/// Mail of a trial that could not be put into the queue when the trial was taken back: once more, whichever
/// generation holds it. While no job is open. Returns the number of messages moved. Throws StorageError; what
/// was not moved is where it was.
std::size_t put_back_left_mail(partitions::Storage &storage, const partitions::Generations &generations,
                               const std::filesystem::path &queue);

/// The cover is a bind mount in this process' mount namespace: the agent must run in the machine's own (no
/// PrivateTmp=, ProtectSystem= or the like in its unit). Not durable: after a restart the real queue is
/// there. Being destroyed changes nothing, since the agent may be restarted in between.
class GateQueue {
  public:
    /// `folder`: what covers, e.g. /data/generations/2.8.1.0-1/gate-queue, made when needed. `queue`: what is
    /// covered.
    GateQueue(partitions::Storage &storage, partitions::Mounts &mounts, std::filesystem::path folder,
              std::filesystem::path queue);

    /// Postfix must not run. Empties the folder, with its messages going into the queue, and covers the
    /// queue; nothing to do if that is done. Throws GateQueueError, StorageError.
    void cover();
    /// Postfix must not run. Uncovers the queue, also if somebody stands in it, then moves messages that are
    /// still in the folder (a cron job may have written one) into the real queue, which is synced when it
    /// returns, and removes the folder. One that is still being written gets some seconds. Nothing to do if
    /// not covered and no folder. Throws GateQueueError, StorageError; what was not moved is in the folder.
    /// Returns the number of messages moved.
    std::size_t uncover();
    /// Throws partitions::MountError.
    bool covers() const;

  private:
    std::size_t move_messages() const;
    void take_off();
    void wait_for_writers() const;

    partitions::Storage &storage_;
    partitions::Mounts &mounts_;
    std::filesystem::path folder_;
    std::filesystem::path queue_;
};

} // namespace updater::services
