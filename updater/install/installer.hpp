// The install engine: writes the OS image of a firmware to a partition, and fetches and writes as little as
// possible. Knows nothing of jobs, phases and boot selection. The partition must be marked unbootable before
// run().
#pragma once

#include "partitions/partition_writer.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/version.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::install {

struct InstallSettings {
    unsigned threads = 0; ///< for unpacking, hashing and writing; 0: one for each processor, at most 4
    std::uint64_t checkpoint_bytes = std::uint64_t{128} * 1024 * 1024; ///< written between two syncs
};

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

/// Where most of the image comes from. What one way cannot supply is taken from the next.
enum class Way {
    nothing, ///< the target holds the image already
    patch,   ///< made from the base with a patch
    units,   ///< assembled from what both partitions hold; the rest is fetched
    whole,   ///< fetched
};

std::string_view name_of(Way way);

/// What run() is going to do.
struct InstallPlan {
    Way way = Way::whole;
    std::uint64_t fetch_bytes = 0;   ///< over the network, including what plan() has fetched
    std::uint64_t whole_bytes = 0;   ///< the same for the whole compressed image
    std::uint64_t present_bytes = 0; ///< of the image: chunks that the target already holds
    std::string text;                ///< one line for people
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
    /// Called by several threads, with the size of each piece of work before it starts. May block to slow the
    /// installation down.
    using Pace = std::function<void(std::uint64_t bytes)>;
    /// `what` is for people. Called by one thread at a time.
    using Progress = std::function<void(std::uint64_t done, std::uint64_t all, std::string_view what)>;
    using Log = std::function<void(std::string_view line)>;

    /// Opens both devices; the target exclusively, as long as this object lives. `storage`, `source` and
    /// `head` outlive it. Throws StorageError, ImageTooLarge.
    Installer(partitions::Storage &storage, firmware::ByteSource &source, const firmware::FirmwareHead &head,
              const InstallTarget &target, const std::optional<InstallBase> &base,
              const InstallSettings &settings, Pace pace = nullptr);
    ~Installer();
    Installer(const Installer &) = delete;
    Installer &operator=(const Installer &) = delete;

    /// Chooses the cheapest way; writes nothing. Checks the hash of each chunk on the target, so an
    /// interrupted installation resumes where it stopped, without any record of it. Throws FirmwareRefused,
    /// DownloadFailed, FirmwareDamaged, StorageError, Cancelled.
    InstallPlan plan(const Progress &progress, const std::stop_token &stop);

    /// Carries out the plan that plan() made. On return the target durably holds the image, and all of it was
    /// read back from the device and compared with the signed index. Throws as plan(), and ReadBackMismatch;
    /// the target then holds a part of the image.
    InstallResult run(const Progress &progress, const Log &log, const std::stop_token &stop);

  private:
    class Work;
    std::unique_ptr<Work> work_;
};

} // namespace updater::install
