// A folder for one test, removed at its end, with helpers to make and read entries.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

class ScratchTree {
  public:
    ScratchTree() {
        std::string name = (std::filesystem::temp_directory_path() / "hooks-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("mkdtemp failed");
        root_ = name;
    }
    ScratchTree(const ScratchTree &) = delete;
    ScratchTree &operator=(const ScratchTree &) = delete;
    ~ScratchTree() {
        std::error_code ignored; // a folder left in /tmp does no test harm
        std::filesystem::remove_all(root_, ignored);
    }

    std::filesystem::path operator/(const std::filesystem::path &relative) const { return root_ / relative; }

    void directory(const std::filesystem::path &path) const {
        std::filesystem::create_directories(root_ / path);
    }

    void file(const std::filesystem::path &path, std::string_view text, mode_t mode = 0644, uid_t owner = 0,
              gid_t group = 0) const {
        directory(path.parent_path());
        std::ofstream(root_ / path, std::ios::binary | std::ios::trunc) << text;
        require(chown((root_ / path).c_str(), owner, group) == 0 && chmod((root_ / path).c_str(), mode) == 0,
                path);
    }

    void link(const std::filesystem::path &path, const std::filesystem::path &target) const {
        directory(path.parent_path());
        std::filesystem::create_symlink(target, root_ / path);
    }

    /// The tests run as root: only root may make an overlay's marks.
    void whiteout(const std::filesystem::path &path) const {
        directory(path.parent_path());
        require(mknod((root_ / path).c_str(), S_IFCHR, makedev(0, 0)) == 0, path);
    }

    void null_device(const std::filesystem::path &path) const {
        directory(path.parent_path());
        require(mknod((root_ / path).c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0, path);
    }

    void opaque(const std::filesystem::path &path) const {
        directory(path);
        attribute(path, "trusted.overlay.opaque", "y");
    }

    void attribute(const std::filesystem::path &path, const char *name, std::string_view value) const {
        require(lsetxattr((root_ / path).c_str(), name, value.data(), value.size(), 0) == 0, path);
    }

    /// "(none)" if there is nothing, "(whiteout)", "(directory)", "-> target" or the text of a file.
    std::string look(const std::filesystem::path &path) const {
        struct stat status {};
        if (lstat((root_ / path).c_str(), &status) != 0)
            return "(none)";
        if (S_ISLNK(status.st_mode))
            return "-> " + std::filesystem::read_symlink(root_ / path).string();
        if (S_ISDIR(status.st_mode))
            return "(directory)";
        if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0))
            return "(whiteout)";
        std::ifstream stream(root_ / path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    struct stat status(const std::filesystem::path &path) const {
        struct stat result {};
        require(lstat((root_ / path).c_str(), &result) == 0, path);
        return result;
    }

    bool has_attribute(const std::filesystem::path &path, const char *name) const {
        return lgetxattr((root_ / path).c_str(), name, nullptr, 0) >= 0;
    }

  private:
    static void require(bool done, const std::filesystem::path &path) {
        if (!done)
            throw std::runtime_error("cannot prepare " + path.string() + "; these tests must run as root");
    }

    std::filesystem::path root_;
};
