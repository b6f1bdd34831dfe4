// Finding partitions on real disks by the names in their GPT, and the boot selection on one of them.
#include "partitions/partition_finder.hpp"

#include "partitions/boot_partition_selection.hpp"
#include "partitions/mount.hpp"
#include "partitions/posix_storage.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_partition_finder.hpp"

#include <fstream>

#include <CppUTest/TestHarness.h>

using partitions::PartitionAmbiguous;
using partitions::PartitionFinder;
using partitions::PartitionNotFound;
using partitions::Slot;
using partitions_test::LoopDisk;
using partitions_test::shell;
using partitions_test::unique_label;

namespace {

constexpr std::uint64_t disk_bytes = std::uint64_t{24} << 20U;
constexpr auto by_label = "/dev/disk/by-partlabel";
constexpr auto on_no_disk = "/proc";

} // namespace

TEST_GROUP(PartitionFinder) {
    const partitions_test::TemporaryDirectory directory;
    const std::string system = unique_label("system");
    const std::string data = unique_label("data");
};

TEST(PartitionFinder, finds_a_partition_by_its_name) {
    LoopDisk disk(directory / "disk", disk_bytes);
    disk.partition(system, data);
    const partitions::PartitionFinder finder(by_label, on_no_disk);
    STRCMP_EQUAL(disk.partition_device(1).c_str(), finder.device_of(system).c_str());
    STRCMP_EQUAL(disk.partition_device(2).c_str(), finder.device_of(data).c_str());
    CHECK_EQUAL(std::uint64_t{8} << 20U, finder.size_bytes(system));
    CHECK_THROWS(partitions::PartitionNotFound, finder.device_of(unique_label("other")));
    CHECK_THROWS(partitions::PartitionNotFound, finder.device_of(""));
}

TEST(PartitionFinder, a_link_that_lies_is_not_believed) {
    LoopDisk disk(directory / "disk", disk_bytes);
    disk.partition(system, data);
    std::filesystem::create_symlink(disk.partition_device(2), directory / system); // udev is behind
    std::filesystem::create_symlink(disk.partition_device(2), directory / "gone");
    const partitions::PartitionFinder finder(directory.path(), on_no_disk);
    STRCMP_EQUAL(disk.partition_device(1).c_str(), finder.device_of(system).c_str());
    CHECK_THROWS(partitions::PartitionNotFound, finder.device_of("gone"));
}

TEST(PartitionFinder, of_two_disks_the_one_of_the_running_system_is_meant) {
    LoopDisk running(directory / "running", disk_bytes);
    LoopDisk stranger(directory / "stranger", disk_bytes);
    running.partition(system, data);
    stranger.partition(system, data);
    CHECK_THROWS(partitions::PartitionAmbiguous,
                 partitions::PartitionFinder(by_label, on_no_disk).device_of(data));
    shell("mkfs.ext4 -q " + running.partition_device(1).string());
    std::filesystem::create_directory(directory / "root");
    const partitions::Mount root(running.partition_device(1), directory / "root", "ext4", "ro");
    const partitions::PartitionFinder finder(by_label, directory / "root");
    STRCMP_EQUAL(running.partition_device(2).c_str(), finder.device_of(data).c_str());
}

TEST(PartitionFinder, a_partition_of_another_disk_is_not_taken_for_one_that_the_running_system_lacks) {
    LoopDisk running(directory / "running", disk_bytes);
    LoopDisk stranger(directory / "stranger", disk_bytes);
    const std::string boot = unique_label("boot");
    running.partition(system, data);
    stranger.partition(boot, data);
    shell("mkfs.ext4 -q " + running.partition_device(1).string());
    std::filesystem::create_directory(directory / "root");
    const partitions::Mount root(running.partition_device(1), directory / "root", "ext4", "ro");
    const partitions::PartitionFinder finder(by_label, directory / "root");
    STRCMP_EQUAL(running.partition_device(2).c_str(), finder.device_of(data).c_str());
    try {
        finder.device_of(boot);
        FAIL("another disk's partition was taken");
    } catch (const partitions::PartitionNotFound &not_found) {
        STRCMP_CONTAINS(stranger.partition_device(1).c_str(), not_found.what());
    }
}

