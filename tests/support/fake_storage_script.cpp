// The script of a test, and preparing the fake storage and looking at it past script and record.
#include "tests/support/fake_machine.hpp"
#include "tests/support/fake_storage.hpp"

#include <functional>
#include <sstream>
#include <sys/stat.h>

namespace partitions_test {

using partitions::FileKind;
using std::filesystem::path;

namespace {

// The names and the data are durable at once; what is pending elsewhere stays pending.
void put(FakeMachine &machine, const path &path, FakeNode node) {
    bool has_directory = false;
    try {
        has_directory = machine.find(path.parent_path(), true).node.has_value();
    } catch (const partitions::StorageNotFound &) {
        // not even the directory above it: made below
    }
    if (!has_directory) {
        FakeNode directory;
        directory.kind = partitions::FileKind::directory;
        directory.mode = S_IFDIR | 0755;
        put(machine, path.parent_path(), std::move(directory));
    }
    node.durable_contents = node.contents;
    const FakeMachine::Place place = machine.find(path);
    machine.link(place, machine.disk.add(std::move(node)));
    machine.disk.sync_names(place.directory);
}

void describe_below(const FakeMachine &machine, NodeNumber number, const std::string &name,
                    std::ostream &out) {
    const FakeNode &node = machine.node(number);
    out << name << " mode " << std::oct << node.mode << std::dec << " owner " << node.owner << ':'
        << node.group;
    for (const auto &[attribute, value] : node.attributes)
        out << ' ' << attribute << '=' << value;
    switch (node.kind) {
    case partitions::FileKind::file:
        out << " file [" << node.contents << ']';
        break;
    case partitions::FileKind::symlink:
        out << " link to " << node.target;
        break;
    case partitions::FileKind::other:
        out << " device " << node.device;
        break;
    case partitions::FileKind::directory:
    case partitions::FileKind::none:
        break;
    }
    out << '\n';
    for (const auto &[entry, below] : node.entries) {
        std::string path_below = name;
        path_below.append("/").append(entry);
        describe_below(machine, below, path_below, out);
    }
}

} // namespace

void FakeStorage::cut_power_after(std::size_t operations) {
    machine_->operations_left = operations;
}

std::unique_ptr<FakeStorage> FakeStorage::after_reboot(const UnsyncedFate &fate) const {
    std::unique_ptr<FakeStorage> rebooted(new FakeStorage(machine_->disk));
    rebooted->machine_->disk.lose_power(fate);
    return rebooted;
}

void FakeStorage::fail_when(std::string text_in_operation, Failure failure) {
    machine_->failures[std::move(text_in_operation)] = failure;
}

void FakeStorage::before_each(std::function<void(const std::string &)> told) {
    machine_->told_before = std::move(told);
}

void FakeStorage::heal() {
    machine_->failures.clear();
}

const std::vector<std::string> &FakeStorage::operations() const {
    return machine_->operations;
}

void FakeStorage::put_file(const path &path, std::string_view contents, mode_t mode) {
    FakeNode node;
    node.mode = S_IFREG | mode;
    node.contents = contents;
    put(*machine_, path, std::move(node));
}

void FakeStorage::put_directory(const path &path) {
    if (exists(path))
        return;
    FakeNode node;
    node.kind = partitions::FileKind::directory;
    node.mode = S_IFDIR | 0755;
    put(*machine_, path, std::move(node));
}

void FakeStorage::put_symlink(const path &target, const path &link) {
    FakeNode node;
    node.kind = partitions::FileKind::symlink;
    node.mode = S_IFLNK | 0777;
    node.target = target.string();
    put(*machine_, link, std::move(node));
}

void FakeStorage::put_device(const path &path, std::uint64_t size_bytes) {
    FakeNode node;
    node.kind = partitions::FileKind::other;
    node.mode = S_IFBLK | 0600;
    node.contents.assign(size_bytes, '\0');
    put(*machine_, path, std::move(node));
}

void FakeStorage::put_attribute(const path &path, const std::string &name, std::string_view value) {
    machine_->node(machine_->existing(path)).attributes[name] = value;
}

void FakeStorage::put_owner(const path &path, uid_t owner, gid_t group) {
    FakeNode &node = machine_->node(machine_->existing(path));
    node.owner = owner;
    node.group = group;
}

void FakeStorage::take_away(const path &path) {
    if (!exists(path))
        return;
    const FakeMachine::Place place = machine_->find(path);
    machine_->link(place, std::nullopt);
    machine_->disk.sync_names(place.directory);
}

bool FakeStorage::exists(const path &path) const {
    try {
        return machine_->find(path).node.has_value();
    } catch (const partitions::StorageNotFound &) {
        return false;
    }
}

std::string FakeStorage::contents(const path &path) const {
    return machine_->node(machine_->existing(path, true)).contents;
}

std::string FakeStorage::describe(const path &path) const {
    std::ostringstream out;
    describe_below(*machine_, machine_->existing(path), "", out);
    return out.str();
}

std::size_t FakeStorage::fingerprint() const {
    const std::hash<std::string> hash;
    std::string all = describe();
    for (const auto &[number, node] : machine_->disk.nodes)
        if (node.kind == partitions::FileKind::other)
            all += ' ' + std::to_string(number) + ':' + std::to_string(hash(node.contents));
    return hash(all);
}

} // namespace partitions_test
