// The operations of the storage on the fake disk.
#include "tests/support/fake_storage.hpp"

#include "tests/support/fake_file.hpp"

#include <algorithm>
#include <sstream>
#include <sys/stat.h>

namespace partitions_test {

using partitions::FileKind;
using partitions::OpenMode;
using partitions::StorageError;
using std::filesystem::path;

namespace {

FakeNode node_of(partitions::FileKind kind, mode_t mode) {
    FakeNode node;
    node.kind = kind;
    node.mode = mode;
    return node;
}

} // namespace

FakeStorage::FakeStorage() : machine_(std::make_shared<FakeMachine>()) {}
FakeStorage::FakeStorage(const FakeDisk &disk) : FakeStorage() {
    machine_->disk = disk;
}
FakeStorage::~FakeStorage() = default;

std::unique_ptr<partitions::File> FakeStorage::open(const path &path, partitions::OpenMode mode,
                                                    mode_t create_mode) {
    machine_->require_power("open");
    const bool creates =
        mode == partitions::OpenMode::create_or_truncate || mode == partitions::OpenMode::append;
    FakeMachine::Place place = machine_->find(path, mode != partitions::OpenMode::create_or_truncate);
    if (mode != partitions::OpenMode::read && mode != partitions::OpenMode::block_device_shared)
        machine_->require_writable(place.node_mount, "open for writing", path);
    if (!place.node) {
        if (!creates)
            machine_->existing(path); // throws
        machine_->step("create " + path.string(), path);
        place.node = machine_->disk.add(node_of(partitions::FileKind::file, S_IFREG | create_mode));
        machine_->link(place, place.node);
    } else if (const partitions::FileKind kind = machine_->node(*place.node).kind;
               kind == partitions::FileKind::directory || kind == partitions::FileKind::symlink) {
        throw partitions::StorageError("open", path, "it is a directory or a link", "check the path");
    } else if (mode == partitions::OpenMode::create_or_truncate) {
        machine_->step("truncate " + path.string(), path);
        machine_->disk.change_data(*place.node, {0, "", 0});
        machine_->node(*place.node).mode = S_IFREG | create_mode;
    }
    return std::make_unique<FakeFile>(machine_, place, path, mode);
}

void FakeStorage::rename(const path &from, const path &to) {
    machine_->require_power("rename");
    const NodeNumber moved = machine_->existing(from);
    const FakeMachine::Place source = machine_->find(from);
    const FakeMachine::Place target = machine_->find(to);
    if (target.node) {
        const FakeNode &replaced = machine_->node(*target.node);
        const bool directories = replaced.kind == partitions::FileKind::directory;
        if (directories != (machine_->node(moved).kind == partitions::FileKind::directory) ||
            !replaced.entries.empty()) {
            throw partitions::StorageError("rename " + from.string() + " to", to,
                                           "something else stands there", "move it away");
        }
    }
    if (source.mount != target.mount)
        throw partitions::StorageError("rename " + from.string() + " to", to, "it is on another mount",
                                       "copy it");
    machine_->require_free_of_mounts(source, "rename", from);
    machine_->step_at(target, "rename " + from.string() + ' ' + to.string(), to);
    machine_->disk.change_names(
        {{source.directory, source.name, std::nullopt}, {target.directory, target.name, moved}});
}

void FakeStorage::remove(const path &path) {
    machine_->require_power("remove");
    const NodeNumber number = machine_->existing(path);
    if (!machine_->node(number).entries.empty())
        throw partitions::StorageError("remove", path, "the directory is not empty", "remove what is in it");
    const FakeMachine::Place place = machine_->find(path);
    machine_->step_at(place, "remove " + path.string(), path);
    machine_->link(place, std::nullopt);
}

void FakeStorage::make_directory(const path &path, mode_t mode) {
    machine_->require_power("make-directory");
    const FakeMachine::Place place = machine_->find(path, true);
    if (place.node && machine_->node(*place.node).kind == partitions::FileKind::directory)
        return;
    machine_->vacant(path);
    machine_->step_at(place, "make-directory " + path.string(), path);
    machine_->link(place, machine_->disk.add(node_of(partitions::FileKind::directory, S_IFDIR | mode)));
}

void FakeStorage::make_symlink(const path &target, const path &link) {
    machine_->require_power("make-symlink");
    const FakeMachine::Place place = machine_->vacant(link);
    machine_->step_at(place, "make-symlink " + link.string() + ' ' + target.string(), link);
    FakeNode node = node_of(partitions::FileKind::symlink, S_IFLNK | 0777);
    node.target = target.string();
    machine_->link(place, machine_->disk.add(std::move(node)));
}

void FakeStorage::make_hard_link(const path &existing, const path &link) {
    machine_->require_power("make-hard-link");
    const NodeNumber number = machine_->existing(existing);
    const FakeMachine::Place place = machine_->vacant(link);
    machine_->step_at(place, "make-hard-link " + existing.string() + ' ' + link.string(), link);
    machine_->link(place, number);
}

void FakeStorage::make_node(const path &path, mode_t mode, dev_t device) {
    machine_->require_power("make-node");
    const FakeMachine::Place place = machine_->vacant(path);
    machine_->step_at(place, "make-node " + path.string(), path);
    FakeNode node = node_of(partitions::FileKind::other, mode);
    node.device = device;
    machine_->link(place, machine_->disk.add(std::move(node)));
}

void FakeStorage::sync_directory(const path &path) {
    machine_->require_power("sync-directory");
    const NodeNumber number = machine_->existing_directory(path);
    machine_->step("sync-directory " + path.string(), path);
    machine_->disk.sync_names(number);
}

void FakeStorage::sync_filesystem(const path &path) {
    machine_->require_power("sync-filesystem");
    machine_->existing(path, true);
    machine_->step("sync-filesystem " + path.string(), path);
    machine_->disk.sync_everything();
}

void FakeStorage::clone_file(const path &from, const path &to) {
    machine_->require_power("clone");
    const FakeNode source = machine_->node(machine_->existing(from));
    const FakeMachine::Place place = machine_->vacant(to);
    if (source.kind != partitions::FileKind::file)
        throw partitions::StorageError("clone", from, "it is no file", "check the path");
    machine_->step_at(place, "clone " + from.string() + ' ' + to.string(), to);
    FakeNode node = node_of(partitions::FileKind::file, source.mode);
    node.owner = source.owner;
    node.group = source.group;
    node.attributes = source.attributes;
    const NodeNumber number = machine_->disk.add(std::move(node));
    machine_->link(place, number);
    machine_->disk.change_data(number, {0, source.contents, source.contents.size()});
}

void FakeStorage::copy_attributes(const path &from, const path &to) {
    machine_->require_power("copy-attributes");
    const FakeNode source = machine_->node(machine_->existing(from));
    FakeNode &target = machine_->node(machine_->existing(to));
    machine_->require_writable(machine_->find(to).node_mount, "copy-attributes", to);
    machine_->step("copy-attributes " + from.string() + ' ' + to.string(), to);
    target.mode = (target.mode & S_IFMT) | (source.mode & 07777U);
    target.owner = source.owner;
    target.group = source.group;
    target.attributes = source.attributes;
}

std::vector<path> FakeStorage::list(const path &directory) {
    machine_->require_power("list");
    std::vector<path> paths;
    for (const auto &[name, node] : machine_->node(machine_->existing_directory(directory)).entries)
        paths.push_back(directory / name);
    return paths;
}

partitions::FileKind FakeStorage::kind(const path &path) {
    machine_->require_power("kind");
    try {
        const FakeMachine::Place place = machine_->find(path);
        return place.node ? machine_->node(*place.node).kind : partitions::FileKind::none;
    } catch (const partitions::StorageNotFound &) {
        return partitions::FileKind::none; // not even its directory exists
    }
}

partitions::FileDetails FakeStorage::details(const path &path) {
    machine_->require_power("details");
    const NodeNumber number = machine_->existing(path);
    const FakeNode &node = machine_->node(number);
    std::uint64_t links = 0;
    for (const auto &[other, directory] : machine_->disk.nodes) {
        links += static_cast<std::uint64_t>(
            std::ranges::count(directory.entries, number, [](const auto &entry) { return entry.second; }));
    }
    return {.kind = node.kind,
            .mode = node.mode,
            .owner = node.owner,
            .group = node.group,
            .size_bytes = node.contents.size(),
            .link_count = links,
            .identity = number,
            .device = node.device};
}

path FakeStorage::read_symlink(const path &path) {
    machine_->require_power("read-symlink");
    const FakeNode &node = machine_->node(machine_->existing(path));
    if (node.kind != partitions::FileKind::symlink)
        throw partitions::StorageError("read the symbolic link", path, "it is none", "check the path");
    return node.target;
}

} // namespace partitions_test
