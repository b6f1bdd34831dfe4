// Real directories, loop devices and file systems for tests; their destructors release them. Needs root, as
// the product does.
#pragma once

#include <filesystem>
#include <string>

namespace partitions_test {

/// Runs a shell command; returns its standard output. Throws std::runtime_error with all it printed when it
/// fails.
std::string shell(const std::string &command);

class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory &) = delete;
    TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;
    const std::filesystem::path &path() const { return path_; }
    std::filesystem::path operator/(const std::string &name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// A disk in a sparse file.
class LoopDisk {
  public:
    explicit LoopDisk(const std::filesystem::path &file, std::uint64_t size_bytes);
    ~LoopDisk();
    LoopDisk(const LoopDisk &) = delete;
    LoopDisk &operator=(const LoopDisk &) = delete;

    const std::filesystem::path &device() const { return device_; }
    /// Makes two partitions with these names and lets the kernel read the partition table.
    void partition(const std::string &first_name, const std::string &second_name);
    /// From 1.
    std::filesystem::path partition_device(int number) const;

  private:
    std::filesystem::path device_;
    bool partitioned_ = false;
};

/// A file system of its own, mounted.
class Volume {
  public:
    /// type: "xfs" (with reflink) or "ext4".
    Volume(const TemporaryDirectory &directory, const std::string &type);
    ~Volume();
    Volume(const Volume &) = delete;
    Volume &operator=(const Volume &) = delete;
    const std::filesystem::path &path() const { return mount_point_; }

  private:
    LoopDisk disk_;
    std::filesystem::path mount_point_;
};

/// A name no other test run on this machine uses at the same time.
std::string unique_label(const std::string &prefix);

} // namespace partitions_test
