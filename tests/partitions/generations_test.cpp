// Generations: names, the links of the slots, and what a power cut leaves.
#include "partitions/generations.hpp"

#include "tests/support/power_cuts.hpp"

#include <CppUTest/TestHarness.h>

using partitions::GenerationInUse;
using partitions::GenerationNotFound;
using partitions::Generations;
using partitions::Slot;
using partitions_test::FakeStorage;
using partitions_test::for_each_cut;

namespace {

// The first release in slot a, with a file in its configuration.
void put_first_release(FakeStorage &storage) {
    storage.put_file("/data/generations/2.8.0.0-1/etc/upper/hostname", "mx1");
    storage.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-a");
}

std::string joined(const std::vector<std::string> &names) {
    std::string text;
    for (const std::string &name : names)
        text += name + ' ';
    return text;
}

} // namespace

TEST_GROUP(Generations) {
    FakeStorage storage;
    partitions::Generations generations{storage, "/data"};
};

TEST(Generations, on_a_bare_disk_there_are_none) {
    STRCMP_EQUAL("", joined(generations.all()).c_str());
    CHECK_FALSE(generations.assigned(partitions::Slot::a).has_value());
    CHECK_THROWS(partitions::GenerationNotFound, generations.of_slot(partitions::Slot::a));
    generations.unassign(partitions::Slot::a);
    generations.retire("2.8.0.0-1");
}

TEST(Generations, numbers_rise_for_each_version) {
    storage.put_directory("/data/generations/2.8.0.0-9");
    storage.put_directory("/data/generations/2.8.0.0-10");
    storage.put_directory("/data/generations/2.8.0.0-x");
    STRCMP_EQUAL("2.8.0.0-11", generations.create("2.8.0.0").c_str());
    STRCMP_EQUAL("2.8.0-1", generations.create("2.8.0").c_str());
    STRCMP_EQUAL("2.8.1.0-1", generations.create("2.8.1.0").c_str());
    STRCMP_EQUAL("2.8.1.0-2", generations.create("2.8.1.0").c_str());
}