TEST(PartitionFinder, two_of_one_name_on_the_same_disk_are_ambiguous) {
    LoopDisk disk(directory / "disk", disk_bytes);
    disk.partition(system, system);
    shell("mkfs.ext4 -q " + disk.partition_device(1).string());
    std::filesystem::create_directory(directory / "root");
    const partitions::Mount root(disk.partition_device(1), directory / "root", "ext4", "ro");
    CHECK_THROWS(partitions::PartitionAmbiguous,
                 partitions::PartitionFinder(by_label, directory / "root").device_of(system));
}

TEST(PartitionFinder, the_boot_selection_on_its_own_partition) {
    LoopDisk disk(directory / "disk", disk_bytes);
    const std::string boot = unique_label("boot");
    disk.partition(boot, data);
    std::filesystem::create_directories(directory / "tree/grub");
    std::ofstream(directory / "tree/grub/grubenv")
        << partitions_test::boot_environment(partitions::Slot::a, true, false);
    shell("mkfs.ext4 -q -d " + (directory / "tree").string() + " " + disk.partition_device(1).string());
    // The label of the product is `boot`; other tests on this machine may have one too, so it is found by its
    // own name.
    const partitions_test::FakePartitionFinder finder(
        {{"boot", {partitions::PartitionFinder(by_label, on_no_disk).device_of(boot), 0}}});
    partitions::PosixStorage storage;
    partitions::BootPartitionSelection selection(storage, finder, partitions::Slot::a);

    selection.try_once(partitions::Slot::b);
    CHECK_TRUE(selection.pending_try() == partitions::Slot::b);
    // GRUB reads the partition without the journal: so does debugfs.
    const std::string found = shell("debugfs -R 'cat /grub/grubenv' " + disk.partition_device(1).string());
    CHECK_TRUE(found.find("try_slot=b\ntry_left=1\nbootable_a=1\nbootable_b=1\n") != std::string::npos);
    CHECK_TRUE(shell("dumpe2fs -h " + disk.partition_device(1).string()).find("needs_recovery") ==
               std::string::npos);

    CHECK_THROWS(partitions::BootSelectionRefused, selection.mark_unbootable(partitions::Slot::a));
    selection.commit(partitions::Slot::b);
    CHECK_TRUE(selection.default_slot() == partitions::Slot::b);
    selection.cancel_try();
    selection.mark_unbootable(partitions::Slot::a);
    CHECK_FALSE(selection.bootable(partitions::Slot::a));
    CHECK_TRUE(selection.bootable(partitions::Slot::b));
}

TEST(PartitionFinder, the_boot_selection_is_changed_whoever_looks_at_the_files_of_the_machine) {
    LoopDisk disk(directory / "disk", disk_bytes);
    const std::string boot = unique_label("boot");
    disk.partition(boot, data);
    std::filesystem::create_directories(directory / "tree/grub");
    std::filesystem::create_directories(directory / "somewhere");
    std::ofstream(directory / "tree/grub/grubenv")
        << partitions_test::boot_environment(partitions::Slot::a, true, false);
    shell("mkfs.ext4 -q -d " + (directory / "tree").string() + " " + disk.partition_device(1).string());
    const partitions_test::FakePartitionFinder finder({{"boot", {disk.partition_device(1), 0}}});
    partitions::PosixStorage storage;
    partitions::BootPartitionSelection selection(storage, finder, partitions::Slot::a);
    const auto mounts_of_device = [&] {
        return shell("grep -c ' " + disk.partition_device(1).string() + " ' /proc/self/mountinfo || true");
    };

    // No directory shows it, so that nothing can enter, scan or keep it open.
    selection.try_once(partitions::Slot::b);
    STRCMP_EQUAL("0", mounts_of_device().c_str());
    // An administrator has it mounted; changes reach the same file system.
    {
        const partitions::Mount writable(disk.partition_device(1), directory / "somewhere", "ext4");
        CHECK_TRUE(selection.pending_try() == partitions::Slot::b);
        selection.cancel_try();
        CHECK_FALSE(selection.pending_try().has_value());
    }
    {
        const partitions::Mount read_only(disk.partition_device(1), directory / "somewhere", "ext4", "ro");
        CHECK_TRUE(selection.default_slot() == partitions::Slot::a);
        try {
            selection.try_once(partitions::Slot::b);
            FAIL("a read-only file system was written");
        } catch (const partitions::MountBusy &busy) {
            STRCMP_CONTAINS("umount", busy.what());
        }
    }
    selection.try_once(partitions::Slot::b);
    CHECK_TRUE(selection.pending_try() == partitions::Slot::b);
    shell("blockdev --setro " + disk.partition_device(1).string());
    CHECK_TRUE(selection.default_slot() == partitions::Slot::a);
    try {
        selection.cancel_try();
        FAIL("a write-protected device was written");
    } catch (const partitions::MountError &protected_device) {
        STRCMP_CONTAINS("write-protected", protected_device.what());
    }
    shell("blockdev --setrw " + disk.partition_device(1).string());
}

