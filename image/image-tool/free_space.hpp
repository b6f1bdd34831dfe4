// Which blocks of an image are still free. Pure bookkeeping.
#pragma once

#include "image/image-tool/units.hpp"

#include <map>
#include <vector>

namespace image_tool {

class FreeSpace {
  public:
    /// The run must not overlap free blocks.
    void add(Run run);
    /// Takes exactly these blocks, or none and returns false if one of them is not free.
    bool take(Run run);
    /// The blocks in as few runs as possible: the next one from `goal` on that holds them all (after the last
    /// one the search goes on at the first), else the longest ones. At most free_blocks().
    std::vector<Run> allocate(std::uint64_t blocks, std::uint64_t goal);

    std::uint64_t free_blocks() const { return free_blocks_; }
    /// The first of the longest runs; empty if nothing is free.
    Run longest() const;

  private:
    std::map<std::uint64_t, std::uint64_t> runs_; ///< first block → number of blocks
    std::uint64_t free_blocks_ = 0;
};

} // namespace image_tool
