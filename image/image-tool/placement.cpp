// Deciding places; see the header.
#include "image/image-tool/placement.hpp"

#include "image/image-tool/file_reader.hpp"
#include "image/image-tool/inode_numbers.hpp"

#include <algorithm>
#include <cstring>
#include <ext2fs/ext2fs.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>

namespace image_tool {
namespace {

/// Puts the stored blocks of a file in order into runs of the image, until the runs are used up.
std::vector<Extent> spread(const std::vector<Run> &stored, const std::vector<Run> &runs) {
    std::vector<Extent> extents;
    auto run = runs.begin();
    std::uint64_t used = 0; // of *run
    for (Run piece : stored) {
        while (piece.blocks > 0) {
            if (run != runs.end() && used == run->blocks) {
                ++run;
                used = 0;
            }
            if (run == runs.end())
                return extents;
            const std::uint64_t count = std::min(piece.blocks, run->blocks - used);
            extents.push_back({piece.first, run->first + used, count});
            piece.first += count;
            piece.blocks -= count;
            used += count;
        }
    }
    return extents;
}

std::vector<Run> first_blocks(std::vector<Run> runs, std::uint64_t blocks) {
    for (Run &run : runs) {
        run.blocks = std::min(run.blocks, blocks);
        blocks -= run.blocks;
    }
    std::erase_if(runs, [](const Run &run) { return run.blocks == 0; });
    return runs;
}

class Planner {
  public:
    Planner(const Tree &tree, Room room, const PreviousImage *previous)
        : tree_(tree), room_(std::move(room)), previous_(previous), earlier_(tree.nodes.size()),
          stored_(tree.nodes.size()), unchanged_(tree.nodes.size()) {
        result_.places.resize(tree.nodes.size());
    }

    Placement plan() {
        number();
        measure();
        refuse_what_does_not_fit();
        keep_unchanged();
        keep_in_place();
        place_the_rest();
        keep_other_blocks();
        result_.left = std::move(room_.blocks);
        return std::move(result_);
    }

  private:
    void number() {
        if (previous_ != nullptr)
            earlier_ = find_earlier(tree_, *previous_);
        const std::vector<std::uint32_t> numbers =
            number_inodes(earlier_, {room_.root_inode, room_.first_inode, room_.last_inode});
        for (std::size_t node = 0; node < numbers.size(); ++node)
            result_.places[node].inode = numbers[node];
    }

    void measure() {
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node) {
            const mode_t mode = tree_.nodes[node].mode;
            if (S_ISREG(mode))
                measure_file(node);
            else if (S_ISDIR(mode))
                measure_directory(node);
            else if (S_ISLNK(mode) && tree_.nodes[node].size_bytes >= sizeof(ext2_inode{}.i_block))
                measure_link(node);
        }
    }

    void measure_file(std::size_t node) {
        unchanged_[node] =
            earlier_[node] != nullptr && previous_->holds(*earlier_[node], tree_.location(node));
        if (unchanged_[node])
            for (const Extent &extent : earlier_[node]->extents)
                stored_[node].push_back({extent.file_block, extent.blocks});
        else
            stored_[node] = stored_runs(tree_.location(node), tree_.nodes[node].size_bytes);
    }

    void measure_directory(std::size_t node) {
        std::vector<std::string> names;
        if (node == 0)
            names.emplace_back("lost+found");
        for (const Name &name : tree_.children[node])
            names.push_back(name.name);
        std::vector<std::byte> earlier;
        if (earlier_[node] != nullptr)
            earlier = previous_->contents(*earlier_[node]);
        const Directory &directory = result_.places[node].directory.emplace(names, earlier);
        stored_[node].push_back({0, directory.blocks()});
        unchanged_[node] = directory.blocks() * block_bytes == earlier.size();
    }

    void measure_link(std::size_t node) {
        const std::string &target = tree_.nodes[node].link_target;
        if (target.size() >= block_bytes)
            throw std::runtime_error("the link /" + tree_.nodes[node].path + " is too long");
        stored_[node].push_back({0, 1});
        const PreviousInode *earlier = earlier_[node];
        unchanged_[node] = earlier != nullptr && earlier->size_bytes == target.size() &&
                           earlier->extents.size() == 1 &&
                           std::memcmp(previous_->block(earlier->extents[0].image_block).data(),
                                       target.data(), target.size()) == 0;
    }

    void refuse_what_does_not_fit() const {
        std::uint64_t needed = 0;
        for (const std::vector<Run> &stored : stored_)
            needed += count_blocks(stored);
        if (needed > room_.blocks.free_blocks())
            throw std::runtime_error("the tree does not fit: " +
                                     std::to_string((needed - room_.blocks.free_blocks()) * block_bytes) +
                                     " bytes more are needed; give a larger --size");
    }

