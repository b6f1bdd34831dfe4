// Which generations are removed when none is needed but those of the slots.
#include "tests/support/fake_storage.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/services/spare_generations.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::services;
using partitions::Slot;

TEST_GROUP(SpareGenerations) {
    partitions_test::FakeStorage storage;
    partitions::Generations generations{storage, "/data"};

    void setup() override {
        storage.put_file("/data/generations/2.8.0.0-1/var/old", "old");
        storage.put_file("/data/generations/2.8.1.0-1/var/new", "new");
        storage.put_directory("/data/slots");
        generations.assign(Slot::a, "2.8.1.0-1");
    }
};

TEST(SpareGenerations, are_those_that_no_slot_uses) {
    LONGS_EQUAL(1, remove_spare_generations(storage, generations, "").removed.size());
    CHECK(generations.all() == std::vector<std::string>{"2.8.1.0-1"});
}

TEST(SpareGenerations, are_not_those_of_another_slot_or_one_that_is_needed) {
    generations.assign(Slot::b, "2.8.0.0-1");
    remove_spare_generations(storage, generations, "");
    LONGS_EQUAL(2, generations.all().size());
    generations.unassign(Slot::b);
    remove_spare_generations(storage, generations, "2.8.0.0-1");
    LONGS_EQUAL(2, generations.all().size());
}

TEST(SpareGenerations, never_are_one_that_two_slots_share_as_long_as_one_has_it) {
    generations.assign(Slot::b, "2.8.1.0-1");
    for (const Slot slot : {Slot::b, Slot::a}) {
        remove_spare_generations(storage, generations, "");
        CHECK(storage.exists("/data/generations/2.8.1.0-1/var/new"));
        generations.unassign(slot);
    }
    remove_spare_generations(storage, generations, "");
    LONGS_EQUAL(0, generations.all().size());
}

TEST(SpareGenerations, are_not_those_with_mail_that_is_in_no_queue) {
    storage.put_file("/data/generations/2.8.0.0-1/gate-queue/incoming/4AB", "mail");
    const auto result = remove_spare_generations(storage, generations, "");
    LONGS_EQUAL(0, result.removed.size());
    LONGS_EQUAL(1, result.with_mail.size());
    STRCMP_CONTAINS("systemctl restart update-agent", result.with_mail[0].c_str());
    CHECK(storage.exists("/data/generations/2.8.0.0-1/gate-queue/incoming/4AB"));
}

TEST(SpareGenerations, leave_what_a_slot_uses_whole_wherever_the_power_is_cut) {
    partitions_test::for_each_cut(
        [](partitions_test::FakeStorage &disk) {
            disk.put_file("/data/generations/2.8.0.0-1/var/old", "old");
            disk.put_file("/data/generations/2.8.1.0-1/var/new", "new");
            disk.put_symlink("../generations/2.8.1.0-1", "/data/slots/system-a");
            disk.put_symlink("../generations/2.8.1.0-1", "/data/slots/system-b");
        },
        [](partitions_test::FakeStorage &disk) {
            partitions::Generations on_disk(disk, "/data");
            on_disk.unassign(Slot::b);
            remove_spare_generations(disk, on_disk, "");
        },
        [](partitions_test::FakeStorage &disk, const std::string &where) {
            partitions::Generations on_disk(disk, "/data");
            STRCMP_EQUAL_TEXT("2.8.1.0-1", on_disk.of_slot(Slot::a).c_str(), where.c_str());
            CHECK_TEXT(disk.exists("/data/generations/2.8.1.0-1/var/new"), where.c_str());
            on_disk.remove_retired();
        });
}
