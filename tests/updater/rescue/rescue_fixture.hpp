// Two slots on a disk in memory: a runs the signed firmware of the tests and is committed, b holds a previous
// system.
#pragma once

#include "partitions/generations.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_partition_finder.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/firmware_in_memory.hpp"
#include "updater/install/image_heads.hpp"
#include "updater/rescue/rescue_copy.hpp"

#include <string>
#include <vector>

namespace updater_test {

/// The image of signed_firmware().
inline const std::string &signed_image() {
    static const std::string image = test_files::read_file(signed_firmware().folder / "image");
    return image;
}

struct TwoSlots {
    static constexpr std::uint64_t partition_bytes = std::uint64_t{12} << 20U;

    partitions_test::FakeStorage storage;
    partitions_test::FakePartitionFinder finder{
        {{"system-a", {"/dev/a", partition_bytes}}, {"system-b", {"/dev/b", partition_bytes}}}};
    partitions_test::FakeBootSelection boot{partitions::Slot::a, true};
    partitions::Generations generations{storage, "/data"};
    updater::install::ImageHeads heads{storage, "/data/update-control/images"};
    updater::firmware::KeysNow keys = updater::firmware::keys_in(signed_firmware().folder / "keys");
    updater::rescue::RescueCopy copy{storage, finder, boot, generations, heads, keys, partitions::Slot::a};

    TwoSlots() {
        put_partition("/dev/a", signed_image());
        put_partition("/dev/b", "the previous system");
        storage.put_file("/data/generations/2.8.1.0-1/var/mail", "new mail");
        storage.put_file("/data/generations/2.8.0.0-1/var/mail", "old mail");
        storage.put_directory("/data/slots");
        generations.assign(partitions::Slot::a, "2.8.1.0-1");
        generations.assign(partitions::Slot::b, "2.8.0.0-1");
    }

    void put_partition(const std::string &device, const std::string &contents) {
        storage.put_device(device, partition_bytes);
        const auto file = storage.open(device, partitions::OpenMode::block_device);
        file->write_at(0, std::as_bytes(std::span(contents)));
        file->sync();
        file->close();
    }
    /// As phase 2 does for the running system.
    void keep_head_of_running() {
        ServersInMemory source({signed_firmware().contents});
        heads.keep(partitions::Slot::a, updater::install::bytes_of_head(
                                            source, updater::firmware::read_firmware_head(source, keys())));
    }
    void damage(const std::string &device, std::uint64_t offset_bytes) {
        const auto file = storage.open(device, partitions::OpenMode::block_device);
        const std::string byte(1, storage.contents(device)[offset_bytes] == 'x' ? 'y' : 'x');
        std::string block = storage.contents(device).substr(offset_bytes / 4096 * 4096, 4096);
        block[offset_bytes % 4096] = byte[0];
        file->write_at(offset_bytes / 4096 * 4096, std::as_bytes(std::span(block)));
        file->sync();
        file->close();
    }
    bool holds_copy() {
        return boot.bootable(partitions::Slot::b) &&
               generations.assigned(partitions::Slot::b) == generations.assigned(partitions::Slot::a) &&
               storage.contents("/dev/b").substr(0, signed_image().size()) ==
                   storage.contents("/dev/a").substr(0, signed_image().size());
    }
};

/// Nobody is told how far it is.
struct SilentCalls {
    std::vector<std::string> lines;
    std::vector<int> percent;

    updater::rescue::RescueCopy::Calls calls() {
        return {.effort = {},
                .progress = [this](int value) { percent.push_back(value); },
                .log = [this](const std::string &line) { lines.push_back(line); }};
    }
};

} // namespace updater_test
