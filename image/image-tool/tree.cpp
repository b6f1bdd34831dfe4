// Reading a folder; see the header.
#include "image/image-tool/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>

namespace image_tool {
namespace {

std::system_error failure(const std::string &what, const std::filesystem::path &path) {
    return {errno, std::generic_category(), what + " " + path.string()};
}

std::string read_link(const std::filesystem::path &path, std::uint64_t size_bytes) {
    std::string target(size_bytes + 1, '\0');
    const ssize_t length = readlink(path.c_str(), target.data(), target.size());
    if (length < 0)
        throw failure("cannot read the link", path);
    target.resize(static_cast<std::size_t>(length));
    return target;
}

std::vector<std::pair<std::string, std::string>> read_attributes(const std::filesystem::path &path) {
    const ssize_t length = llistxattr(path.c_str(), nullptr, 0);
    if (length < 0 && errno != ENOTSUP)
        throw failure("cannot list the extended attributes of", path);
    if (length <= 0)
        return {};
    std::string names(static_cast<std::size_t>(length), '\0');
    if (llistxattr(path.c_str(), names.data(), names.size()) != length)
        throw failure("cannot list the extended attributes of", path);
    std::vector<std::pair<std::string, std::string>> attributes;
    for (std::size_t begin = 0; begin < names.size(); begin = names.find('\0', begin) + 1) {
        const std::string name = names.c_str() + begin;
        std::string value(65536, '\0'); // XATTR_SIZE_MAX, linux/limits.h
        const ssize_t value_length = lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        if (value_length < 0)
            throw failure("cannot read the extended attribute " + name + " of", path);
        value.resize(static_cast<std::size_t>(value_length));
        attributes.emplace_back(name, std::move(value));
    }
    std::sort(attributes.begin(), attributes.end());
    return attributes;
}

class Reader {
  public:
    Reader(const std::filesystem::path &root, std::int64_t latest_seconds) : latest_seconds_(latest_seconds) {
        tree_.root = root;
    }

    Tree read() {
        const struct stat status = examine(tree_.root);
        if (!S_ISDIR(status.st_mode))
            throw std::runtime_error(tree_.root.string() + " is not a folder");
        device_ = status.st_dev;
        add("", 0, status);
        read_directory(0);
        return std::move(tree_);
    }

  private:
    static struct stat examine(const std::filesystem::path &path) {
        struct stat status {};
        if (lstat(path.c_str(), &status) != 0)
            throw failure("cannot examine", path);
        return status;
    }

    std::size_t add(const std::string &path, std::size_t parent, const struct stat &status) {
        const std::size_t number = tree_.nodes.size();
        const std::filesystem::path location = tree_.root / path;
        Node node{.path = path,
                  .mode = status.st_mode,
                  .owner = status.st_uid,
                  .group = status.st_gid,
                  .modified_seconds = std::clamp<std::int64_t>(status.st_mtim.tv_sec, 0, latest_seconds_),
                  .size_bytes = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0,
                  .device = status.st_rdev,
                  .attributes = read_attributes(location)};
        if (S_ISLNK(status.st_mode)) {
            node.link_target = read_link(location, static_cast<std::uint64_t>(status.st_size));
            node.size_bytes = node.link_target.size();
        }
        tree_.nodes.push_back(std::move(node));
        tree_.children.emplace_back();
        tree_.parents.push_back(parent);
        return number;
    }

    void read_directory(std::size_t directory) {
        const std::string path = tree_.nodes[directory].path;
        std::vector<std::string> names;
        for (const auto &entry : std::filesystem::directory_iterator(tree_.root / path)) // throws naming it
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        tree_.nodes[directory].links = 2;
        for (const std::string &name : names)
            if (directory != 0 || name != "lost+found")
                read_entry(directory, path.empty() ? name : path + "/" + name, name);
    }

    void read_entry(std::size_t directory, const std::string &path, const std::string &name) {
        const struct stat status = examine(tree_.root / path);
        if (status.st_dev != device_)
            throw std::runtime_error("something is mounted on " + (tree_.root / path).string() +
                                     ": unmount it, an image holds only what is in the folder itself");
        const bool is_directory = S_ISDIR(status.st_mode);
        if (!is_directory && status.st_nlink > 1) {
            const auto [known, is_new] = hard_links_.try_emplace(status.st_ino, tree_.nodes.size());
            if (!is_new) {
                tree_.children[directory].push_back({name, known->second});
                ++tree_.nodes[known->second].links;
                return;
            }
        }
        const std::size_t node = add(path, directory, status);
        tree_.children[directory].push_back({name, node});
        tree_.nodes[node].links = 1;
        if (is_directory) {
            ++tree_.nodes[directory].links;
            read_directory(node);
        }
    }

    Tree tree_;
    std::int64_t latest_seconds_;
    dev_t device_ = 0;
    std::map<ino_t, std::size_t> hard_links_;
};

} // namespace

Tree read_tree(const std::filesystem::path &root, std::int64_t latest_seconds) {
    return Reader(root, latest_seconds).read();
}

} // namespace image_tool
