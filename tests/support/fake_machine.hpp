// The disk with the script of the test: which operations are done, when the power goes. Private to
// tests/support.
#pragma once

#include "tests/support/fake_disk.hpp"
#include "tests/support/fake_storage.hpp"

#include <map>
#include <mutex>
#include <optional>

namespace partitions_test {

/// 0: the file system itself, as it is seen where nothing is mounted over it.
using MountNumber = unsigned;

/// Gone when the machine restarts: a rebooted storage has none.
struct FakeMount {
    MountNumber below = 0;  ///< what the covered directory is seen through
    NodeNumber covered = 0; ///< the directory, in `below`
    NodeNumber shown = 0;   ///< what is seen there instead
    bool read_only = false;
    unsigned open_files = 0;
};

struct FakeMachine {
    /// Where a path leads: the directory and name always, the node if there is one.
    struct Place {
        NodeNumber directory = 0;
        std::string name;
        std::optional<NodeNumber> node;
        MountNumber mount = 0;      ///< that the name is in
        MountNumber node_mount = 0; ///< that the node is in; another one if something is mounted here
    };

    /// Called first by every changing operation.
    void step(const std::string &operation, const std::filesystem::path &path);
    /// For changes of names: also refuses what a mount forbids.
    void step_at(const Place &place, const std::string &operation, const std::filesystem::path &path);
    void require_writable(MountNumber mount, const std::string &operation,
                          const std::filesystem::path &path) const;
    /// The name can be changed: it is not on a read-only mount, and nothing is mounted on it.
    void require_free_of_mounts(const Place &place, const std::string &operation,
                                const std::filesystem::path &path) const;
    void require_power(const std::string &operation) const;

    /// All throw as the kernel would: StorageNotFound for a missing directory or, where it must exist, the
    /// path.
    Place find(const std::filesystem::path &path, bool follow_last = false, int links_left = 20) const;
    NodeNumber existing(const std::filesystem::path &path, bool follow_last = false) const;
    NodeNumber existing_directory(const std::filesystem::path &path) const;
    Place vacant(const std::filesystem::path &path) const;
    FakeNode &node(NodeNumber number) { return disk.nodes.at(number); }
    const FakeNode &node(NodeNumber number) const { return disk.nodes.at(number); }
    void link(const Place &place, std::optional<NodeNumber> target);
    /// The node that shows at this node: the last one mounted on it, and so on recursively.
    void cross_mounts(MountNumber &mount, NodeNumber &number) const;

    FakeDisk disk;
    std::map<MountNumber, FakeMount> mounts;
    MountNumber next_mount = 1;
    std::vector<std::string> operations;
    std::optional<std::size_t> operations_left;
    bool power = true;
    std::map<std::string, FakeStorage::Failure> failures;
    std::function<void(const std::string &)> told_before = [](const std::string &) {};
    std::recursive_mutex one_at_a_time; ///< devices may be used by several threads
};

} // namespace partitions_test
