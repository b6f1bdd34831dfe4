// The numbers of a patch record (patch_codec.hpp has its format), for reader and writer. Internal to this
// folder.
#pragma once

#include <cstddef>
#include <cstdint>

namespace updater::firmware::patch_numbers {

/// The order of the streams in a record.
enum Stream : std::size_t { control, difference, literal, streams };

/// A step begins with its length times this number, plus its kind.
inline constexpr std::uint64_t kinds = 4;

/// The way from one offset to another as one number: small for both directions.
constexpr std::uint64_t zigzag(std::uint64_t to, std::uint64_t from) {
    return to >= from ? (to - from) << 1U : ((from - to) << 1U) - 1;
}

constexpr std::uint64_t unzigzag(std::uint64_t number, std::uint64_t from) {
    const std::uint64_t distance = (number + 1) >> 1U;
    return (number & 1U) == 0 ? from + distance : from - distance;
}

} // namespace updater::firmware::patch_numbers
