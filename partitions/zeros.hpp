// Telling zeros from the rest. Nothing else.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace partitions {

/// True for an empty span. Compares the bytes with themselves shifted by one: memcmp is the fastest loop for
/// that.
inline bool all_zero(std::span<const std::byte> bytes) {
    return bytes.empty() || (bytes.front() == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

} // namespace partitions
