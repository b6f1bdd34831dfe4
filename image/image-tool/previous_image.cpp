// Reading an earlier image; see the header.
#include "image/image-tool/previous_image.hpp"

#include "image/image-tool/file_reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/stat.h>
#include <utility>

namespace image_tool {
namespace {

int collect_name(ext2_dir_entry *entry, int /*offset*/, int /*block_size*/, char * /*buffer*/,
                 void *context) {
    const std::string name(entry->name, static_cast<std::size_t>(ext2fs_dirent_name_len(entry)));
    if (name != "." && name != "..")
        static_cast<std::vector<std::pair<std::string, std::uint32_t>> *>(context)->emplace_back(
            name, entry->inode);
    return 0;
}

int collect_block(ext2_filsys /*file_system*/, blk64_t *image_block, e2_blkcnt_t file_block,
                  blk64_t /*reference*/, int /*offset*/, void *context) {
    auto &inode = *static_cast<PreviousInode *>(context);
    if (file_block < 0) { // of the extent tree
        inode.other_blocks.push_back(*image_block);
        return 0;
    }
    const auto place = static_cast<std::uint64_t>(file_block);
    if (!inode.extents.empty()) {
        Extent &last = inode.extents.back();
        if (last.file_block + last.blocks == place && last.image_block + last.blocks == *image_block) {
            ++last.blocks;
            return 0;
        }
    }
    inode.extents.push_back({place, *image_block, 1});
    return 0;
}

} // namespace

PreviousImage::PreviousImage(const std::filesystem::path &image)
    : bytes_(image), file_system_(open_file_system(image, false)) {
    inodes_[""] = read_inode(EXT2_ROOT_INO);
    read_directory("", EXT2_ROOT_INO);
}

void PreviousImage::read_directory(const std::string &path, std::uint32_t number) {
    std::vector<std::pair<std::string, std::uint32_t>> names;
    check(ext2fs_dir_iterate(file_system_.get(), number, 0, nullptr, collect_name, &names),
          "cannot read /" + path + " of the earlier image");
    for (const auto &[name, inode_number] : names) {
        const std::string entry = path.empty() ? name : path + "/" + name;
        const PreviousInode &inode = inodes_[entry] = read_inode(inode_number);
        if (S_ISDIR(inode.mode))
            read_directory(entry, inode_number);
    }
}

PreviousInode PreviousImage::read_inode(std::uint32_t number) const {
    const std::string what = "inode " + std::to_string(number) + " of the earlier image";
    ext2_inode read{};
    check(ext2fs_read_inode(file_system_.get(), number, &read), "cannot read " + what);
    PreviousInode inode{.number = number, .mode = read.i_mode, .size_bytes = EXT2_I_SIZE(&read)};
    if (ext2fs_inode_has_valid_blocks2(file_system_.get(), &read) != 0)
        check(ext2fs_block_iterate3(file_system_.get(), number, BLOCK_FLAG_READ_ONLY, nullptr, collect_block,
                                    &inode),
              "cannot read the blocks of " + what);
    if (const blk64_t attributes = ext2fs_file_acl_block(file_system_.get(), &read); attributes != 0)
        inode.other_blocks.push_back(attributes);
    return inode;
}

std::span<const std::byte> PreviousImage::block(std::uint64_t number) const {
    return bytes_.bytes().subspan(number * block_bytes, block_bytes);
}

std::vector<std::byte> PreviousImage::contents(const PreviousInode &inode) const {
    std::vector<std::byte> result(blocks_for(inode.size_bytes) * block_bytes);
    for (const Extent &extent : inode.extents) {
        const auto from =
            bytes_.bytes().subspan(extent.image_block * block_bytes, extent.blocks * block_bytes);
        if ((extent.file_block + extent.blocks) * block_bytes > result.size())
            throw std::runtime_error("inode " + std::to_string(inode.number) +
                                     " of the earlier image has blocks behind its end");
        std::copy(from.begin(), from.end(),
                  result.begin() + static_cast<std::ptrdiff_t>(extent.file_block * block_bytes));
    }
    return result;
}

bool PreviousImage::holds(const PreviousInode &inode, const std::filesystem::path &file) const {
    if (std::filesystem::file_size(file) != inode.size_bytes)
        return false;
    FileReader reader(file);
    std::uint64_t done_bytes = 0;
    std::vector<Extent> extents = inode.extents;
    extents.push_back({blocks_for(inode.size_bytes), 0, 0}); // the end of the file, for a hole before it
    for (const Extent &extent : extents) {
        for (const std::uint64_t begin = extent.file_block * block_bytes; done_bytes < begin;) {
            const auto piece = reader.read(done_bytes, begin - done_bytes);
            if (piece.empty())
                break; // the file ends in a hole
            if (!is_zero(piece))
                return false;
            done_bytes += piece.size();
        }
        const auto old =
            bytes_.bytes().subspan(extent.image_block * block_bytes, extent.blocks * block_bytes);
        for (std::uint64_t at = 0; at < old.size();) {
            const auto piece = reader.read(done_bytes, old.size() - at);
            if (piece.empty())
                return done_bytes == inode.size_bytes && is_zero(old.subspan(at));
            if (!std::equal(piece.begin(), piece.end(), old.begin() + static_cast<std::ptrdiff_t>(at)))
                return false;
            at += piece.size();
            done_bytes += piece.size();
        }
    }
    return done_bytes == inode.size_bytes;
}

} // namespace image_tool
