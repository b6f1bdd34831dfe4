// Writing an image; see the header.
#include "image/image-tool/image_writer.hpp"

#include "image/image-tool/file_reader.hpp"
#include "image/image-tool/inode_writer.hpp"
#include "image/image-tool/placement.hpp"
#include "image/image-tool/previous_image.hpp"
#include "image/image-tool/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace image_tool {
namespace {

std::uint8_t type_of(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return EXT2_FT_REG_FILE;
    case S_IFDIR:
        return EXT2_FT_DIR;
    case S_IFLNK:
        return EXT2_FT_SYMLINK;
    case S_IFCHR:
        return EXT2_FT_CHRDEV;
    case S_IFBLK:
        return EXT2_FT_BLKDEV;
    case S_IFIFO:
        return EXT2_FT_FIFO;
    case S_IFSOCK:
        return EXT2_FT_SOCK;
    default:
        return EXT2_FT_UNKNOWN;
    }
}

class ImageWriter {
  public:
    ImageWriter(const std::filesystem::path &image, const Tree &tree)
        : tree_(tree), file_system_(open_file_system(image, true)), image_(image),
          descriptor_(open(image.c_str(), O_RDWR | O_CLOEXEC)) {
        if (descriptor_ < 0)
            throw failure("cannot open");
    }
    ~ImageWriter() { close(descriptor_); }
    ImageWriter(const ImageWriter &) = delete;
    ImageWriter &operator=(const ImageWriter &) = delete;

    void write(const PreviousImage *previous, std::int64_t time_seconds) {
        ext2_filsys file_system = file_system_.get();
        // Copies of the superblock stay as mke2fs made them; they are never updated, so that they do not
        // change.
        file_system->flags |= EXT2_FLAG_MASTER_SB_ONLY;
        file_system->now = time_seconds;
        Placement placement = place(tree_, take_room(), previous);
        {
            InodeWriter inodes(file_system, placement.left);
            for (std::size_t node = 0; node < tree_.nodes.size(); ++node)
                inodes.write(tree_.nodes[node], placement.places[node]);
        }
        for (std::size_t node = 0; node < tree_.nodes.size(); ++node)
            write_contents(node, placement);
        file_system->super->s_kbytes_written = 0;
        ext2fs_mark_super_dirty(file_system);
        ext2_filsys closing = file_system_.release();
        check(ext2fs_close_free(&closing), "cannot finish " + image_.string());
        if (fsync(descriptor_) != 0)
            throw failure("cannot sync");
    }

  private:
    std::system_error failure(const std::string &what) const {
        return {errno, std::generic_category(), what + " " + image_.string()};
    }

    /// The space that mke2fs left free. Frees the root directory's block too, which is placed like any other.
    Room take_room() {
        ext2_filsys file_system = file_system_.get();
        check(ext2fs_namei(file_system, EXT2_ROOT_INO, EXT2_ROOT_INO, "lost+found", &lost_and_found_),
              "cannot find lost+found in " + image_.string());
        blk64_t root_block = 0;
        check(ext2fs_bmap2(file_system, EXT2_ROOT_INO, nullptr, nullptr, 0, 0, nullptr, &root_block),
              "cannot read the root directory of " + image_.string());
        ext2fs_block_alloc_stats2(file_system, root_block, -1);
        write_bytes(std::vector<std::byte>(block_bytes), root_block * block_bytes);
        Room room{.first_inode = lost_and_found_ + 1,
                  .last_inode = file_system->super->s_inodes_count,
                  .root_inode = EXT2_ROOT_INO};
        const blk64_t end = ext2fs_blocks_count(file_system->super);
        for (blk64_t block = file_system->super->s_first_data_block; block < end; ++block)
            if (ext2fs_test_block_bitmap2(file_system->block_map, block) == 0)
                room.blocks.add({block, 1});
        return room;
    }

    void write_bytes(std::span<const std::byte> bytes, std::uint64_t offset_bytes) {
        while (!bytes.empty()) {
            const ssize_t written =
                pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                throw failure("cannot write");
            bytes = bytes.subspan(static_cast<std::size_t>(written));
            offset_bytes += static_cast<std::uint64_t>(written);
        }
    }

    void write_contents(std::size_t node, const Placement &placement) {
        const Place &place = placement.places[node];
        if (place.directory)
            write_directory(node, placement);
        else if (S_ISLNK(tree_.nodes[node].mode) && !place.extents.empty())
            write_bytes(std::as_bytes(std::span(tree_.nodes[node].link_target)),
                        place.extents[0].image_block * block_bytes);
        else if (!place.extents.empty())
            write_file(node, place.extents);
    }

    void write_file(std::size_t node, const std::vector<Extent> &extents) {
        FileReader reader(tree_.location(node));
        for (const Extent &extent : extents) {
            const std::uint64_t end = (extent.file_block + extent.blocks) * block_bytes;
            for (std::uint64_t at = extent.file_block * block_bytes; at < end;) {
                const auto piece = reader.read(at, end - at);
                if (piece.empty())
                    break; // the rest of the last block
                write_bytes(piece, extent.image_block * block_bytes + at - extent.file_block * block_bytes);
                at += piece.size();
            }
        }
    }

    void write_directory(std::size_t node, const Placement &placement) {
        const Place &place = placement.places[node];
        const std::vector<Name> &children = tree_.children[node];
        const auto target_of = [&](const std::string &name) -> Directory::Target {
            if (name == ".")
                return {place.inode, EXT2_FT_DIR};
            if (name == "..")
                return {placement.places[tree_.parents[node]].inode, EXT2_FT_DIR};
            const auto child = std::lower_bound(
                children.begin(), children.end(), name,
                [](const Name &entry, const std::string &wanted) { return entry.name < wanted; });
            if (child == children.end() || child->name != name)
                return {lost_and_found_, EXT2_FT_DIR}; // the only entry that the tree does not have
            return {placement.places[child->node].inode, type_of(tree_.nodes[child->node].mode)};
        };
        std::vector<std::byte> bytes = place.directory->contents(target_of);
        for (const Extent &extent : place.extents) {
            for (std::uint64_t block = 0; block < extent.blocks; ++block) {
                std::byte *begin = bytes.data() + (extent.file_block + block) * block_bytes;
                check(ext2fs_write_dir_block4(file_system_.get(), extent.image_block + block, begin, 0,
                                              place.inode),
                      "cannot write the folder /" + tree_.nodes[node].path);
            }
        }
    }

    const Tree &tree_;
    FileSystem file_system_;
    std::filesystem::path image_;
    int descriptor_;
    ext2_ino_t lost_and_found_ = 0;
};

} // namespace

void build_image(const ImageRequest &request) {
    std::optional<PreviousImage> previous;
    if (request.previous)
        previous.emplace(*request.previous);
    Tree tree = read_tree(request.tree, request.file_system.time_seconds);
    ++tree.nodes[0].links; // lost+found
    std::filesystem::path unfinished = request.output;
    unfinished += ".unfinished";
    try {
        make_file_system(unfinished, request.file_system);
        ImageWriter(unfinished, tree)
            .write(previous ? &*previous : nullptr, request.file_system.time_seconds);
        std::filesystem::rename(unfinished, request.output);
    } catch (...) {
        std::error_code ignored; // the first failure is the one to report
        std::filesystem::remove(unfinished, ignored);
        throw;
    }
}

} // namespace image_tool
