// The boot selection: the effect of each change on the boot loader, and that a power cut at any moment leaves
// the selection from before or after the change.
#include "partitions/boot_selection.hpp"

#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdlib>
#include <functional>

#include <CppUTest/TestHarness.h>

using partitions::BootSelection;
using partitions::BootSelectionDamaged;
using partitions::BootSelectionRefused;
using partitions::GrubBootSelection;
using partitions::Slot;
using partitions_test::boot_environment;
using partitions_test::boot_with_grub;
using partitions_test::FakeBootSelection;
using partitions_test::FakeStorage;

namespace {

const std::filesystem::path grubenv = "/boot/grub/grubenv";

SimpleString StringFrom(const std::optional<partitions::Slot> &slot) {
    return slot ? SimpleString(partitions::letter(*slot) == 'a' ? "a" : "b") : SimpleString("none");
}

// Default a, and b as it says.
void prepare(FakeStorage &storage, bool b_bootable) {
    storage.put_file(grubenv, boot_environment(partitions::Slot::a, true, b_bootable));
}

} // namespace

TEST_GROUP(BootSelection) {
    FakeStorage storage;
    partitions::GrubBootSelection selection{storage, grubenv};

    void check_boots(partitions::Slot expected) {
        const auto booted = boot_with_grub(storage, grubenv);
        CHECK_TRUE(booted.has_value());
        BYTES_EQUAL(partitions::letter(expected), partitions::letter(*booted));
    }
};

TEST(BootSelection, tells_what_is_stored) {
    storage.put_file(grubenv, boot_environment(partitions::Slot::b, false, true));
    CHECK_TRUE(selection.default_slot() == partitions::Slot::b);
    CHECK_FALSE(selection.bootable(partitions::Slot::a));
    CHECK_TRUE(selection.bootable(partitions::Slot::b));
    CHECK_FALSE(selection.pending_try().has_value());
    check_boots(partitions::Slot::b);
}

TEST(BootSelection, a_try_is_one_boot_and_then_the_default_again) {
    prepare(storage, false);
    selection.try_once(partitions::Slot::b);
    CHECK_TRUE(selection.pending_try() == partitions::Slot::b);
    CHECK_TRUE(selection.bootable(partitions::Slot::b));
    check_boots(partitions::Slot::b);
    CHECK_FALSE(selection.pending_try().has_value());
    check_boots(partitions::Slot::a);
}

TEST(BootSelection, a_committed_try_is_the_default) {
    prepare(storage, false);
    selection.try_once(partitions::Slot::b);
    check_boots(partitions::Slot::b);
    selection.commit(partitions::Slot::b);
    check_boots(partitions::Slot::b);
    check_boots(partitions::Slot::b);
    CHECK_TRUE(selection.bootable(partitions::Slot::a)); // the way back
    selection.commit(partitions::Slot::a);
    check_boots(partitions::Slot::a);
}

TEST(BootSelection, a_cancelled_try_is_not_booted) {
    prepare(storage, true);
    selection.try_once(partitions::Slot::b);
    selection.cancel_try();
    check_boots(partitions::Slot::a);
}

TEST(BootSelection, what_is_being_written_is_not_booted) {
    prepare(storage, true);
    selection.try_once(partitions::Slot::b);
    selection.mark_unbootable(partitions::Slot::b);
    CHECK_FALSE(selection.bootable(partitions::Slot::b));
    CHECK_FALSE(selection.pending_try().has_value());
    check_boots(partitions::Slot::a);
}

TEST(BootSelection, a_slot_marked_bootable_is_booted_only_when_the_default_cannot_be) {
    prepare(storage, false);
    selection.mark_bootable(partitions::Slot::b);
    CHECK_TRUE(selection.bootable(partitions::Slot::b));
    CHECK_FALSE(selection.pending_try().has_value());
    check_boots(partitions::Slot::a);
    storage.put_file(grubenv, boot_environment(partitions::Slot::a, false, true));
    check_boots(partitions::Slot::b);
}

TEST(BootSelection, refuses_what_would_leave_nothing_to_boot) {
    prepare(storage, false);
    const std::string before = storage.contents(grubenv);
    CHECK_THROWS(partitions::BootSelectionRefused, selection.mark_unbootable(partitions::Slot::a));
    CHECK_THROWS(partitions::BootSelectionRefused, selection.try_once(partitions::Slot::a));
    CHECK_THROWS(partitions::BootSelectionRefused, selection.commit(partitions::Slot::b));
    STRCMP_EQUAL(before.c_str(), storage.contents(grubenv).c_str());
}

