// What the greeting at login says about the system that runs.
#include "tests/support/fake_storage.hpp"
#include "updater/agent/system_banner.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using partitions::Slot;

TEST_GROUP(SystemBanner) {
    job::JournalContents journal;
    std::optional<rescue::StartedCopy> started;
    bool other_bootable = true;
    std::string running_generation = "2.8.1.0-1";
    bool copied_by_itself = true;

    /// A job from slot a to slot b.
    void put_job(job::Operation operation, std::optional<job::Outcome> outcome) {
        job::JobFacts facts;
        facts.job = "1";
        facts.operation = operation;
        facts.old_slot = Slot::a;
        facts.new_slot = Slot::b;
        journal.records.clear();
        journal.records.push_back({.kind = job::RecordKind::job_begins, .facts = facts});
        if (outcome)
            journal.records.push_back({.kind = job::RecordKind::job_ended, .outcome = *outcome});
    }
    std::string text(Slot running, Slot default_slot, bool is_try = false) const {
        return text_about_system(
            {.slot = running, .boot_id = "1", .is_try = is_try}, "2.8.1.0",
            {default_slot, other_bootable, running_generation, copied_by_itself, started}, journal);
    }
    void copy_was_started(Slot slot, bool on_request) {
        started =
            rescue::StartedCopy{.slot = slot,
                                .generation = "2.8.1.0-1",
                                .when = std::chrono::system_clock::time_point(std::chrono::hours(500'000)),
                                .on_request = on_request};
    }
};

TEST(SystemBanner, says_nothing_when_all_is_as_it_should_be) {
    STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::install, job::Outcome::succeeded);
    STRCMP_EQUAL("", text(Slot::b, Slot::b).c_str());
    put_job(job::Operation::install, job::Outcome::rolled_back);
    STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::download, job::Outcome::succeeded);
    STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::install, std::nullopt);
    STRCMP_EQUAL("", text(Slot::b, Slot::b).c_str());
}

TEST(SystemBanner, says_that_the_default_system_could_not_be_started) {
    STRCMP_EQUAL(
        "This appliance runs version 2.8.1.0 from slot b, because slot a, which it starts by default, could "
        "not be started. To compare both with what was signed: update-control --verify\n",
        text(Slot::b, Slot::a).c_str());
}

TEST(SystemBanner, says_nothing_of_a_trial) {
    STRCMP_EQUAL("", text(Slot::b, Slot::a, true).c_str());
}

TEST(SystemBanner, says_that_the_last_job_left_another_system) {
    put_job(job::Operation::install, job::Outcome::succeeded);
    STRCMP_CONTAINS("but the last job left it with slot b", text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::rollback, job::Outcome::failed);
    STRCMP_CONTAINS("but the last job left it with slot a", text(Slot::b, Slot::b).c_str());
}

TEST(SystemBanner, says_until_the_other_partition_is_mended_that_it_could_not_be_started) {
    copy_was_started(Slot::a, false);
    other_bootable = false;
    STRCMP_CONTAINS(
        "This appliance runs version 2.8.1.0 from slot a, the rescue copy, because slot b could not be "
        "started on 2027-",
        text(Slot::a, Slot::a).c_str());
    STRCMP_CONTAINS("To see when: update-control -s", text(Slot::a, Slot::a).c_str());
    copied_by_itself = false;
    STRCMP_CONTAINS("copied there. To do it: update-control --backup\n", text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::install, job::Outcome::cancelled); // the job left slot a
    STRCMP_CONTAINS("slot b could not be started", text(Slot::a, Slot::a).c_str());
    other_bootable = true;
    STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::install, job::Outcome::succeeded); // the job left slot b
    STRCMP_CONTAINS("slot b could not be started", text(Slot::a, Slot::a).c_str());
    started->over = true;
    STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
}

TEST(SystemBanner, says_nothing_of_a_copy_in_whose_place_a_later_job_has_put_another_system) {
    for (const bool on_request : {true, false}) {
        copy_was_started(Slot::a, on_request);
        running_generation = "2.8.2.0-1";
        other_bootable = on_request;
        STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
        running_generation.clear();
        started->generation.clear();
        STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
    }
}

TEST(SystemBanner,
     says_that_the_copy_was_started_on_request_and_not_that_somebody_changed_the_boot_selection) {
    copy_was_started(Slot::a, true);
    STRCMP_CONTAINS("from slot a, because the rescue copy there was started on request on 2027-",
                    text(Slot::a, Slot::a).c_str());
    put_job(job::Operation::install, job::Outcome::succeeded); // the job left slot b
    STRCMP_CONTAINS("started on request", text(Slot::a, Slot::a).c_str());
    STRCMP_EQUAL("", text(Slot::b, Slot::b).c_str()); // and back again
    started->over = true;
    STRCMP_EQUAL("", text(Slot::a, Slot::a).c_str());
}
