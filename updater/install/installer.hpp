// The install engine: makes a partition hold the OS image of a firmware, fetching and writing as little as it
// can. Knows nothing of jobs, phases and boot selection; the partition must be marked unbootable before
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

/// The partition that runs: read, never written, and mounted meanwhile.
struct InstallBase {
    std::filesystem::path device;
    firmware::Version version;
};

/// How most of the image is come by; what one way cannot give is fetched by the next.
enum class Way {
    nothing, ///< the target holds the image already
    patch,   ///< made out of the base with a patch
    units,   ///< put together from what both partitions hold, and what neither holds fetched
    whole,   ///< fetched
};

std::string_view name_of(Way way);

/// What run() is going to do.
struct InstallPlan {
    Way way = Way::whole;
    std::uint64_t fetch_bytes = 0;   ///< to come over the network, what plan() has fetched included
    std::uint64_t whole_bytes = 0;   ///< what the whole image, compressed, would be
    std::uint64_t present_bytes = 0; ///< of the image, in chunks that the target holds already
    std::string text;                ///< one line for people
};

struct InstallResult {
    std::uint64_t fetched_bytes = 0; ///< from the source, head and indexes included
    std::uint64_t written_bytes = 0;
    std::uint64_t zeroed_bytes = 0; ///< by the device itself, at our request
    std::uint64_t read_back_bytes = 0;
    std::size_t fallback_chunks = 0; ///< that had to be come by in another way than planned
};

/// For one installation. Memory: about 12 MiB for each thread, whatever the size of the image, and the unit
/// index when that way is taken (about 4 bytes for each KiB of the image that is not zero).
class Installer {
  public:
    /// Called before each piece of work with its size; may block to slow the installation down. Called by
    /// several threads.
    using Pace = std::function<void(std::uint64_t bytes)>;
    /// `what` is for people. Called by one thread at a time.
    using Progress = std::function<void(std::uint64_t done, std::uint64_t all, std::string_view what)>;
    using Log = std::function<void(std::string_view line)>;

    /// Opens both devices; the target is held exclusively as long as this object lives. `storage`, `source`
    /// and `head` have to outlive it. Throws StorageError, ImageTooLarge.
    Installer(partitions::Storage &storage, firmware::ByteSource &source, const firmware::FirmwareHead &head,
              const InstallTarget &target, const std::optional<InstallBase> &base,
              const InstallSettings &settings, Pace pace = nullptr);
    ~Installer();
    Installer(const Installer &) = delete;
    Installer &operator=(const Installer &) = delete;

    /// Finds the cheapest way; writes nothing. What the target holds is looked at, chunk by chunk and by its
    /// hash, so an installation that was cut short by anything goes on where it was without a note of it.
    /// Throws FirmwareRefused, DownloadFailed, FirmwareDamaged, StorageError, Cancelled.
    InstallPlan plan(const Progress &progress, const std::stop_token &stop);

    /// Carries out the plan of this object's plan(). On return the target holds the image, durably, and all
    /// of it was read back from the device and compared with the signed index. Throws as plan(), and
    /// ReadBackMismatch; the target then holds a part of the image.
    InstallResult run(const Progress &progress, const Log &log, const std::stop_token &stop);

  private:
    class Work;
    std::unique_ptr<Work> work_;
};

} // namespace updater::install
