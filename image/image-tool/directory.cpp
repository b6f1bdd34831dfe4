// Placing directory entries; see the header.
#include "image/image-tool/directory.hpp"

#include <algorithm>
#include <cstring>
#include <ext2fs/ext2fs.h>
#include <iterator>
#include <set>

namespace image_tool {
namespace {

constexpr std::size_t usable_bytes = block_bytes - directory_tail_bytes;
constexpr std::size_t entry_head_bytes = 8; ///< inode, length of the entry, length of the name, type

std::size_t needed_bytes(const std::string &name) {
    return (entry_head_bytes + name.size() + 3) / 4 * 4;
}

void write_entry(std::byte *place, std::uint32_t inode, std::size_t length, const std::string &name,
                 std::uint8_t type) {
    ext2_dir_entry_2 head{};
    head.inode = inode;
    head.rec_len = static_cast<std::uint16_t>(length);
    head.name_len = static_cast<std::uint8_t>(name.size());
    head.file_type = type;
    std::memcpy(place, &head, entry_head_bytes);
    std::memcpy(place + entry_head_bytes, name.data(), name.size());
}

} // namespace

Directory::Directory(const std::vector<std::string> &names, std::span<const std::byte> earlier) {
    std::vector<std::string> missing{".", ".."};
    missing.insert(missing.end(), names.begin(), names.end());
    keep(earlier, missing);
    for (const std::string &name : missing)
        insert(name);
    while (blocks_.size() > 1 && blocks_.back().entries.empty())
        blocks_.pop_back();
}

// Removes the names that could be kept from `names`.
void Directory::keep(std::span<const std::byte> earlier, std::vector<std::string> &names) {
    const std::set<std::string> wanted(names.begin(), names.end());
    std::set<std::string> kept;
    for (std::size_t begin = 0; begin + block_bytes <= earlier.size(); begin += block_bytes) {
        Block &block = blocks_.emplace_back();
        for (std::size_t offset = 0; offset + entry_head_bytes <= usable_bytes;) {
            ext2_dir_entry_2 head{};
            std::memcpy(&head, earlier.data() + begin + offset, entry_head_bytes);
            if (head.rec_len < entry_head_bytes || offset + head.rec_len > usable_bytes ||
                entry_head_bytes + head.name_len > head.rec_len)
                break;
            std::string name(head.name_len, '\0');
            std::memcpy(name.data(), earlier.data() + begin + offset + entry_head_bytes, name.size());
            if (head.inode != 0 && wanted.contains(name) && kept.insert(name).second)
                block.entries.push_back({offset, name});
            offset += head.rec_len;
        }
        measure(block);
    }
    // Otherwise the directory has an index (or is damaged): a linear one begins with "." and "..".
    if (!kept.contains(".") || !kept.contains("..")) {
        blocks_.clear();
        return;
    }
    std::erase_if(names, [&](const std::string &name) { return kept.contains(name); });
}

void Directory::insert(const std::string &name) {
    const std::size_t needed = needed_bytes(name);
    auto block = std::find_if(blocks_.begin(), blocks_.end(),
                              [&](const Block &candidate) { return candidate.longest_gap >= needed; });
    if (block == blocks_.end()) {
        blocks_.emplace_back();
        block = std::prev(blocks_.end());
    }
    std::vector<Entry> &entries = block->entries;
    if (entries.empty() || entries.front().offset >= needed) {
        entries.insert(entries.begin(), {0, name});
    } else {
        std::size_t before = 0;
        while (gap_after(*block, before) < needed)
            ++before;
        const std::size_t offset = entries[before].offset + needed_bytes(entries[before].name);
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(before) + 1, {offset, name});
    }
    measure(*block);
}

std::size_t Directory::gap_after(const Block &block, std::size_t entry) {
    const std::size_t next =
        entry + 1 < block.entries.size() ? block.entries[entry + 1].offset : usable_bytes;
    return next - block.entries[entry].offset - needed_bytes(block.entries[entry].name);
}

void Directory::measure(Block &block) {
    block.longest_gap = block.entries.empty() ? usable_bytes : block.entries.front().offset;
    for (std::size_t entry = 0; entry < block.entries.size(); ++entry)
        block.longest_gap = std::max(block.longest_gap, gap_after(block, entry));
}

std::vector<std::byte>
Directory::contents(const std::function<Target(const std::string &)> &target_of) const {
    std::vector<std::byte> bytes(blocks_.size() * block_bytes);
    for (std::size_t number = 0; number < blocks_.size(); ++number) {
        std::byte *block = bytes.data() + number * block_bytes;
        const std::vector<Entry> &entries = blocks_[number].entries;
        if (entries.empty() || entries.front().offset > 0) // an unused entry in front
            write_entry(block, 0, entries.empty() ? usable_bytes : entries.front().offset, "", 0);
        for (std::size_t entry = 0; entry < entries.size(); ++entry) {
            const Target target = target_of(entries[entry].name);
            const std::size_t end = entry + 1 < entries.size() ? entries[entry + 1].offset : usable_bytes;
            write_entry(block + entries[entry].offset, target.inode, end - entries[entry].offset,
                        entries[entry].name, target.type);
        }
        ext2_dir_entry_tail tail{};
        tail.det_rec_len = sizeof tail;
        tail.det_reserved_name_len = EXT2_DIR_NAME_LEN_CSUM;
        std::memcpy(block + usable_bytes, &tail, sizeof tail);
    }
    return bytes;
}

} // namespace image_tool