TEST(BootSelection, every_change_is_one_write_in_place_and_one_sync) {
    prepare(storage, true);
    selection.commit(partitions::Slot::b);
    CHECK_EQUAL(2U, storage.operations().size());
    STRCMP_EQUAL("write /boot/grub/grubenv 0+1024", storage.operations()[0].c_str());
    STRCMP_EQUAL("sync /boot/grub/grubenv", storage.operations()[1].c_str());
}

TEST(BootSelection, a_damaged_environment_is_told_and_not_touched) {
    std::string missing = boot_environment(partitions::Slot::a, true, true);
    missing.replace(missing.find("default_slot"), 12, "default_slut");
    std::string wrong = boot_environment(partitions::Slot::a, true, true);
    wrong[wrong.find("default_slot=") + 13] = 'c';
    std::string flag = boot_environment(partitions::Slot::a, true, true);
    flag[flag.find("try_left=") + 9] = '7';
    for (const std::string &contents : {std::string(), std::string(1024, '\0'), missing, wrong, flag}) {
        storage.put_file(grubenv, contents);
        CHECK_THROWS(partitions::BootSelectionDamaged, selection.mark_unbootable(partitions::Slot::b));
        STRCMP_EQUAL(contents.c_str(), storage.contents(grubenv).c_str());
    }
    CHECK_EQUAL(0U, storage.operations().size());
}

TEST(BootSelection, a_damaged_environment_is_told_with_the_command_that_writes_a_new_one) {
    storage.put_file(grubenv, std::string(1024, '\0'));
    GrubBootSelection with_advice(storage, grubenv, "Write a new one: true");
    try {
        with_advice.default_slot();
        FAIL("nothing was said");
    } catch (const BootSelectionDamaged &damage) {
        STRCMP_CONTAINS("the boot environment grubenv cannot be used: ", damage.what());
        STRCMP_CONTAINS("; nothing was changed. Write a new one: true", damage.what());
    }
    // Ready to paste: only the mount is left out here.
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "grub");
    for (const Slot slot : {Slot::a, Slot::b}) {
        std::string command = partitions::command_to_write_new_environment("/dev/vda2", slot);
        const auto replace = [&command](const std::string &old, const std::string &by) {
            CHECK_TEXT(command.find(old) != std::string::npos, command.c_str());
            command.replace(command.find(old), old.size(), by);
        };
        replace("mount /dev/vda2 /mnt && ", "");
        replace(" && umount /mnt", "");
        replace("/mnt/", folder.path().string() + "/");
        CHECK_EQUAL(0, std::system(command.c_str()));
        storage.put_file(grubenv, test_files::read_file(folder / "grub/grubenv"));
        CHECK(selection.default_slot() == slot);
        CHECK(selection.bootable(slot) && !selection.bootable(partitions::other(slot)));
        check_boots(slot);
    }
}

TEST(BootSelection, an_environment_without_room_is_told_and_not_touched) {
    auto environment = partitions::GrubEnvironment::parse(boot_environment(Slot::a, true, false));
    environment.set("theirs", "");
    std::string full = environment.serialize();
    const std::string theirs(partitions::GrubEnvironment::usable_bytes, 'x'); // of the second sector, too
    full.insert(full.find("theirs=") + std::string("theirs=").size(), theirs);
    full.resize(partitions::GrubEnvironment::block_bytes);
    storage.put_file(grubenv, full);
    GrubBootSelection with_advice(storage, grubenv, "Write a new one: true");
    try {
        with_advice.try_once(Slot::b);
        FAIL("it was written");
    } catch (const BootSelectionDamaged &damage) {
        STRCMP_CONTAINS("the boot environment grubenv is full: its variables would take ", damage.what());
        STRCMP_CONTAINS("; nothing was changed. Write a new one: true", damage.what());
    }
    STRCMP_EQUAL(full.c_str(), storage.contents(grubenv).c_str());
}

TEST(BootSelection, a_failed_write_is_not_swallowed) {
    prepare(storage, true);
    for (const std::string operation : {"write ", "sync "}) {
        storage.fail_when(operation, FakeStorage::Failure::broken);
        CHECK_THROWS(partitions::StorageError, selection.commit(partitions::Slot::b));
        storage.heal();
    }
}

