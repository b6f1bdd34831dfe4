// The order to keep mail from outside, on the disk, so that it survives a restart of the agent, and one of
// the appliance if that was ordered. Closes nothing.
#pragma once

#include "partitions/storage.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace updater::node {

struct DrainOrder {
    std::chrono::sys_seconds since;
    std::string by;      ///< name of the account that ordered it
    std::string boot_id; ///< of the start of the machine in which it was ordered
    bool keep_over_restart = false;
};

class DrainFile {
  public:
    struct Places {
        std::filesystem::path order;
        /// What update-control-drained.service loads at the next start, before the mail server runs.
        std::filesystem::path rules;
    };

    /// `storage` outlives this object.
    DrainFile(partitions::Storage &storage, Places places);

    /// Nothing: none was given, or it cannot be read any more. Throws StorageError.
    std::optional<DrainOrder> read() const;
    /// `rules`: the packet filter's commands; they are only written for an order that is kept over a restart.
    /// Durable on return. Throws StorageError.
    void write(const DrainOrder &order, const std::string &rules);
    /// Does nothing without an order. Throws StorageError.
    void remove();

  private:
    partitions::Storage &storage_;
    Places places_;
};

} // namespace updater::node
