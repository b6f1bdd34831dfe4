// Percentages of a phase. No state.
#pragma once

#include <cstdint>

namespace updater::phases {

/// The percentage between `first` and `last` that `done` of `all` stands for; `first` when `all` is 0.
constexpr int part_of(int first, int last, std::uint64_t done, std::uint64_t all) {
    if (all == 0)
        return first;
    return first +
           static_cast<int>(static_cast<std::uint64_t>(last - first) * (done < all ? done : all) / all);
}

} // namespace updater::phases
