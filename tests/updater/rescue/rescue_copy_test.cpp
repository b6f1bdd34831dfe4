// The copy of the running system in the rescue partition.
#include "partitions/partition_writer.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/updater/rescue/rescue_fixture.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>
#include <memory>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::rescue;
using namespace updater_test;
using partitions::Slot;

TEST_GROUP(RescueCopy) {
    TwoSlots slots;
    SilentCalls silent;
    std::stop_source stop;

    std::string failure_of_copy() {
        try {
            slots.copy.make(silent.calls(), stop.get_token());
        } catch (const std::exception &failure) {
            return failure.what();
        }
        return "none";
    }
};

TEST(RescueCopy, is_the_image_with_the_generation_of_the_running_system_and_can_be_started) {
    slots.keep_head_of_running();
    STRCMP_EQUAL("2.8.1.0-1", slots.copy.make(silent.calls(), {}).c_str());
    CHECK(slots.holds_copy());
    CHECK(slots.boot.default_slot() == Slot::a);
    CHECK_FALSE(slots.boot.pending_try().has_value());
    CHECK(slots.heads.read(Slot::b, slots.keys()).has_value());
    CHECK(std::ranges::is_sorted(silent.percent));
    LONGS_EQUAL(100, silent.percent.back());
}

TEST(RescueCopy, takes_the_place_of_the_previous_system_with_its_generation_and_nothing_else) {
    slots.copy.make(silent.calls(), {});
    CHECK_FALSE(slots.storage.exists("/data/generations/2.8.0.0-1"));
    STRCMP_EQUAL("new mail", slots.storage.contents("/data/generations/2.8.1.0-1/var/mail").c_str());
}

TEST(RescueCopy, is_made_of_the_whole_partition_if_nobody_knows_what_was_signed) {
    slots.damage("/dev/a", TwoSlots::partition_bytes - 1);
    slots.copy.make(silent.calls(), {});
    CHECK(slots.storage.contents("/dev/a") == slots.storage.contents("/dev/b"));
    CHECK_FALSE(slots.heads.read(Slot::b, slots.keys()).has_value());
}

TEST(RescueCopy, is_not_made_of_a_system_that_is_damaged_and_leaves_the_rescue_partition_as_it_is) {
    slots.keep_head_of_running();
    slots.damage("/dev/a", 5);
    const auto operations = slots.storage.operations().size();
    STRCMP_CONTAINS("1 of 3 chunks differ), so no copy of it was made", failure_of_copy().c_str());
    LONGS_EQUAL(operations, slots.storage.operations().size());
    CHECK(slots.boot.bootable(Slot::b));
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueCopy, is_not_made_of_what_cannot_be_read_also_if_nobody_knows_what_was_signed) {
    slots.storage.put_device("/dev/a", TwoSlots::partition_bytes - 4096);
    const auto operations = slots.storage.operations().size();
    STRCMP_CONTAINS("it can't be read at byte 8388608: it ends too early), so no copy of it was made",
                    failure_of_copy().c_str());
    LONGS_EQUAL(operations, slots.storage.operations().size());
    CHECK(slots.boot.bootable(Slot::b));
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueCopy, that_is_stopped_at_the_end_of_the_comparison_gives_nothing_up) {
    for (const bool head_is_known : {false, true}) {
        if (head_is_known)
            slots.keep_head_of_running();
        std::stop_source at_once;
        auto calls = silent.calls();
        calls.progress = [&at_once](int percent) {
            if (percent >= 30)
                at_once.request_stop();
        };
        CHECK_THROWS(Cancelled, slots.copy.make(calls, at_once.get_token()));
        CHECK(slots.boot.bootable(Slot::b));
        STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
    }
}

TEST(RescueCopy, that_finds_the_damage_while_it_copies_cannot_be_started) {
    slots.keep_head_of_running();
    bool damaged = false;
    auto calls = silent.calls();
    calls.progress = [&](int percent) {
        if (percent >= 30 && !std::exchange(damaged, true)) // compared, nothing copied yet
            slots.damage("/dev/a", signed_image().size() - 1);
    };
    CHECK_THROWS(RunningSystemDamaged, slots.copy.make(calls, {}));
    CHECK_FALSE(slots.boot.bootable(Slot::b));
    CHECK_FALSE(slots.generations.assigned(Slot::b).has_value());
}

TEST(RescueCopy, that_was_stopped_cannot_be_started_and_is_whole_the_next_time) {
    auto calls = silent.calls();
    calls.progress = [this](int percent) {
        if (percent > 50)
            stop.request_stop();
    };
    CHECK_THROWS(Cancelled, slots.copy.make(calls, stop.get_token()));
    CHECK_FALSE(slots.boot.bootable(Slot::b));
    slots.copy.make(silent.calls(), {});
    CHECK(slots.holds_copy());
}

TEST(RescueCopy, that_is_damaged_is_written_again) {
    slots.keep_head_of_running();
    slots.copy.make(silent.calls(), {});
    slots.damage("/dev/b", 5000);
    CHECK_FALSE(slots.holds_copy());
    slots.copy.make(silent.calls(), {});
    CHECK(slots.holds_copy());
    CHECK(slots.storage.exists("/data/generations/2.8.1.0-1/var/mail"));
}

