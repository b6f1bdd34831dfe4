// The state of the fake storage: the tree of files as programs see it, and what is durable on the disk.
// Private to tests/support.
#pragma once

#include "partitions/storage.hpp"
#include "tests/support/unsynced_fate.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace partitions_test {

using NodeNumber = std::uint64_t;

/// A change of a file's contents that is not synced yet.
struct DataChange {
    std::uint64_t offset_bytes = 0;
    std::string bytes;
    std::uint64_t resulting_size = 0; ///< smaller than what was there: the file was cut short
};

struct FakeNode {
    partitions::FileKind kind = partitions::FileKind::file;
    mode_t mode = 0;
    uid_t owner = 0;
    gid_t group = 0;
    dev_t device = 0;
    std::map<std::string, std::string> attributes; ///< extended ones
    std::string target;                            ///< of a symbolic link
    std::string contents;
    std::string durable_contents;
    std::vector<DataChange> unsynced;
    std::map<std::string, NodeNumber> entries;
    std::map<std::string, NodeNumber> durable_entries;
};

struct NameEdit {
    NodeNumber directory = 0;
    std::string name;
    std::optional<NodeNumber> node; ///< none: the name goes
    bool synced = false;            ///< its directory was, since
};

/// A change of names that happens as a whole or not at all. Durable when all its directories were synced.
using NameChange = std::vector<NameEdit>;

struct FakeDisk {
    static constexpr NodeNumber root = 1;

    FakeDisk();

    NodeNumber add(FakeNode node);
    void change_data(NodeNumber node, DataChange change);
    void sync_data(NodeNumber node);
    void change_names(NameChange change);
    /// Makes durable the changes of this directory, and with them what they build on.
    void sync_names(NodeNumber directory);
    void sync_everything();
    /// Applies the fate to all that is not durable; afterwards everything is.
    void lose_power(const UnsyncedFate &fate);

    std::map<NodeNumber, FakeNode> nodes;
    std::vector<NameChange> unsynced_names; ///< in their order
    NodeNumber next_number = root + 1;
};

} // namespace partitions_test
