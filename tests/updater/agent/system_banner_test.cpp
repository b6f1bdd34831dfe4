// What the greeting at login says about the system that runs.
#include "tests/support/fake_storage.hpp"
#include "updater/agent/system_banner.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using partitions::Slot;

TEST_GROUP(SystemBanner) {
    job::JournalContents journal;

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
        return text_about_system({.slot = running, .boot_id = "1", .is_try = is_try}, "2.8.1.0", default_slot,
                                 journal);
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
