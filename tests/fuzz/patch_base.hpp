// The earlier OS image that the patch records of the fuzzer, and of its first inputs, are made against.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace fuzz {

/// The same bytes in every run.
inline std::vector<std::byte> patch_base() {
    constexpr std::size_t base_bytes = 100000;
    std::minstd_rand numbers(1);
    std::vector<std::byte> base(base_bytes);
    for (std::byte &byte : base)
        byte = static_cast<std::byte>(numbers() % 256);
    return base;
}

} // namespace fuzz