TEST(Generations, a_slot_uses_the_one_it_was_given) {
    put_first_release(storage);
    const std::string name = generations.create("2.8.1.0");
    generations.assign(partitions::Slot::b, name);
    STRCMP_EQUAL("2.8.1.0-1", generations.of_slot(partitions::Slot::b).c_str());
    STRCMP_EQUAL("2.8.0.0-1", generations.of_slot(partitions::Slot::a).c_str());
    STRCMP_EQUAL("../generations/2.8.1.0-1", storage.read_symlink("/data/slots/system-b").c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1", generations.path_of(name).c_str());
    generations.unassign(partitions::Slot::b);
    CHECK_FALSE(generations.assigned(partitions::Slot::b).has_value());
}

TEST(Generations, what_a_slot_uses_is_not_retired) {
    put_first_release(storage);
    CHECK_THROWS(partitions::GenerationInUse, generations.retire("2.8.0.0-1"));
    STRCMP_EQUAL("mx1", storage.contents("/data/slots/system-a/etc/upper/hostname").c_str());
}

TEST(Generations, set_aside_keeps_the_files_for_later) {
    put_first_release(storage);
    CHECK_THROWS(partitions::GenerationInUse, generations.set_aside("2.8.0.0-1"));
    generations.unassign(partitions::Slot::a);
    generations.set_aside("2.8.0.0-1");
    generations.set_aside("2.8.0.0-1"); // gone already
    STRCMP_EQUAL("", joined(generations.all()).c_str());
    STRCMP_EQUAL("mx1", storage.contents("/data/generations/.retired-2.8.0.0-1/etc/upper/hostname").c_str());
    CHECK(generations.remove_retired().empty());
    CHECK_FALSE(storage.exists("/data/generations/.retired-2.8.0.0-1"));
}

TEST(Generations, refuses_names_that_lead_elsewhere) {
    for (const std::string name : {"", ".", "..", "../slots", "a/b", ".retired-x"}) {
        CHECK_THROWS(partitions::GenerationNotFound, generations.path_of(name));
        CHECK_THROWS(partitions::GenerationNotFound, generations.retire(name));
        CHECK_THROWS(std::invalid_argument, generations.create(name));
    }
    CHECK_THROWS(partitions::GenerationNotFound, generations.assign(partitions::Slot::a, "2.8.0.0-7"));
}

TEST(Generations, a_link_to_what_is_gone_is_told) {
    storage.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-a");
    CHECK_THROWS(partitions::GenerationNotFound, generations.of_slot(partitions::Slot::a));
}

TEST(Generations, a_power_cut_while_creating_and_assigning_leaves_nothing_or_the_whole) {
    const auto scenario = [](FakeStorage &disk) {
        partitions::Generations all(disk, "/data");
        all.assign(partitions::Slot::b, all.create("2.8.1.0"));
    };
    const auto check = [](FakeStorage &disk, const std::string &where) {
        partitions::Generations all(disk, "/data");
        STRCMP_EQUAL_TEXT("2.8.0.0-1", all.of_slot(partitions::Slot::a).c_str(), where.c_str());
        if (all.assigned(partitions::Slot::b)) {
            STRCMP_EQUAL_TEXT("2.8.1.0-1", all.of_slot(partitions::Slot::b).c_str(), where.c_str());
        }
        // And the job works when it is started again.
        all.assign(partitions::Slot::b, all.create("2.8.1.0"));
        CHECK_TRUE_TEXT(partitions::Generations(*disk.after_reboot({}), "/data")
                            .assigned(partitions::Slot::b)
                            .has_value(),
                        where.c_str());
    };
    for_each_cut(put_first_release, scenario, check);
}

TEST(Generations, a_power_cut_while_moving_a_slot_leaves_the_old_or_the_new_one) {
    const auto begin = [](FakeStorage &disk) {
        put_first_release(disk);
        disk.put_directory("/data/generations/2.8.0.0-2");
    };
    const auto check = [](FakeStorage &disk, const std::string &where) {
        const std::string name = partitions::Generations(disk, "/data").of_slot(partitions::Slot::a);
        CHECK_TRUE_TEXT(name == "2.8.0.0-1" || name == "2.8.0.0-2", where.c_str());
    };
    for_each_cut(
        begin,
        [](FakeStorage &disk) {
            partitions::Generations(disk, "/data").assign(partitions::Slot::a, "2.8.0.0-2");
        },
        check);
}

TEST(Generations, what_cannot_be_removed_is_told_and_in_nobodys_way) {
    put_first_release(storage);
    for (const char *stays :
         {"/data/generations/.retired-2.7.0.0-1", "/data/generations/.retired-2.7.0.0-1+"}) {
        storage.put_file("/data/generations/2.7.0.0-1/var/stubborn", "x");
        storage.fail_when("stubborn", FakeStorage::Failure::broken);
        generations.retire("2.7.0.0-1");
        CHECK(storage.exists(stays));
        STRCMP_EQUAL("2.8.0.0-1 ", joined(generations.all()).c_str());
        STRCMP_EQUAL("2.7.0.0-1", generations.create("2.7.0.0").c_str());
        const auto told = generations.remove_retired();
        CHECK(!told.empty());
        STRCMP_CONTAINS((std::string("To remove it: rm -rf ") + stays).c_str(), told.back().c_str());
        storage.heal();
        generations.retire("2.7.0.0-1");
    }
    CHECK(generations.remove_retired().empty());
    LONGS_EQUAL(1, storage.list("/data/generations").size());
}

TEST(Generations, a_power_cut_while_retiring_leaves_it_whole_or_gone) {
    const auto begin = [](FakeStorage &disk) {
        put_first_release(disk);
        for (int number = 0; number < 5; ++number)
            disk.put_file("/data/generations/2.7.0.0-1/var/" + std::to_string(number), "x");
    };
    const auto check = [&](FakeStorage &disk, const std::string &where) {
        FakeStorage untouched;
        begin(untouched);
        const std::filesystem::path old = "/data/generations/2.7.0.0-1";
        if (disk.exists(old)) {
            STRCMP_EQUAL_TEXT(untouched.describe(old).c_str(), disk.describe(old).c_str(), where.c_str());
        }
        partitions::Generations all(disk, "/data");
        all.retire("2.7.0.0-1"); // again, as the job does after the restart
        CHECK(all.remove_retired().empty());
        const auto later = disk.after_reboot({});
        STRCMP_EQUAL_TEXT("2.8.0.0-1 ", joined(partitions::Generations(*later, "/data").all()).c_str(),
                          where.c_str());
        CHECK_EQUAL_TEXT(1U, later->list("/data/generations").size(), where.c_str());
    };
    for_each_cut(
        begin, [](FakeStorage &disk) { partitions::Generations(disk, "/data").retire("2.7.0.0-1"); }, check);
}
