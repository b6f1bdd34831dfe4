#include "tests/support/fake_mounts.hpp"

#include "tests/support/fake_machine.hpp"

#include <algorithm>

namespace partitions_test {

using partitions::FileKind;
using partitions::MountError;

namespace {

FakeMachine::Place directory_at(const FakeMachine &machine, const std::filesystem::path &path) {
    try {
        FakeMachine::Place place = machine.find(path, true);
        if (place.node && machine.node(*place.node).kind == partitions::FileKind::directory)
            return place;
    } catch (const partitions::StorageNotFound &) {
        // not even the directory above it
    }
    throw partitions::MountError("there is no directory " + path.string());
}

} // namespace

FakeMounts::FakeMounts(FakeStorage &storage) : machine_(storage.machine_) {}

void FakeMounts::fail_if_told() const {
    machine_->require_power("mount");
    if (!failure_.empty())
        throw partitions::MountError(failure_);
}

void FakeMounts::bind(const std::filesystem::path &source, const std::filesystem::path &target,
                      bool read_only) {
    fail_if_told();
    const auto shown = directory_at(*machine_, source);
    const auto covered = directory_at(*machine_, target);
    machine_->mounts[machine_->next_mount++] = {.below = covered.node_mount,
                                                .covered = *covered.node,
                                                .shown = *shown.node,
                                                .read_only = read_only,
                                                .open_files = 0};
}

bool FakeMounts::shows(const std::filesystem::path &target, const std::filesystem::path &source) {
    machine_->require_power("look at a mount");
    return directory_at(*machine_, target).node == directory_at(*machine_, source).node;
}

void FakeMounts::unmount(const std::filesystem::path &target) {
    take_off(target, false);
}

void FakeMounts::detach(const std::filesystem::path &target) {
    take_off(target, true);
}

void FakeMounts::take_off(const std::filesystem::path &target, bool also_in_use) {
    fail_if_told();
    const auto place = directory_at(*machine_, target);
    if (place.node_mount == place.mount)
        throw partitions::MountError("cannot unmount " + target.string() + ": nothing is mounted there");
    const bool has_mounts = std::ranges::any_of(
        machine_->mounts, [&](const auto &one) { return one.second.below == place.node_mount; });
    if (!also_in_use && (has_mounts || machine_->mounts.at(place.node_mount).open_files > 0))
        throw partitions::MountBusy("cannot unmount " + target.string() + ": Device or resource busy");
    machine_->mounts.erase(place.node_mount);
}

} // namespace partitions_test
