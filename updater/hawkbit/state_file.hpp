// Keeps a DeviceState on the disk.
#pragma once

#include "partitions/storage.hpp"
#include "updater/hawkbit/device_state.hpp"

#include <filesystem>
#include <string>

namespace updater::hawkbit {

class StateFile {
  public:
    /// `storage` outlives this object. The folder must exist.
    StateFile(partitions::Storage &storage, std::filesystem::path file);

    /// The state of before; an empty one if there is no file. One that can't be read is replaced by an empty
    /// one, and `problem` says so: the server still knows the action, and the agent its jobs.
    struct Contents {
        DeviceState state;
        std::string problem;
    };
    Contents load() const;
    /// Durable on return. Writes nothing if nothing has changed. Throws StorageError.
    void save(const DeviceState &state);

  private:
    partitions::Storage &storage_;
    const std::filesystem::path file_;
    std::string written_;
};

} // namespace updater::hawkbit
