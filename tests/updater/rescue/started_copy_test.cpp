// What becomes of the boot selection when the boot loader had to start the rescue copy.
#include "updater/rescue/started_copy.hpp"

#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_storage.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using partitions::Slot;

TEST_GROUP(StartedCopy) {
    partitions_test::FakeStorage storage;
    partitions_test::FakeBootSelection boot{Slot::a, true};
    partitions::Generations generations{storage, "/data"};
    job::RunningSystem running{Slot::b, "boot-1"};
    job::JournalContents journal;

    void setup() override {
        storage.put_directory("/data/generations/2.8.0.0-1");
        storage.put_directory("/data/generations/2.8.1.0-1");
        storage.put_directory("/data/slots");
        generations.assign(Slot::a, "2.8.1.0-1");
        generations.assign(Slot::b, "2.8.1.0-1");
    }
    std::string noted;
    Slot default_when_noted = Slot::b;
    bool keep() {
        return rescue::keep_started_copy(boot, generations, running, journal,
                                         [this](const std::string &generation) {
                                             noted = generation;
                                             default_when_noted = boot.default_slot();
                                         });
    }
    void check_is_left_alone() {
        CHECK_FALSE(keep());
        STRCMP_EQUAL("", noted.c_str());
        CHECK(boot.default_slot() == Slot::a);
        CHECK(boot.bootable(Slot::a) && boot.bootable(Slot::b));
    }
};

TEST(StartedCopy, becomes_the_default_and_the_other_slot_is_empty) {
    journal.records = {{.kind = job::RecordKind::job_ended}};
    CHECK(keep());
    CHECK(boot.default_slot() == Slot::b);
    CHECK_FALSE(boot.bootable(Slot::a));
    CHECK_FALSE(keep());
    CHECK(boot.default_slot() == Slot::b);
}

TEST(StartedCopy, is_noted_before_it_becomes_the_default) {
    CHECK(keep());
    STRCMP_EQUAL("2.8.1.0-1", noted.c_str());
    CHECK(default_when_noted == Slot::a);
}

TEST(StartedCopy, is_none_if_the_slots_have_two_generations_or_one_has_none) {
    generations.assign(Slot::b, "2.8.0.0-1");
    check_is_left_alone();
    generations.unassign(Slot::b);
    check_is_left_alone();
    generations.unassign(Slot::a);
    check_is_left_alone();
}

TEST(StartedCopy, is_not_kept_while_a_job_may_be_open) {
    journal.records = {{.kind = job::RecordKind::job_begins}};
    check_is_left_alone();
    journal.records = {};
    journal.damaged = true;
    check_is_left_alone();
}

TEST(StartedCopy, is_no_system_on_trial_and_none_that_waits_for_a_try) {
    running.is_try = true;
    check_is_left_alone();
    running.is_try = false;
    boot.try_once(Slot::b);
    check_is_left_alone();
}

TEST(StartedCopy, is_not_what_the_boot_loader_starts_by_default) {
    running.slot = Slot::a;
    check_is_left_alone();
}

TEST(StartedCopy, becomes_the_default_before_a_restart_that_was_asked_for) {
    Slot at_restart = Slot::a;
    rescue::restart_into_copy(boot, Slot::a, [&] { at_restart = boot.default_slot(); });
    CHECK(at_restart == Slot::b);
    CHECK(boot.default_slot() == Slot::b);
    CHECK(boot.bootable(Slot::a)); // it is the copy now
    CHECK_FALSE(keep());
}

TEST(StartedCopy, is_not_the_default_if_no_restart_comes) {
    CHECK_THROWS(std::runtime_error,
                 rescue::restart_into_copy(boot, Slot::a, [] { throw std::runtime_error("no"); }));
    CHECK(boot.default_slot() == Slot::a);
    CHECK(boot.bootable(Slot::b));
}
