// Telling zeros from the rest. Nothing else.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace partitions {

/// Of no bytes: yes. Compares the bytes with themselves, one further on: memcmp is the fastest loop there is.
inline bool all_zero(std::span<const std::byte> bytes) {
    return bytes.empty() || (bytes.front() == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

} // namespace partitions
