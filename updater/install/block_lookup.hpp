// Finds blocks of the new image on the appliance's own partitions. Proves nothing: a chunk that is assembled
// from such blocks is checked by its hash.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/unit_index.hpp"
#include "updater/install/effort.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace updater::install {

/// Stores places only for blocks that the unit index names, so memory does not grow with the partitions.
class BlockLookup {
  public:
    enum class Where { base, target };
    struct Place {
        Where where{};
        std::uint64_t offset_bytes = 0;
    };

    explicit BlockLookup(const firmware::UnitIndex &units);

    /// Reads the device's first `length_bytes` and stores the places of wanted blocks. Places found earlier
    /// are kept, so scan the preferred device first. The device is open in a block_device mode. Throws
    /// StorageError, Cancelled.
    void scan(Where where, partitions::File &device, std::uint64_t length_bytes, const Effort &effort,
              const std::function<void(std::uint64_t bytes_done)> &progress, const std::stop_token &stop);

    std::optional<Place> find(const firmware::BlockTag &tag) const;
    /// Whether this is the tag of a block of zeros, which needs no source.
    bool is_zero(const firmware::BlockTag &tag) const { return tag == zero_tag_; }

  private:
    void note(std::uint64_t key, std::uint64_t place);
    void scan_piece(Where where, std::uint64_t offset_bytes, std::span<const std::byte> piece);
    std::size_t index_of(std::uint64_t key) const;

    firmware::BlockTag zero_tag_;
    std::vector<std::uint64_t> keys_;                ///< sorted
    std::vector<std::atomic<std::uint32_t>> places_; ///< for each key: 0, or block number and partition
};

} // namespace updater::install
