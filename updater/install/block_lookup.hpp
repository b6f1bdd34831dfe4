// Where on the appliance's own partitions the blocks of the new image are found. Proves nothing: what is put
// together from such blocks is checked as a chunk.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/unit_index.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace updater::install {

/// Remembers places only for blocks that the unit index names, so memory does not grow with the partitions.
class BlockLookup {
  public:
    enum class Where { base, target };
    struct Place {
        Where where{};
        std::uint64_t offset_bytes = 0;
    };
    using Pace = std::function<void(std::uint64_t bytes)>;
    using Progress = std::function<void(std::uint64_t bytes_done)>;

    explicit BlockLookup(const firmware::UnitIndex &units);

    /// Reads the device's first `length_bytes` and notes which blocks it holds. What was found before stays:
    /// scan what is best to read from first. The device is open in a block_device mode. Throws StorageError,
    /// Cancelled.
    void scan(Where where, partitions::File &device, std::uint64_t length_bytes, unsigned threads,
              const Pace &pace, const Progress &progress, const std::stop_token &stop);

    std::optional<Place> find(const firmware::BlockTag &tag) const;
    /// The tag of a block of zeros, which need not be found.
    bool is_zero(const firmware::BlockTag &tag) const { return tag == zero_tag_; }

  private:
    void note(std::uint64_t key, std::uint64_t place);
    void scan_piece(Where where, std::uint64_t offset_bytes, std::span<const std::byte> piece);
    std::size_t index_of(std::uint64_t key) const;

    firmware::BlockTag zero_tag_;
    std::vector<std::uint64_t> keys_;                ///< sorted
    std::vector<std::atomic<std::uint32_t>> places_; ///< of the keys: 0, or block number and partition
};

} // namespace updater::install
