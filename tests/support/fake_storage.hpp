// A storage in memory that behaves like a disk with a write cache: it records every changing operation, can
// cut the power after any of them, and then shows what a reboot would find. Stricter than ext4 and XFS: only
// what was synced explicitly is durable, except attributes (owner, mode, extended ones), which are durable at
// once.
#pragma once

#include "partitions/storage.hpp"
#include "tests/support/unsynced_fate.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace partitions_test {

struct FakeDisk;
struct FakeMachine;

/// The power was cut. Deliberately not a std::exception: no code under test may catch it and continue.
struct PowerCut {
    std::string before_operation;
};

/// Paths are absolute; symbolic links on the way are followed. One file system; FakeMounts shows parts of it
/// at other places.
class FakeStorage : public partitions::Storage {
  public:
    FakeStorage();
    ~FakeStorage() override;

    // --- the script of a test ---
    /// Lets this many more changing operations succeed; the next one, and everything after it, throws
    /// PowerCut.
    void cut_power_after(std::size_t operations);
    /// What the disk holds when the power comes back; can be called with the power on too.
    std::unique_ptr<FakeStorage> after_reboot(const UnsyncedFate &fate) const;
    /// From now on the operations whose text contains this fail: with StorageFull or with StorageError.
    enum class Failure { full, broken };
    void fail_when(std::string text_in_operation, Failure failure);
    void heal();
    /// Calls this before each changing operation; it may use after_reboot(), and may throw.
    void before_each(std::function<void(const std::string &operation)> told);
    /// The changing operations so far, such as "write /a 0+512", "rename /a.new /a", "sync /a",
    /// "sync-directory /".
    const std::vector<std::string> &operations() const;

    // --- preparing and looking, past script and record; what is put is durable ---
    void put_file(const std::filesystem::path &path, std::string_view contents, mode_t mode = 0644);
    void put_directory(const std::filesystem::path &path);
    void put_symlink(const std::filesystem::path &target, const std::filesystem::path &link);
    /// Opens as OpenMode::block_device.
    void put_device(const std::filesystem::path &path, std::uint64_t size_bytes);
    void put_attribute(const std::filesystem::path &path, const std::string &name, std::string_view value);
    void put_owner(const std::filesystem::path &path, uid_t owner, gid_t group);
    /// Removes a file, or a directory with everything in it, if it exists.
    void take_away(const std::filesystem::path &path);
    bool exists(const std::filesystem::path &path) const;
    std::string contents(const std::filesystem::path &path) const; ///< follows links
    /// Every path below with kind, permissions, owner, extended attributes and contents: for comparing trees.
    /// Each line begins with the path within the tree.
    std::string describe(const std::filesystem::path &path = "/") const;
    /// The same for everything that programs see, devices included.
    std::size_t fingerprint() const;

    // --- Storage: changes of one name or directory ---
    std::unique_ptr<partitions::File> open(const std::filesystem::path &path, partitions::OpenMode mode,
                                           mode_t create_mode = 0644) override;
    void rename(const std::filesystem::path &from, const std::filesystem::path &to) override;
    void remove(const std::filesystem::path &path) override;
    void make_directory(const std::filesystem::path &path, mode_t mode = 0755) override;
    void make_symlink(const std::filesystem::path &target, const std::filesystem::path &link) override;
    // --- Storage: what makes them durable ---
    void sync_directory(const std::filesystem::path &path) override;
    void sync_filesystem(const std::filesystem::path &path) override;
    // --- Storage: what copies of trees are made of ---
    void make_hard_link(const std::filesystem::path &existing, const std::filesystem::path &link) override;
    void make_node(const std::filesystem::path &path, mode_t mode, dev_t device) override;
    void clone_file(const std::filesystem::path &from, const std::filesystem::path &to) override;
    void copy_attributes(const std::filesystem::path &from, const std::filesystem::path &to) override;
    // --- Storage: what changes nothing ---
    std::vector<std::filesystem::path> list(const std::filesystem::path &directory) override;
    partitions::FileKind kind(const std::filesystem::path &path) override;
    partitions::FileDetails details(const std::filesystem::path &path) override;
    std::filesystem::path read_symlink(const std::filesystem::path &path) override;

  private:
    friend class FakeMounts;
    explicit FakeStorage(const FakeDisk &disk);

    std::shared_ptr<FakeMachine> machine_; ///< open files share it
};

} // namespace partitions_test
