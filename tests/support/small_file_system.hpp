// A small file system, for tests of a full disk. Needs root.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/mount.h>
#include <system_error>

/// The destructor unmounts and removes it.
class SmallFileSystem {
  public:
    explicit SmallFileSystem(std::uint64_t size_bytes) {
        const std::string options = "size=" + std::to_string(size_bytes);
        if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) != 0)
            throw std::system_error(errno, std::generic_category(), "mounting a small file system");
    }
    ~SmallFileSystem() { ::umount2(folder_.path().c_str(), MNT_DETACH); }
    SmallFileSystem(const SmallFileSystem &) = delete;
    SmallFileSystem &operator=(const SmallFileSystem &) = delete;

    const std::filesystem::path &path() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
};
