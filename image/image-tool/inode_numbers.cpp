// Finding the earlier inodes and numbering; see the header.
#include "image/image-tool/inode_numbers.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/stat.h>

namespace image_tool {
namespace {

class EarlierInodes {
  public:
    EarlierInodes(const Tree &tree, const PreviousImage &previous)
        : tree_(tree), previous_(previous), found_(tree.nodes.size()) {}

    std::vector<const PreviousInode *> find() {
        find_by_path();
        find_moved();
        return std::move(found_);
    }

  private:
    void find_by_path() {
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node) {
            const auto inode = previous_.inodes().find(tree_.nodes[node].path);
            if (inode != previous_.inodes().end() &&
                (inode->second.mode & S_IFMT) == (tree_.nodes[node].mode & S_IFMT) &&
                used_.insert(inode->second.number).second)
                found_[node] = &inode->second;
        }
    }

    void find_moved() {
        std::multimap<std::uint64_t, const PreviousInode *> gone; // files by their size
        for (const auto &[path, inode] : previous_.inodes())
            if (S_ISREG(inode.mode) && inode.size_bytes > 0 && used_.insert(inode.number).second)
                gone.emplace(inode.size_bytes, &inode);
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node) {
            if (found_[node] != nullptr || !S_ISREG(tree_.nodes[node].mode))
                continue;
            auto [candidate, end] = gone.equal_range(tree_.nodes[node].size_bytes);
            while (candidate != end && !previous_.holds(*candidate->second, tree_.location(node)))
                ++candidate;
            if (candidate != end) {
                found_[node] = candidate->second;
                gone.erase(candidate);
            }
        }
    }

    const Tree &tree_;
    const PreviousImage &previous_;
    std::vector<const PreviousInode *> found_;
    std::set<std::uint32_t> used_; ///< also removed ones, which may have several names
};

} // namespace

std::vector<const PreviousInode *> find_earlier(const Tree &tree, const PreviousImage &previous) {
    return EarlierInodes(tree, previous).find();
}

std::vector<std::uint32_t> number_inodes(const std::vector<const PreviousInode *> &earlier,
                                         InodeRange range) {
    const std::uint64_t needed = earlier.size() - 1;
    const std::uint64_t offered = range.last - range.first + 1;
    if (needed > offered)
        throw std::runtime_error("the tree does not fit: it has " + std::to_string(needed) +
                                 " files and folders, an image of this size has room for " +
                                 std::to_string(offered));
    std::vector<std::uint32_t> numbers(earlier.size());
    numbers[0] = range.root;
    std::set<std::uint32_t> used;
    for (std::size_t node = 1; node < earlier.size(); ++node) {
        if (earlier[node] == nullptr)
            continue;
        const std::uint32_t number = earlier[node]->number;
        if (number >= range.first && number <= range.last && used.insert(number).second)
            numbers[node] = number;
    }
    std::uint32_t next = used.empty() ? range.first : *used.rbegin() + 1;
    for (std::uint32_t &number : numbers) {
        if (number != 0)
            continue;
        if (next > range.last)
            next = range.first;
        while (used.contains(next))
            next = next == range.last ? range.first : next + 1;
        number = next++;
        used.insert(number);
    }
    return numbers;
}

} // namespace image_tool