    /// All or nothing.
    bool take(const std::vector<Run> &runs) {
        for (std::size_t taken = 0; taken < runs.size(); ++taken) {
            if (room_.blocks.take(runs[taken]))
                continue;
            while (taken-- > 0)
                room_.blocks.add(runs[taken]);
            return false;
        }
        return true;
    }

    static std::vector<Run> runs_of(const std::vector<Extent> &extents) {
        std::vector<Run> runs;
        for (const Extent &extent : extents)
            runs.push_back({extent.image_block, extent.blocks});
        return runs;
    }

    void keep_unchanged() {
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node)
            if (unchanged_[node] && take(runs_of(earlier_[node]->extents)))
                result_.places[node].extents = earlier_[node]->extents;
    }

    bool is_homeless(std::size_t node) const {
        return !stored_[node].empty() && result_.places[node].extents.empty();
    }

    /// Files that are mostly unchanged keep their first blocks; the others go wherever there is space. All
    /// other files move: in their old place they would make firmware units that are half old and half new.
    void keep_in_place() {
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node) {
            if (!is_homeless(node) || earlier_[node] == nullptr)
                continue;
            const std::vector<Run> old =
                first_blocks(runs_of(earlier_[node]->extents), count_blocks(stored_[node]));
            const std::vector<Extent> extents = spread(stored_[node], old);
            if (is_mostly_unchanged(node, extents) && take(old))
                result_.places[node].extents = extents;
        }
    }

    bool is_mostly_unchanged(std::size_t node, const std::vector<Extent> &extents) const {
        if (S_ISDIR(tree_.nodes[node].mode))
            return !extents.empty();
        if (!S_ISREG(tree_.nodes[node].mode))
            return false;
        std::uint64_t same = 0;
        FileReader reader(tree_.location(node));
        for (const Extent &extent : extents) {
            for (std::uint64_t block = 0; block < extent.blocks; ++block) {
                const auto bytes = reader.read((extent.file_block + block) * block_bytes, block_bytes);
                const auto old = previous_->block(extent.image_block + block);
                if (std::equal(bytes.begin(), bytes.end(), old.begin()) && is_zero(old.subspan(bytes.size())))
                    ++same;
            }
        }
        return same * 2 >= count_blocks(stored_[node]);
    }

    /// Directories first: reading a path needs several of them, and they change together.
    void place_the_rest() {
        std::uint64_t goal = previous_ == nullptr ? 0 : room_.blocks.longest().first;
        for (const bool directories : {true, false}) {
            for (std::size_t node = 0; node < tree_.nodes.size(); ++node)
                if (S_ISDIR(tree_.nodes[node].mode) == directories)
                    goal = place_rest_of(node, goal);
        }
    }

    /// Returns the goal for the next one.
    std::uint64_t place_rest_of(std::size_t node, std::uint64_t goal) {
        const std::vector<Extent> &kept = result_.places[node].extents;
        const std::uint64_t missing = count_blocks(stored_[node]) - count_blocks(kept);
        if (missing == 0)
            return goal;
        std::vector<Run> runs = runs_of(kept);
        const std::uint64_t old_end = runs.empty() ? 0 : runs.back().first + runs.back().blocks;
        if (!runs.empty() && room_.blocks.take({old_end, missing})) {
            runs.push_back({old_end, missing});
        } else {
            const std::vector<Run> added = room_.blocks.allocate(missing, goal);
            goal = added.back().first + added.back().blocks;
            runs.insert(runs.end(), added.begin(), added.end());
        }
        result_.places[node].extents = spread(stored_[node], runs);
        return goal;
    }

    void keep_other_blocks() {
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node) {
            if (earlier_[node] == nullptr)
                continue;
            for (const std::uint64_t block : earlier_[node]->other_blocks)
                if (room_.blocks.take({block, 1}))
                    result_.places[node].other_blocks.push_back(block);
        }
    }

    const Tree &tree_;
    Room room_;
    const PreviousImage *previous_;
    std::vector<const PreviousInode *> earlier_; ///< for each node, as the next two
    std::vector<std::vector<Run>> stored_;       ///< blocks of the file, not of the image
    std::vector<char> unchanged_;
    Placement result_;
};

} // namespace

Placement place(const Tree &tree, Room room, const PreviousImage *previous) {
    return Planner(tree, std::move(room), previous).plan();
}

} // namespace image_tool
