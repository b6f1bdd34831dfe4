// The script, the way from a path to a node, and open files.
#include "tests/support/fake_machine.hpp"

#include <algorithm>

namespace partitions_test {

using partitions::FileKind;
using partitions::OpenMode;
using partitions::StorageError;
using partitions::StorageFull;
using partitions::StorageNotFound;

void FakeMachine::require_power(const std::string &operation) const {
    if (!power)
        throw PowerCut{operation};
}

void FakeMachine::step(const std::string &operation, const std::filesystem::path &path) {
    require_power(operation);
    if (operations_left == 0U) {
        power = false;
        throw PowerCut{operation};
    }
    for (const auto &[text, failure] : failures) {
        if (operation.find(text) != std::string::npos) {
            if (failure == FakeStorage::Failure::full)
                throw partitions::StorageFull(operation, path, "no space left", "the test asked for it");
            throw partitions::StorageError(operation, path, "input/output error", "the test asked for it");
        }
    }
    told_before(operation);
    if (operations_left)
        --*operations_left;
    operations.push_back(operation);
}

void FakeMachine::require_writable(MountNumber mount, const std::string &operation,
                                   const std::filesystem::path &path) const {
    if (mount != 0 && mounts.at(mount).read_only)
        throw partitions::StorageError(operation, path, "read-only file system",
                                       "write where it is not mounted read-only");
}

void FakeMachine::require_free_of_mounts(const Place &place, const std::string &operation,
                                         const std::filesystem::path &path) const {
    require_writable(place.mount, operation, path);
    if (place.mount != place.node_mount)
        throw partitions::StorageBusy(operation, path, "something is mounted on it", "unmount it first");
}

void FakeMachine::step_at(const Place &place, const std::string &operation,
                          const std::filesystem::path &path) {
    require_free_of_mounts(place, operation, path);
    step(operation, path);
}

void FakeMachine::cross_mounts(MountNumber &mount, NodeNumber &number) const {
    for (bool crossed = true; crossed;) {
        crossed = false;
        for (const auto &[above, one] : mounts) {
            if (one.below == mount && one.covered == number) {
                mount = above;
                number = one.shown;
                crossed = true;
                break;
            }
        }
    }
}

FakeMachine::Place FakeMachine::find(const std::filesystem::path &path, bool follow_last,
                                     int links_left) const {
    if (!path.is_absolute())
        throw std::invalid_argument("the fake storage knows absolute paths only: " + path.string());
    if (links_left == 0)
        throw partitions::StorageError("follow", path, "too many symbolic links", "check the path");
    Place place{.directory = FakeDisk::root, .name = "", .node = FakeDisk::root, .mount = 0, .node_mount = 0};
    std::filesystem::path walked = "/";
    const std::filesystem::path relative = path.lexically_normal().relative_path();
    for (auto part = relative.begin(); part != relative.end(); ++part) {
        if (part->empty())
            continue; // a slash at the end
        if (!place.node || node(*place.node).kind != partitions::FileKind::directory)
            throw partitions::StorageNotFound("find", path, "no such directory: " + walked.string(),
                                              "check the path");
        place = {.directory = *place.node,
                 .name = part->string(),
                 .node = std::nullopt,
                 .mount = place.node_mount,
                 .node_mount = place.node_mount};
        const auto &entries = node(place.directory).entries;
        if (const auto entry = entries.find(place.name); entry != entries.end()) {
            place.node = entry->second;
            cross_mounts(place.node_mount, *place.node);
        }
        const bool is_last = std::next(part) == relative.end();
        if (place.node && node(*place.node).kind == partitions::FileKind::symlink &&
            (!is_last || follow_last))
            place = find((walked / node(*place.node).target).lexically_normal(), true, links_left - 1);
        walked /= *part;
    }
    return place;
}

NodeNumber FakeMachine::existing(const std::filesystem::path &path, bool follow_last) const {
    const Place place = find(path, follow_last);
    if (!place.node)
        throw partitions::StorageNotFound("find", path, "no such file or directory", "check the path");
    return *place.node;
}

NodeNumber FakeMachine::existing_directory(const std::filesystem::path &path) const {
    const NodeNumber number = existing(path, true);
    if (node(number).kind != partitions::FileKind::directory)
        throw partitions::StorageError("use as a directory", path, "it is none", "check the path");
    return number;
}

FakeMachine::Place FakeMachine::vacant(const std::filesystem::path &path) const {
    Place place = find(path);
    if (place.node)
        throw partitions::StorageError("make", path, "it exists", "remove it first");
    return place;
}

void FakeMachine::link(const Place &place, std::optional<NodeNumber> target) {
    disk.change_names({NameEdit{place.directory, place.name, target}});
}

FakeFile::FakeFile(std::shared_ptr<FakeMachine> machine, const FakeMachine::Place &place,
                   std::filesystem::path path, partitions::OpenMode mode)
    : machine_(std::move(machine)), number_(*place.node), mount_(place.node_mount), path_(std::move(path)),
      mode_(mode) {
    if (mount_ != 0) {
        const std::lock_guard lock(machine_->one_at_a_time);
        ++machine_->mounts.at(mount_).open_files;
    }
}

FakeFile::~FakeFile() {
    let_go();
}

void FakeFile::let_go() {
    const std::lock_guard lock(machine_->one_at_a_time);
    if (open_ && mount_ != 0) {
        if (const auto mount = machine_->mounts.find(mount_); mount != machine_->mounts.end())
            --mount->second.open_files; // a detached one is gone
    }
    open_ = false;
}

void FakeFile::require_open(const std::string &operation) const {
    machine_->require_power(operation);
    if (!open_)
        throw partitions::StorageError(operation, path_, "it is closed already", "correct the program");
}

void FakeFile::change(const std::string &operation, std::uint64_t offset_bytes, std::string bytes) {
    const std::lock_guard lock(machine_->one_at_a_time);
    const std::string range = std::to_string(offset_bytes) + '+' + std::to_string(bytes.size());
    require_open(operation);
    const FakeNode &node = machine_->node(number_);
    const std::uint64_t end = offset_bytes + bytes.size();
    if (mode_ == partitions::OpenMode::read || mode_ == partitions::OpenMode::block_device_shared ||
        (mode_ == partitions::OpenMode::block_device && offset_bytes % block_alignment_bytes != 0)) {
        throw partitions::StorageError(operation, path_, "opened read-only, or the offset is not aligned",
                                       "correct the program");
    }
    if (node.kind == partitions::FileKind::other && end > node.contents.size())
        throw partitions::StorageFull(operation, path_, "the device ends before", "write less");
    machine_->step(operation + ' ' + path_.string() + ' ' + range, path_);
    const std::uint64_t size = std::max<std::uint64_t>(end, node.contents.size());
    machine_->disk.change_data(number_, {offset_bytes, std::move(bytes), size});
}

std::size_t FakeFile::read_at(std::uint64_t offset_bytes, std::span<std::byte> into) {
    const std::lock_guard lock(machine_->one_at_a_time);
    require_open("read");
    const std::string &contents = machine_->node(number_).contents;
    if (offset_bytes >= contents.size())
        return 0;
    const std::size_t count = std::min<std::uint64_t>(into.size(), contents.size() - offset_bytes);
    std::ranges::copy(std::as_bytes(std::span(contents)).subspan(offset_bytes, count), into.begin());
    return count;
}

void FakeFile::write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    if (mode_ == partitions::OpenMode::append)
        throw partitions::StorageError("write at an offset of", path_, "opened for appending",
                                       "correct the program");
    std::string text(bytes.size(), '\0');
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(text)).begin());
    change("write", offset_bytes, std::move(text));
}

void FakeFile::append(std::span<const std::byte> bytes) {
    if (mode_ == partitions::OpenMode::block_device)
        throw partitions::StorageError("append to", path_, "a block device has no end to add to",
                                       "correct the program");
    std::string text(bytes.size(), '\0');
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(text)).begin());
    change("append", size_bytes(), std::move(text));
}

void FakeFile::zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    change("zero", offset_bytes, std::string(length_bytes, '\0'));
}

std::uint64_t FakeFile::size_bytes() {
    const std::lock_guard lock(machine_->one_at_a_time);
    require_open("size");
    return machine_->node(number_).contents.size();
}

void FakeFile::sync() {
    const std::lock_guard lock(machine_->one_at_a_time);
    require_open("sync");
    machine_->step("sync " + path_.string(), path_);
    machine_->disk.sync_data(number_);
}

void FakeFile::close() {
    require_open("close");
    let_go();
}

} // namespace partitions_test
