// What is durable, and what a power cut leaves.
#include "tests/support/fake_disk.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <sys/stat.h>

namespace partitions_test {

namespace {

constexpr std::uint64_t sector_bytes = 512;

void put_bytes(std::string &contents, std::uint64_t offset_bytes, std::string_view bytes) {
    if (contents.size() < offset_bytes + bytes.size())
        contents.resize(offset_bytes + bytes.size(), '\0');
    std::ranges::copy(bytes, contents.begin() + static_cast<std::ptrdiff_t>(offset_bytes));
}

// Each sector at random: it is on the disk or not, in any order.
void apply_torn(std::string &contents, const DataChange &change, std::mt19937 &chance) {
    const std::uint64_t end = change.offset_bytes + change.bytes.size();
    if (change.resulting_size < contents.size() && chance() % 2 == 0)
        contents.resize(change.resulting_size);
    for (std::uint64_t begin = change.offset_bytes; begin < end;) {
        const std::uint64_t next = std::min(end, (begin / sector_bytes + 1) * sector_bytes);
        if (chance() % 2 == 0)
            put_bytes(contents, begin,
                      std::string_view(change.bytes).substr(begin - change.offset_bytes, next - begin));
        begin = next;
    }
    if (change.resulting_size > contents.size() && chance() % 2 == 0)
        contents.resize(change.resulting_size, '\0'); // the size arrived, the data did not
}

void apply_names(std::map<NodeNumber, FakeNode> &nodes, const NameChange &change) {
    for (const NameEdit &edit : change) {
        auto &entries = nodes.at(edit.directory).durable_entries;
        if (edit.node)
            entries[edit.name] = *edit.node;
        else
            entries.erase(edit.name);
    }
}

} // namespace

FakeDisk::FakeDisk() {
    FakeNode directory;
    directory.kind = partitions::FileKind::directory;
    directory.mode = S_IFDIR | 0755;
    nodes.emplace(root, std::move(directory));
}

NodeNumber FakeDisk::add(FakeNode node) {
    nodes.emplace(next_number, std::move(node));
    return next_number++;
}

void FakeDisk::change_data(NodeNumber number, DataChange change) {
    FakeNode &node = nodes.at(number);
    put_bytes(node.contents, change.offset_bytes, change.bytes);
    node.contents.resize(change.resulting_size, '\0');
    node.unsynced.push_back(std::move(change));
}

void FakeDisk::sync_data(NodeNumber number) {
    FakeNode &node = nodes.at(number);
    node.durable_contents = node.contents;
    node.unsynced.clear();
}

void FakeDisk::change_names(NameChange change) {
    for (const NameEdit &edit : change) {
        auto &entries = nodes.at(edit.directory).entries;
        if (edit.node)
            entries[edit.name] = *edit.node;
        else
            entries.erase(edit.name);
    }
    unsynced_names.push_back(std::move(change));
}

void FakeDisk::sync_names(NodeNumber directory) {
    // From the last to the first: whatever changed a name before a change that is made durable goes with it.
    std::set<std::pair<NodeNumber, std::string>> names;
    std::vector<bool> chosen(unsynced_names.size());
    for (std::size_t index = unsynced_names.size(); index-- > 0;) {
        NameChange &change = unsynced_names[index];
        for (NameEdit &edit : change)
            edit.synced = edit.synced || edit.directory == directory;
        chosen[index] = std::ranges::all_of(change, &NameEdit::synced) ||
                        std::ranges::any_of(change, [&](const NameEdit &edit) {
                            return names.contains({edit.directory, edit.name});
                        });
        if (chosen[index])
            for (const NameEdit &edit : change)
                names.emplace(edit.directory, edit.name);
    }
    std::vector<NameChange> remaining;
    for (std::size_t index = 0; index < unsynced_names.size(); ++index) {
        if (chosen[index])
            apply_names(nodes, unsynced_names[index]);
        else
            remaining.push_back(std::move(unsynced_names[index]));
    }
    unsynced_names = std::move(remaining);
}

void FakeDisk::sync_everything() {
    for (auto &[number, node] : nodes) {
        sync_data(number);
        node.durable_entries = node.entries;
    }
    unsynced_names.clear();
}

void FakeDisk::lose_power(const UnsyncedFate &fate) {
    std::mt19937 chance(fate.seed);
    for (const NameChange &change : unsynced_names)
        if (fate.names == Fate::kept || (fate.names == Fate::torn && chance() % 2 == 0))
            apply_names(nodes, change);
    unsynced_names.clear();
    for (auto &[number, node] : nodes) {
        if (fate.data == Fate::torn)
            for (const DataChange &change : node.unsynced)
                apply_torn(node.durable_contents, change, chance);
        node.contents = fate.data == Fate::kept ? node.contents : node.durable_contents;
        node.entries = node.durable_entries;
        sync_data(number);
    }
}

std::vector<UnsyncedFate> every_fate(unsigned seeds) {
    std::vector<UnsyncedFate> fates;
    for (const Fate names : {Fate::lost, Fate::kept})
        for (const Fate data : {Fate::lost, Fate::kept})
            fates.push_back({names, data, 0});
    for (unsigned seed = 1; seed <= seeds; ++seed)
        fates.push_back({Fate::torn, Fate::torn, seed});
    return fates;
}

std::string text_of(const UnsyncedFate &fate) {
    const auto word = [](Fate one) {
        switch (one) {
        case Fate::lost:
            return "lost";
        case Fate::kept:
            return "kept";
        case Fate::torn:
            return "torn";
        }
        return "?";
    };
    return std::string("names ") + word(fate.names) + ", data " + word(fate.data) + ", seed " +
           std::to_string(fate.seed);
}

} // namespace partitions_test