TEST(PartitionFinder, a_damaged_boot_environment_is_told_with_a_command_that_repairs_it) {
    LoopDisk disk(directory / "disk", disk_bytes);
    disk.partition(unique_label("boot"), data);
    const std::string good = partitions_test::boot_environment(partitions::Slot::a, true, false);
    const partitions_test::FakePartitionFinder finder({{"boot", {disk.partition_device(1), 0}}});
    partitions::PosixStorage storage;
    partitions::BootPartitionSelection selection(storage, finder, partitions::Slot::b);
    struct Case {
        const char *spoil;
        const char *says;
    };
    for (const Case &each :
         {Case{"rm grubenv", "is missing"}, Case{": >grubenv", "has 0 bytes"},
          Case{"echo >>grubenv", "has 1025 bytes"}, Case{"head -c 5000 /dev/zero >grubenv", "5000"},
          Case{"sed -i s/default_slot=a/default_slot=c/ grubenv", "'c'"}}) {
        shell("rm -rf " + (directory / "tree").string() + "; mkdir -p " + (directory / "tree/grub").string());
        std::ofstream(directory / "tree/grub/grubenv") << good;
        shell("cd " + (directory / "tree/grub").string() + " && " + each.spoil);
        shell("mkfs.ext4 -q -F -d " + (directory / "tree").string() + " " +
              disk.partition_device(1).string());
        std::string command;
        try {
            selection.default_slot();
            FAIL(each.spoil);
        } catch (const partitions::BootSelectionDamaged &damage) {
            STRCMP_CONTAINS(each.says, damage.what());
            command = damage.what();
        }
        command = command.substr(command.find("mount /dev/"));
        while (command.find("/mnt") != std::string::npos)
            command.replace(command.find("/mnt"), 4, (directory / "repaired").string());
        std::filesystem::create_directories(directory / "repaired");
        shell(command);
        CHECK_TRUE(selection.default_slot() == partitions::Slot::b);
        CHECK_TRUE(selection.bootable(partitions::Slot::b));
        CHECK_FALSE(selection.bootable(partitions::Slot::a));
    }
}

TEST(PartitionFinder, a_damaged_boot_environment_is_not_repaired_for_a_system_on_trial) {
    LoopDisk disk(directory / "disk", disk_bytes);
    disk.partition(unique_label("boot"), data);
    std::filesystem::create_directories(directory / "tree/grub");
    shell("mkfs.ext4 -q -d " + (directory / "tree").string() + " " + disk.partition_device(1).string());
    const partitions_test::FakePartitionFinder finder({{"boot", {disk.partition_device(1), 0}}});
    partitions::PosixStorage storage;
    partitions::BootPartitionSelection selection(storage, finder, std::nullopt);
    try {
        selection.default_slot();
        FAIL("it was read");
    } catch (const partitions::BootSelectionDamaged &damage) {
        STRCMP_CONTAINS("on trial", damage.what());
        CHECK_TRUE(std::string(damage.what()).find("default_slot=") == std::string::npos);
    }
}
