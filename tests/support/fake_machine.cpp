// The script, and the way from a path to a node.
#include "tests/support/fake_machine.hpp"

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

} // namespace partitions_test