TEST(RescueCopy, gives_nothing_up_for_a_partition_that_is_too_small) {
    slots.storage.put_device("/dev/b", 4096);
    CHECK_THROWS(partitions::ImageTooLarge, slots.copy.make(silent.calls(), {}));
    CHECK(slots.boot.bootable(Slot::b));
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueCopy, is_not_made_over_the_default_system) {
    slots.boot.commit(Slot::b);
    CHECK_THROWS(partitions::BootSelectionRefused, slots.copy.make(silent.calls(), {}));
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueCopy, keeps_a_generation_with_mail_that_is_in_no_queue) {
    slots.storage.put_file("/data/generations/2.8.0.0-1/gate-queue/incoming/4AB", "mail");
    slots.copy.make(silent.calls(), {});
    CHECK(slots.holds_copy());
    CHECK(slots.storage.exists("/data/generations/2.8.0.0-1/gate-queue/incoming/4AB"));
    CHECK(std::ranges::any_of(silent.lines, [](const std::string &line) {
        return line.find("generation 2.8.0.0-1 stays") != std::string::npos;
    }));
}

namespace {

constexpr std::uint64_t small_bytes = 32UL * 1024;

/// What both partitions hold for a power cut: little, because it is looked at often.
void put_small_slots(partitions_test::FakeStorage &disk) {
    disk.put_file("/boot/grubenv", partitions_test::boot_environment(Slot::a, true, true));
    for (const auto &[device, contents] : {std::pair{"/dev/a", 'a'}, {"/dev/b", 'b'}}) {
        disk.put_device(device, small_bytes);
        const auto file = disk.open(device, partitions::OpenMode::block_device);
        const std::string text(small_bytes, contents);
        file->write_at(0, std::as_bytes(std::span(text)));
        file->sync();
        file->close();
    }
    disk.put_file("/data/generations/2.8.1.0-1/var/mail", "new mail");
    disk.put_file("/data/generations/2.8.0.0-1/var/mail", "old mail");
    disk.put_symlink("../generations/2.8.1.0-1", "/data/slots/system-a");
    disk.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-b");
    disk.put_file("/data/update-control/images/system-a.head", "of the running system");
}

void copy_on(partitions_test::FakeStorage &disk) {
    const partitions_test::FakePartitionFinder finder(
        {{"system-a", {"/dev/a", small_bytes}}, {"system-b", {"/dev/b", small_bytes}}});
    partitions::GrubBootSelection boot(disk, "/boot/grubenv");
    partitions::Generations generations(disk, "/data");
    install::ImageHeads heads(disk, "/data/update-control/images");
    SilentCalls silent;
    rescue::RescueCopy(disk, finder, boot, generations, heads,
                       firmware::keys_in(signed_firmware().folder / "keys"), Slot::a)
        .make(silent.calls(), {});
}

} // namespace

TEST(RescueCopy, leaves_a_complete_pair_in_each_slot_that_can_be_started_wherever_the_power_is_cut) {
    int old_pairs = 0;
    int empty = 0;
    int copies = 0;
    partitions_test::for_each_cut(
        put_small_slots, copy_on, [&](partitions_test::FakeStorage &disk, const std::string &where) {
            partitions::GrubBootSelection boot(disk, "/boot/grubenv");
            partitions::Generations generations(disk, "/data");
            CHECK_TEXT(partitions_test::boot_with_grub(disk, "/boot/grubenv") == Slot::a, where.c_str());
            STRCMP_EQUAL_TEXT("2.8.1.0-1", generations.of_slot(Slot::a).c_str(), where.c_str());
            STRCMP_EQUAL_TEXT("new mail", disk.contents("/data/generations/2.8.1.0-1/var/mail").c_str(),
                              where.c_str());
            const bool is_copy = disk.contents("/dev/b") == disk.contents("/dev/a");
            if (!boot.bootable(Slot::b)) {
                ++empty;
            } else if (generations.of_slot(Slot::b) == "2.8.1.0-1") {
                CHECK_TEXT(is_copy, where.c_str());
                ++copies;
            } else {
                CHECK_TEXT(disk.contents("/dev/b") == std::string(small_bytes, 'b'), where.c_str());
                STRCMP_EQUAL_TEXT("old mail", disk.contents("/data/generations/2.8.0.0-1/var/mail").c_str(),
                                  where.c_str());
                ++old_pairs;
            }
            // What is known of a slot is known of what it holds.
            if (disk.exists("/data/update-control/images/system-b.head"))
                CHECK_TEXT(is_copy, where.c_str());
            copy_on(disk);
            CHECK_TEXT(boot.bootable(Slot::b), where.c_str());
            CHECK_TEXT(disk.contents("/dev/b") == disk.contents("/dev/a"), where.c_str());
            LONGS_EQUAL_TEXT(1, generations.all().size(), where.c_str());
        });
    CHECK(old_pairs > 0);
    CHECK(empty > 5);
    CHECK(copies > 0);
}
