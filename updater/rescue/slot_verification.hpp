// Compares an OS partition with the image that the vendor signed for it, and says what differs, and in which
// files. Changes nothing.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/install/effort.hpp"
#include "updater/install/image_differences.hpp"
#include "updater/install/image_heads.hpp"
#include "updater/rescue/files_at.hpp"

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::rescue {

enum class SlotVerdict {
    as_signed,
    differs,
    unknown, ///< what was signed for this slot isn't known, or can't be believed
};

struct SlotReport {
    static constexpr std::size_t max_files = 100;

    partitions::Slot slot{};
    std::string version; ///< as signed; empty if unknown
    SlotVerdict verdict = SlotVerdict::unknown;
    install::ImageDifferences differences;
    std::vector<std::string> files; ///< with content where it differs; see max_files
    std::size_t more_files = 0;     ///< that aren't named
    std::string text;               ///< one line for people
    std::string advice;             ///< what to do; empty: nothing
};

/// The last verification that was asked for.
struct VerificationReport {
    std::optional<std::chrono::system_clock::time_point> began;
    std::optional<std::chrono::system_clock::time_point> ended;
    std::string problem; ///< why not all slots were compared; empty: all were
    std::vector<SlotReport> slots;
};

/// As documents have it.
nlohmann::json time_or_null(const std::optional<std::chrono::system_clock::time_point> &time);

/// The verification document, format 1: updater/bus/interface.md. `percent` of one that is under way.
nlohmann::json to_json(const VerificationReport &report, std::optional<int> percent);

class SlotVerification {
  public:
    /// All references outlive this object.
    SlotVerification(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                     const install::ImageHeads &heads, firmware::KeysNow trusted_keys, FilesAt files_at);

    /// Reads all of the image. Throws Cancelled; StorageError and PartitionNotFound if there is no such
    /// partition.
    SlotReport verify(partitions::Slot slot, const install::Effort &effort,
                      const std::function<void(int percent)> &progress, const std::stop_token &stop) const;

  private:
    std::string name_files(SlotReport &report, const firmware::FirmwareHead &head,
                           const install::Effort &effort, const std::stop_token &stop) const;

    partitions::Storage &storage_;
    const partitions::PartitionFinder &partitions_;
    const install::ImageHeads &heads_;
    firmware::KeysNow trusted_keys_;
    FilesAt files_at_;
};

} // namespace updater::rescue
