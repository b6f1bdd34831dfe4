// An XFS like the appliance's data partition, for one test. Needs root.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/mount.h>

/// On a loop device, which is freed with the mount.
class MountedXfs {
  public:
    explicit MountedXfs(const std::filesystem::path &folder) : at_(folder / "mounted") {
        std::filesystem::create_directory(at_);
        const std::string image = (folder / "image").string();
        const std::string command = "truncate -s 400M " + image + " && mkfs.xfs -q -m reflink=1 " + image +
                                    " && mount -o loop " + image + " " + at_.string();
        if (std::system(command.c_str()) != 0)
            throw std::runtime_error("cannot make an XFS for this test");
    }
    MountedXfs(const MountedXfs &) = delete;
    MountedXfs &operator=(const MountedXfs &) = delete;
    ~MountedXfs() { umount2(at_.c_str(), MNT_DETACH); }

  private:
    std::filesystem::path at_;
};
