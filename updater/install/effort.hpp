// How much of the machine an installation may use.
#pragma once

#include <cstdint>
#include <functional>

namespace updater::install {

/// Called by several threads, with the size of each piece of work before it starts. May block to slow the
/// installation down.
using Pace = std::function<void(std::uint64_t bytes)>;

struct Effort {
    unsigned threads = 1;
    Pace pace = nullptr; ///< may be empty: as fast as possible

    void before(std::uint64_t bytes) const {
        if (pace)
            pace(bytes);
    }
};

} // namespace updater::install
