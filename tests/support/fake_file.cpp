// Reading and changing an open file of the fake storage.
#include "tests/support/fake_file.hpp"

#include <algorithm>

namespace partitions_test {

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
