// The part of a phase's progress that one piece of its work is. Arithmetic only.
#pragma once

#include "updater/phases/percent.hpp"

#include <cstddef>

namespace updater::phases {

struct PercentRange {
    int first = 0;
    int last = 100;

    /// The range of piece `index` when the work is `count` equal pieces.
    constexpr PercentRange piece(std::size_t index, std::size_t count) const {
        return {part_of(first, last, index, count), part_of(first, last, index + 1, count)};
    }
};

} // namespace updater::phases
