// The two partitions of an installation, open: the one that is written, and the one that may supply data.
#pragma once

#include "partitions/partition_writer.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/version.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace updater::install {

/// Where the image goes.
struct InstallTarget {
    std::filesystem::path device;
    std::uint64_t partition_bytes = 0;
};

/// The partition of the running system: mounted, and read but never written.
struct InstallBase {
    std::filesystem::path device;
    firmware::Version version;
};

struct InstallPartitions {
    InstallTarget target;
    std::optional<InstallBase> base = std::nullopt;
};

/// Holds the target exclusively until its writer has finished. Throws StorageError, ImageTooLarge.
struct OpenPartitions {
    OpenPartitions(partitions::Storage &storage, const InstallPartitions &partitions,
                   std::uint64_t image_bytes, std::uint64_t checkpoint_bytes);

    std::filesystem::path target_device;
    partitions::PartitionWriter writer;
    std::unique_ptr<partitions::File> base; ///< null: there is none
    firmware::Version base_version;
};

} // namespace updater::install
