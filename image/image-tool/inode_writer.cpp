// Writing inodes; see the header.
#include "image/image-tool/inode_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ext2fs/ext3_extents.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace image_tool {
namespace {

constexpr std::uint64_t max_extent_blocks = 32768; ///< EXT_INIT_MAX_LEN
constexpr std::uint32_t max_links = 65000;         ///< EXT4_LINK_MAX; a directory with more says 1

struct SplitTime {
    std::uint32_t low;
    std::uint32_t extra; ///< two more bits of the seconds; no nanoseconds
};

SplitTime split(std::int64_t seconds) {
    const auto low = static_cast<std::int32_t>(static_cast<std::uint32_t>(seconds));
    return {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>((seconds - low) >> 32) & 3};
}

// As the kernel encodes device numbers in ext4: the old way where they are small enough.
void set_device(ext2_inode_large &inode, dev_t device) {
    const std::uint32_t major_number = major(device);
    const std::uint32_t minor_number = minor(device);
    if (major_number < 256 && minor_number < 256)
        inode.i_block[0] = major_number << 8 | minor_number;
    else
        inode.i_block[1] = (minor_number & 0xff) | major_number << 8 | (minor_number & ~0xffU) << 12;
}

// An extent tree without extents (the kernel's Documentation/filesystems/ext4, "Extent Tree").
void start_extent_tree(ext2_inode_large &inode) {
    ext3_extent_header header{};
    header.eh_magic = EXT3_EXT_MAGIC;
    header.eh_max = (sizeof inode.i_block - sizeof header) / sizeof(ext3_extent);
    std::memcpy(inode.i_block, &header, sizeof header);
    inode.i_flags |= EXT4_EXTENTS_FL;
}

ext2_inode_large describe(const Node &node, const Place &place) {
    ext2_inode_large inode{};
    inode.i_mode = static_cast<std::uint16_t>(node.mode);
    inode.i_uid = static_cast<std::uint16_t>(node.owner);
    inode.i_uid_high = static_cast<std::uint16_t>(node.owner >> 16);
    inode.i_gid = static_cast<std::uint16_t>(node.group);
    inode.i_gid_high = static_cast<std::uint16_t>(node.group >> 16);
    const bool too_many = S_ISDIR(node.mode) && node.links > max_links;
    inode.i_links_count = static_cast<std::uint16_t>(too_many ? 1 : node.links);
    const std::uint64_t size_bytes =
        place.directory ? place.directory->blocks() * block_bytes : node.size_bytes;
    inode.i_size = static_cast<std::uint32_t>(size_bytes);
    inode.i_size_high = static_cast<std::uint32_t>(size_bytes >> 32);
    const SplitTime time = split(node.modified_seconds);
    inode.i_atime = inode.i_ctime = inode.i_mtime = inode.i_crtime = time.low;
    inode.i_atime_extra = inode.i_ctime_extra = inode.i_mtime_extra = inode.i_crtime_extra = time.extra;
    inode.i_extra_isize = sizeof(ext2_inode_large) - EXT2_GOOD_OLD_INODE_SIZE;
    return inode;
}

} // namespace

InodeWriter::InodeWriter(ext2_filsys file_system, FreeSpace &left) : file_system_(file_system), left_(left) {
    file_system_->priv_data = this;
    file_system_->get_alloc_block2 = give_block;
}

InodeWriter::~InodeWriter() {
    file_system_->get_alloc_block2 = nullptr;
    file_system_->priv_data = nullptr;
}

errcode_t InodeWriter::give_block(ext2_filsys file_system, blk64_t goal, blk64_t *result,
                                  blk_alloc_ctx * /*context*/) {
    auto &self = *static_cast<InodeWriter *>(file_system->priv_data);
    if (!self.wanted_.empty()) {
        *result = self.wanted_.back();
        self.wanted_.pop_back();
        return 0;
    }
    if (self.left_.free_blocks() == 0)
        return EXT2_ET_BLOCK_ALLOC_FAIL;
    *result = self.left_.allocate(1, goal).front().first;
    return 0;
}

void InodeWriter::write(const Node &node, const Place &place) {
    const std::string what = "cannot write the inode of /" + node.path;
    if (!S_ISDIR(node.mode) && node.links > max_links)
        throw std::runtime_error("/" + node.path + " has more than 65000 names");
    ext2_inode_large inode = describe(node, place);
    if (S_ISCHR(node.mode) || S_ISBLK(node.mode))
        set_device(inode, node.device);
    else if (S_ISLNK(node.mode) && place.extents.empty())
        std::memcpy(inode.i_block, node.link_target.data(), node.link_target.size());
    else if (S_ISREG(node.mode) || !place.extents.empty())
        start_extent_tree(inode);

    // The space after the inode's fields holds extended attributes: it is cleared as well.
    std::array<char, 256> bytes{};
    std::memcpy(bytes.data(), &inode, sizeof inode);
    auto *plain = reinterpret_cast<ext2_inode *>(bytes.data());
    check(ext2fs_write_inode_full(file_system_, place.inode, plain, static_cast<int>(bytes.size())), what);
    if (place.inode >= EXT2_FIRST_INODE(file_system_->super))
        ext2fs_inode_alloc_stats2(file_system_, place.inode, +1, S_ISDIR(node.mode) ? 1 : 0);
    wanted_.assign(place.other_blocks.rbegin(), place.other_blocks.rend());
    if (!place.extents.empty())
        write_extents(node, place);
    if (!node.attributes.empty())
        write_attributes(node, place.inode);
    for (const std::uint64_t block : wanted_) // no longer needed
        left_.add({block, 1});
    wanted_.clear();
}

void InodeWriter::write_extents(const Node &node, const Place &place) {
    const std::string what = "cannot write the extents of /" + node.path;
    ext2_extent_handle_t opened = nullptr;
    check(ext2fs_extent_open(file_system_, place.inode, &opened), what);
    const std::unique_ptr<ext2_extent_handle, void (*)(ext2_extent_handle_t)> handle(opened,
                                                                                     ext2fs_extent_free);
    for (const Extent &extent : place.extents) {
        for (std::uint64_t done = 0; done < extent.blocks;) {
            ext2fs_extent piece{};
            piece.e_lblk = extent.file_block + done;
            piece.e_pblk = extent.image_block + done;
            piece.e_len = static_cast<std::uint32_t>(std::min(extent.blocks - done, max_extent_blocks));
            check(ext2fs_extent_insert(handle.get(), EXT2_EXTENT_INSERT_AFTER, &piece), what);
            done += piece.e_len;
        }
        ext2fs_block_alloc_stats_range(file_system_, extent.image_block, static_cast<blk_t>(extent.blocks),
                                       +1);
    }
    ext2_inode inode{};
    check(ext2fs_read_inode(file_system_, place.inode, &inode), what);
    check(ext2fs_iblk_add_blocks(file_system_, &inode, count_blocks(place.extents)), what);
    check(ext2fs_write_inode(file_system_, place.inode, &inode), what);
}

void InodeWriter::write_attributes(const Node &node, std::uint32_t number) {
    const std::string what = "cannot write the extended attributes of /" + node.path;
    ext2_xattr_handle *opened = nullptr;
    check(ext2fs_xattrs_open(file_system_, number, &opened), what);
    const auto close = [](ext2_xattr_handle *handle) { ext2fs_xattrs_close(&handle); };
    const std::unique_ptr<ext2_xattr_handle, decltype(close)> handle(opened, close);
    for (const auto &[name, value] : node.attributes)
        check(ext2fs_xattr_set(handle.get(), name.c_str(), value.data(), value.size()), what + ": " + name);
}

} // namespace image_tool
