// Walks the directories of an ext4 image.
#include "image/delta/file_map.hpp"

#include "partitions/zeros.hpp"

#include <algorithm>
#include <ext2fs/ext2fs.h>
#include <memory>
#include <set>
#include <stdexcept>

namespace delta {

namespace {

constexpr std::uint64_t page_bytes = 4096;

void add_extent(ImageFile &file, std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    file.length_bytes += length_bytes;
    if (!file.extents.empty() &&
        file.extents.back().offset_bytes + file.extents.back().length_bytes == offset_bytes)
        file.extents.back().length_bytes += length_bytes;
    else
        file.extents.push_back({offset_bytes, length_bytes});
}

class Walk {
  public:
    Walk(ext2_filsys filesystem, std::vector<ImageFile> &files) : filesystem_(filesystem), files_(files) {}

    void directory(ext2_ino_t inode, const std::string &path) {
        if (!seen_.insert(inode).second)
            return;
        add(inode, path + "/");
        struct Entry {
            ext2_ino_t inode;
            std::string name;
        };
        std::vector<Entry> entries;
        const auto collect = [](ext2_ino_t, int, ext2_dir_entry *entry, int, int, char *, void *data) {
            const std::string name(entry->name, static_cast<std::size_t>(ext2fs_dirent_name_len(entry)));
            if (entry->inode != 0 && name != "." && name != "..")
                static_cast<std::vector<Entry> *>(data)->push_back({entry->inode, name});
            return 0;
        };
        require(ext2fs_dir_iterate2(filesystem_, inode, 0, nullptr, collect, &entries), path);
        for (const Entry &entry : entries) {
            ext2_inode details{};
            require(ext2fs_read_inode(filesystem_, entry.inode, &details), path + "/" + entry.name);
            if (LINUX_S_ISDIR(details.i_mode))
                directory(entry.inode, path + "/" + entry.name);
            else if (LINUX_S_ISREG(details.i_mode) && seen_.insert(entry.inode).second)
                add(entry.inode, path + "/" + entry.name);
        }
    }

  private:
    static void require(errcode_t error, const std::string &what) {
        if (error != 0)
            throw std::runtime_error("cannot read " + what + " in the image: libext2fs error " +
                                     std::to_string(error));
    }

    void add(ext2_ino_t inode, const std::string &path) {
        struct Collection {
            ImageFile file;
            std::uint64_t block_bytes;
        } collection{{path, {}, 0}, filesystem_->blocksize};
        const auto collect = [](ext2_filsys, blk64_t *block, e2_blkcnt_t number, blk64_t, int, void *data) {
            auto &all = *static_cast<Collection *>(data);
            if (number >= 0) // not an index block
                add_extent(all.file, *block * all.block_bytes, all.block_bytes);
            return 0;
        };
        const errcode_t error =
            ext2fs_block_iterate3(filesystem_, inode, BLOCK_FLAG_READ_ONLY, nullptr, collect, &collection);
        if (error == EXT2_ET_INLINE_DATA_CANT_ITERATE)
            return;
        require(error, path);
        if (!collection.file.extents.empty())
            files_.push_back(std::move(collection.file));
    }

    ext2_filsys filesystem_;
    std::vector<ImageFile> &files_;
    std::set<ext2_ino_t> seen_;
};

/// The blocks that are not zero and in no file.
ImageFile rest_of(const std::vector<ImageFile> &files, std::span<const std::byte> bytes) {
    std::vector<bool> owned((bytes.size() + page_bytes - 1) / page_bytes, false);
    for (const ImageFile &file : files)
        for (const Extent &extent : file.extents)
            for (std::uint64_t at = extent.offset_bytes; at < extent.offset_bytes + extent.length_bytes;
                 at += page_bytes)
                owned.at(at / page_bytes) = true;
    ImageFile rest;
    for (std::uint64_t page = 0; page < owned.size(); ++page) {
        const std::uint64_t offset = page * page_bytes;
        const std::uint64_t length = std::min<std::uint64_t>(page_bytes, bytes.size() - offset);
        if (!owned[page] && !partitions::all_zero(bytes.subspan(offset, length)))
            add_extent(rest, offset, length);
    }
    return rest;
}

struct Close {
    void operator()(struct_ext2_filsys *filesystem) const {
        ext2fs_close_free(&filesystem); // opened for reading: nothing can be lost
    }
};

} // namespace

std::vector<ImageFile> map_files(const std::filesystem::path &image, std::span<const std::byte> bytes) {
    std::vector<ImageFile> files;
    ext2_filsys opened = nullptr;
    const errcode_t error = ext2fs_open(image.c_str(), EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &opened);
    const std::unique_ptr<struct_ext2_filsys, Close> filesystem(opened);
    // Extents are multiples of a page; a file system with smaller blocks is treated as unknown.
    if (error == 0 && filesystem->blocksize % page_bytes == 0)
        Walk(filesystem.get(), files).directory(EXT2_ROOT_INO, "");
    files.push_back(rest_of(files, bytes));
    std::ranges::sort(files, {}, &ImageFile::path);
    return files;
}

std::vector<std::byte> contents_of(const ImageFile &file, std::span<const std::byte> image) {
    std::vector<std::byte> contents;
    contents.reserve(file.length_bytes);
    for (const Extent &extent : file.extents) {
        const auto piece = image.subspan(extent.offset_bytes, extent.length_bytes);
        contents.insert(contents.end(), piece.begin(), piece.end());
    }
    return contents;
}

} // namespace delta
