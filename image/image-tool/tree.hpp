// The folder that an image is made of, read into memory without the contents of its files. The order of
// everything in it depends on names only, never on the disk that the folder lies on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace image_tool {

/// What becomes an inode.
struct Node {
    std::string
        path; ///< first of its names, from the tree's root, without a leading slash; the root's is empty
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
    std::int64_t modified_seconds = 0; ///< since 1970
    std::uint64_t size_bytes = 0;
    dev_t device = 0;
    std::uint32_t links = 0;
    std::string link_target;
    std::vector<std::pair<std::string, std::string>> attributes; ///< extended ones, by name
};

/// An entry of a directory.
struct Name {
    std::string name;
    std::size_t node = 0;
};

struct Tree {
    std::filesystem::path root;
    std::vector<Node>
        nodes; ///< each directory before what is in it, names in byte order; the root is the first
    std::vector<std::vector<Name>> children; ///< for each node; in byte order
    std::vector<std::size_t> parents;        ///< for each node; the root's is the root

    std::filesystem::path location(std::size_t node) const { return root / nodes[node].path; }
};

/// Times after `latest_seconds` are taken as that. /lost+found is left out: each file system has its own.
/// Throws std::system_error naming the file, std::runtime_error if something is mounted inside.
Tree read_tree(const std::filesystem::path &root, std::int64_t latest_seconds);

} // namespace image_tool
