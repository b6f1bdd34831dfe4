// Bookkeeping of free blocks; see the header.
#include "image/image-tool/free_space.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace image_tool {

void FreeSpace::add(Run run) {
    if (run.blocks == 0)
        return;
    free_blocks_ += run.blocks;
    const auto after = runs_.lower_bound(run.first);
    if (after != runs_.begin()) {
        const auto before = std::prev(after);
        if (before->first + before->second == run.first) {
            before->second += run.blocks;
            if (after != runs_.end() && before->first + before->second == after->first) {
                before->second += after->second;
                runs_.erase(after);
            }
            return;
        }
    }
    if (after != runs_.end() && run.first + run.blocks == after->first) {
        run.blocks += after->second;
        runs_.erase(after);
    }
    runs_.emplace(run.first, run.blocks);
}

bool FreeSpace::take(Run run) {
    if (run.blocks == 0)
        return true;
    auto found = runs_.upper_bound(run.first);
    if (found == runs_.begin())
        return false;
    --found;
    const Run old{found->first, found->second};
    if (run.first + run.blocks > old.first + old.blocks)
        return false;
    runs_.erase(found);
    if (run.first > old.first)
        runs_.emplace(old.first, run.first - old.first);
    if (const std::uint64_t end = run.first + run.blocks; end < old.first + old.blocks)
        runs_.emplace(end, old.first + old.blocks - end);
    free_blocks_ -= run.blocks;
    return true;
}

std::vector<Run> FreeSpace::allocate(std::uint64_t blocks, std::uint64_t goal) {
    if (blocks > free_blocks_)
        throw std::logic_error("more blocks are asked for than are free");
    if (blocks == 0)
        return {};
    // The run that contains the goal is used from the goal on.
    auto at_goal = runs_.upper_bound(goal);
    if (at_goal != runs_.begin()) {
        const auto inside = std::prev(at_goal);
        if (const std::uint64_t end = inside->first + inside->second; goal + blocks <= end) {
            take({goal, blocks});
            return {{goal, blocks}};
        }
    }
    const auto holds_all = [&](const auto &run) { return run.second >= blocks; };
    auto found = std::find_if(at_goal, runs_.end(), holds_all);
    if (found == runs_.end())
        found = std::find_if(runs_.begin(), at_goal, holds_all);
    if (found != runs_.end() && holds_all(*found)) {
        const Run run{found->first, blocks};
        take(run);
        return {run};
    }
    std::vector<Run> pieces;
    while (blocks > 0) {
        Run run = longest();
        run.blocks = std::min(run.blocks, blocks);
        take(run);
        pieces.push_back(run);
        blocks -= run.blocks;
    }
    return pieces;
}

Run FreeSpace::longest() const {
    Run longest;
    for (const auto &[first, blocks] : runs_)
        if (blocks > longest.blocks)
            longest = {first, blocks};
    return longest;
}

} // namespace image_tool
