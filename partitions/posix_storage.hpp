// The real storage: system calls of Linux. The only implementation of Storage that runs on an appliance.
#pragma once

#include "partitions/storage.hpp"

namespace partitions {

class PosixStorage : public Storage {
  public:
    std::unique_ptr<File> open(const std::filesystem::path &path, OpenMode mode,
                               mode_t create_mode = 0644) override;
    void rename(const std::filesystem::path &from, const std::filesystem::path &to) override;
    void remove(const std::filesystem::path &path) override;
    void make_directory(const std::filesystem::path &path, mode_t mode = 0755) override;
    void make_symlink(const std::filesystem::path &target, const std::filesystem::path &link) override;
    void make_hard_link(const std::filesystem::path &existing, const std::filesystem::path &link) override;
    void make_node(const std::filesystem::path &path, mode_t mode, dev_t device) override;
    void sync_directory(const std::filesystem::path &path) override;
    void sync_filesystem(const std::filesystem::path &path) override;
    void clone_file(const std::filesystem::path &from, const std::filesystem::path &to) override;
    void copy_attributes(const std::filesystem::path &from, const std::filesystem::path &to) override;
    std::vector<std::filesystem::path> list(const std::filesystem::path &directory) override;
    FileKind kind(const std::filesystem::path &path) override;
    FileDetails details(const std::filesystem::path &path) override;
    std::filesystem::path read_symlink(const std::filesystem::path &path) override;
};

} // namespace partitions
