// The fake boot selection, and grub.cfg in C++.
#include "tests/support/fake_boot_selection.hpp"

#include "partitions/durable.hpp"

#include <utility>

namespace partitions_test {

using partitions::BootSelectionRefused;
using partitions::GrubEnvironment;
using partitions::Slot;

FakeBootSelection::FakeBootSelection(partitions::Slot default_slot, bool other_bootable)
    : default_slot_(default_slot) {
    bootable_flag(partitions::other(default_slot)) = other_bootable;
}

bool &FakeBootSelection::bootable_flag(partitions::Slot slot) {
    return slot == partitions::Slot::a ? bootable_a_ : bootable_b_;
}

void FakeBootSelection::before_change(bool refused, const std::string &what) {
    if (!failure_.empty())
        throw std::runtime_error(failure_);
    if (refused)
        throw partitions::BootSelectionRefused("refusing to " + what);
}

partitions::Slot FakeBootSelection::default_slot() {
    return default_slot_;
}

std::optional<partitions::Slot> FakeBootSelection::pending_try() {
    return try_;
}

bool FakeBootSelection::bootable(partitions::Slot slot) {
    return bootable_flag(slot);
}

void FakeBootSelection::mark_unbootable(partitions::Slot slot) {
    before_change(slot == default_slot_, "mark the default slot unbootable");
    bootable_flag(slot) = false;
    if (try_ == slot)
        try_.reset();
}

void FakeBootSelection::mark_bootable(partitions::Slot slot) {
    before_change(false, "");
    bootable_flag(slot) = true;
}

void FakeBootSelection::try_once(partitions::Slot slot) {
    before_change(slot == default_slot_, "try the default slot");
    bootable_flag(slot) = true;
    try_ = slot;
}

void FakeBootSelection::commit(partitions::Slot slot) {
    before_change(!bootable_flag(slot), "make an unbootable slot the default");
    default_slot_ = slot;
    try_.reset();
}

void FakeBootSelection::cancel_try() {
    before_change(false, "");
    try_.reset();
}

partitions::Slot FakeBootSelection::boot() {
    if (const std::optional<partitions::Slot> tried = std::exchange(try_, std::nullopt);
        tried && bootable_flag(*tried))
        return *tried;
    return bootable_flag(default_slot_) ? default_slot_ : partitions::other(default_slot_);
}

void FakeBootSelection::fail_with(std::string message) {
    failure_ = std::move(message);
}

std::string boot_environment(partitions::Slot default_slot, bool bootable_a, bool bootable_b) {
    partitions::GrubEnvironment environment;
    environment.set("default_slot", std::string(1, partitions::letter(default_slot)));
    environment.set("try_slot", "");
    environment.set("try_left", "0");
    environment.set("bootable_a", bootable_a ? "1" : "0");
    environment.set("bootable_b", bootable_b ? "1" : "0");
    return environment.serialize();
}

std::optional<partitions::Slot> boot_with_grub(partitions::Storage &storage,
                                               const std::filesystem::path &environment_file) {
    partitions::GrubEnvironment environment = partitions::GrubEnvironment::parse(
        partitions::read_whole_file(storage, environment_file, partitions::GrubEnvironment::block_bytes));
    const auto is_bootable = [&](const std::string &slot) {
        return environment.get("bootable_" + slot) == "1";
    };
    const auto slot_of = [](const std::string &slot) {
        return slot == "a" ? partitions::Slot::a : partitions::Slot::b;
    };
    const std::string tried = environment.get("try_slot").value_or("");
    if (!tried.empty() && environment.get("try_left") == "1" && is_bootable(tried)) {
        environment.set("try_left", "0");
        const std::string block = environment.serialize();
        const auto file = storage.open(environment_file, partitions::OpenMode::overwrite_in_place);
        file->write_at(0, std::as_bytes(std::span(block)));
        file->sync();
        file->close();
        return slot_of(tried);
    }
    const partitions::Slot chosen = slot_of(environment.get("default_slot").value_or("a"));
    for (const partitions::Slot slot : {chosen, partitions::other(chosen)})
        if (is_bootable(std::string(1, partitions::letter(slot))))
            return slot;
    return std::nullopt;
}

} // namespace partitions_test
