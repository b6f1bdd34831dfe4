// The install engine: writes the OS image of a firmware to a partition, and fetches and writes as little as
// possible. Knows nothing of jobs, phases and boot selection. The partition must be marked unbootable before
// run().
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/install/effort.hpp"
#include "updater/install/install_plan.hpp"
#include "updater/install/open_partitions.hpp"
#include "updater/install/planner.hpp"
#include "updater/install/survey.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::install {

struct InstallSettings {
    unsigned threads = 0; ///< for unpacking, hashing and writing; 0: one for each processor, at most 4
    std::uint64_t checkpoint_bytes = std::uint64_t{128} * 1024 * 1024; ///< written between two syncs
};

struct InstallResult {
    std::uint64_t fetched_bytes = 0; ///< from the source, head and indexes included
    std::uint64_t written_bytes = 0;
    std::uint64_t zeroed_bytes = 0; ///< by the device itself, without a transfer of zeros
    std::uint64_t read_back_bytes = 0;
    std::size_t fallback_chunks = 0; ///< made in another way than planned
};

/// For one installation. Memory: about 12 MiB for each thread, whatever the size of the image; for Way::units
/// also the unit index (about 4 bytes for each KiB of the image that is not zero).
class Installer {
  public:
    using Log = std::function<void(std::string_view line)>;

    /// Opens both devices; the target exclusively, as long as this object lives. `storage`, `source` and
    /// `head` outlive it. Throws StorageError, ImageTooLarge.
    Installer(partitions::Storage &storage, firmware::ByteSource &source, const firmware::FirmwareHead &head,
              const InstallPartitions &partitions, const InstallSettings &settings, Pace pace = nullptr);

    /// Chooses the cheapest way; writes nothing. Checks the hash of each chunk on the target, so an
    /// interrupted installation resumes where it stopped, without any record of it. Throws FirmwareRefused,
    /// DownloadFailed, FirmwareDamaged, StorageError, Cancelled.
    InstallPlan plan(const Progress &progress, const std::stop_token &stop);

    /// Carries out the plan that plan() made. On return the target durably holds the image, and all of it was
    /// read back from the device and compared with the signed index. Throws as plan(), and ReadBackMismatch;
    /// the target then holds a part of the image.
    InstallResult run(const Progress &progress, const Log &log, const std::stop_token &stop);

  private:
    class WrittenProgress;

    /// Writes all wanted chunks. Returns how many came in another way than planned.
    std::size_t write_image(const Progress &progress, const Log &log, const std::stop_token &stop);
    /// Returns the chunks that could not be made in this way.
    ChunkNumbers carry_out(const Route &route, WrittenProgress &written, const std::stop_token &stop);
    /// Returns how many bytes were read.
    std::uint64_t read_back(const Progress &progress, const std::stop_token &stop);
    Planner::Partitions planned_partitions();

    firmware::ByteSource &source_;
    const firmware::FirmwareHead &head_;
    Effort effort_;
    OpenPartitions partitions_;

    Survey survey_;
    ChunkNumbers wanted_; ///< chunks that the target does not hold
    Route route_;
    std::string reason_; ///< why the last way could not supply all chunks
};

} // namespace updater::install