TEST(BootSelection, a_power_cut_at_any_moment_leaves_the_choice_of_before_or_of_after) {
    using Change = std::function<void(partitions::BootSelection &)>;
    const Change changes[] = {
        [](partitions::BootSelection &boot) { boot.mark_unbootable(partitions::Slot::b); },
        [](partitions::BootSelection &boot) { boot.try_once(partitions::Slot::b); },
        [](partitions::BootSelection &boot) { boot.commit(partitions::Slot::b); },
        [](partitions::BootSelection &boot) { boot.cancel_try(); },
    };
    for (const Change &change : changes) {
        FakeStorage changed;
        prepare(changed, true);
        partitions::GrubBootSelection changing(changed, grubenv);
        const std::string before = changed.contents(grubenv);
        change(changing);
        const std::string after = changed.contents(grubenv);
        const auto scenario = [&](FakeStorage &disk) {
            partitions::GrubBootSelection boot(disk, grubenv);
            change(boot);
        };
        const auto check = [&](FakeStorage &disk, const std::string &where) {
            const std::string found = disk.contents(grubenv);
            CHECK_TRUE_TEXT(found == before || found == after, where.c_str());
            CHECK_TRUE_TEXT(boot_with_grub(disk, grubenv).has_value(), where.c_str());
        };
        partitions_test::for_each_cut([](FakeStorage &disk) { prepare(disk, true); }, scenario, check);
    }
}

// An upgrade and a rollback with a power cut at every point: a complete system boots.
TEST(BootSelection, a_power_cut_during_an_upgrade_boots_what_is_complete) {
    const std::filesystem::path system_b = "/dev/b";
    const auto upgrade = [&](FakeStorage &disk) {
        partitions::GrubBootSelection boot(disk, grubenv);
        boot.mark_unbootable(partitions::Slot::b);
        const auto device = disk.open(system_b, partitions::OpenMode::block_device);
        const std::string image(8192, 'n');
        device->zero(0, 8192);
        device->write_at(0, std::as_bytes(std::span(image)));
        device->sync();
        device->close();
        boot.try_once(partitions::Slot::b);
        if (boot_with_grub(disk, grubenv) == partitions::Slot::b)
            boot.commit(partitions::Slot::b);
    };
    const auto check = [&](FakeStorage &disk, const std::string &where) {
        const auto booted = boot_with_grub(disk, grubenv);
        CHECK_TRUE_TEXT(booted.has_value(), where.c_str());
        const std::string image = disk.contents(system_b);
        const bool complete = image == std::string(8192, 'n') || image == std::string(8192, 'o');
        CHECK_TRUE_TEXT(booted == partitions::Slot::a || complete, where.c_str());
    };
    const auto begin = [&](FakeStorage &disk) {
        disk.put_device(system_b, 8192);
        const auto device = disk.open(system_b, partitions::OpenMode::block_device);
        const std::string image(8192, 'o');
        device->write_at(0, std::as_bytes(std::span(image)));
        device->sync();
        device->close();
        prepare(disk, true);
    };
    CHECK_TRUE(partitions_test::for_each_cut(begin, upgrade, check) > 100);
}

TEST(BootSelection, the_fake_behaves_as_the_real_one) {
    prepare(storage, false);
    FakeBootSelection fake(partitions::Slot::a, false);
    const auto same = [&](partitions::BootSelection &real) {
        CHECK_TRUE(fake.default_slot() == real.default_slot());
        STRCMP_EQUAL(StringFrom(real.pending_try()).asCharString(),
                     StringFrom(fake.pending_try()).asCharString());
        CHECK_EQUAL(real.bootable(partitions::Slot::a), fake.bootable(partitions::Slot::a));
        CHECK_EQUAL(real.bootable(partitions::Slot::b), fake.bootable(partitions::Slot::b));
    };
    // Applies the same two thousand random changes and restarts to both.
    const std::function<bool(partitions::BootSelection &)> steps[] = {
        [](partitions::BootSelection &boot) { return boot.mark_unbootable(partitions::Slot::a), true; },
        [](partitions::BootSelection &boot) { return boot.mark_unbootable(partitions::Slot::b), true; },
        [](partitions::BootSelection &boot) { return boot.try_once(partitions::Slot::a), true; },
        [](partitions::BootSelection &boot) { return boot.try_once(partitions::Slot::b), true; },
        [](partitions::BootSelection &boot) { return boot.commit(partitions::Slot::a), true; },
        [](partitions::BootSelection &boot) { return boot.commit(partitions::Slot::b), true; },
        [](partitions::BootSelection &boot) { return boot.cancel_try(), true; },
    };
    const auto done = [](const auto &step, partitions::BootSelection &boot) {
        try {
            return step(boot);
        } catch (const partitions::BootSelectionRefused &) {
            return false;
        }
    };
    unsigned chance = 1;
    for (int round = 0; round < 2000; ++round) {
        chance = chance * 1103515245U + 12345U;
        const unsigned choice = chance / 65536U % 8U;
        if (choice == 7U)
            check_boots(fake.boot());
        else
            CHECK_EQUAL(done(steps[choice], selection), done(steps[choice], fake));
        same(selection);
    }
}
