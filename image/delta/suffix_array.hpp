// Finds the longest match of some bytes anywhere in a file. Internal to this folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace delta {

/// How many of the first bytes are equal; `max` at most.
std::size_t agreeing(std::span<const std::byte> left, std::span<const std::byte> right, std::size_t max);

/// Memory: four times the bytes.
class SuffixArray {
  public:
    struct Match {
        std::size_t offset = 0;
        std::size_t length = 0; ///< 0: none
    };

    /// The bytes are fewer than 2 GiB and outlive this object.
    explicit SuffixArray(std::span<const std::byte> bytes);

    /// The longest match of the beginning of `wanted`; longer ones than 256 bytes are cut off there.
    Match longest(std::span<const std::byte> wanted) const;

  private:
    std::span<const std::byte> bytes_;
    std::vector<std::int32_t> order_; ///< the offsets of all suffixes, sorted by the suffixes
    std::array<std::size_t, 65537>
        begin_{}; ///< in order_, of the suffixes that begin with each pair of bytes
};

} // namespace delta
