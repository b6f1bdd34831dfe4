// Journals that another release has written (updater/contracts.md): what recovery in this release decides.
#include "test_data.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/file_contents.hpp"
#include "updater/job/job_history.hpp"
#include "updater/job/journal.hpp"
#include "updater/job/recovery.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::job;
using partitions::Slot;

TEST_GROUP(StoredJournal) {
    partitions_test::FakeStorage storage;
    PhaseTable table;

    void setup() override {
        for (const PhaseRules &rules : phase_rules)
            table.push_back(
                {.phase = rules.phase, .run = nullptr, .undo = nullptr, .on_return = rules.on_return});
    }
    JournalContents contents_of(const std::string &name) {
        storage.put_file("/journal", test_files::read_file(std::string(TEST_DATA_FOLDER) + "/" + name));
        return Journal(storage, "/journal", "boot-2", nullptr).read();
    }
};

TEST(StoredJournal, of_the_release_before_is_continued_in_the_new_system) {
    const auto contents = contents_of("journal-of-release-before.txt");
    CHECK_FALSE(contents.damaged);
    LONGS_EQUAL(13, contents.records.size());
    const auto recovery =
        decide_recovery(contents, table, {{partitions::Slot::b, "boot-2"}, partitions::Slot::a});
    CHECK(recovery.step == RecoveryStep::go_on);
    CHECK(recovery.phase == Phase::migrate_store);
    const auto facts = latest_facts(contents);
    CHECK(facts.try_requested);
    STRCMP_EQUAL("2.8.1.0-1", facts.new_generation.c_str());
    UNSIGNED_LONGS_EQUAL(4711, facts.expected_records.at("message-store"));
    LONGS_EQUAL(2, facts.conversions.size());
    CHECK(facts.services && facts.services->was_active("postfix.service"));
    // What that release did not record.
    CHECK_FALSE(facts.stores.has_value());
    CHECK_FALSE(facts.force);
    CHECK_FALSE(facts.machine.has_value());
}

TEST(StoredJournal, of_the_release_before_is_rolled_back_in_the_old_system) {
    const auto recovery = decide_recovery(contents_of("journal-of-release-before.txt"), table,
                                          {{partitions::Slot::a, "boot-2"}, partitions::Slot::a});
    CHECK(recovery.step == RecoveryStep::undo);
    STRCMP_CONTAINS("version 2.8.1.0 did not come up", recovery.reason.c_str());
    STRCMP_EQUAL("UC0105", recovery.code.c_str());
}

TEST(StoredJournal, with_fields_that_a_later_release_added_is_read) {
    const auto contents = contents_of("journal-with-additions.txt");
    CHECK_FALSE(contents.damaged);
    const auto recovery =
        decide_recovery(contents, table, {{partitions::Slot::b, "boot-2"}, partitions::Slot::a});
    CHECK(recovery.step == RecoveryStep::go_on);
    CHECK(latest_facts(contents).try_requested);
}

TEST(StoredJournal, of_a_rollback_that_the_release_before_has_committed_at_once_ends_with_the_restart) {
    const auto recovery = decide_recovery(contents_of("rollback-of-release-before.txt"), table,
                                          {{partitions::Slot::a, "boot-2"}, partitions::Slot::a});
    CHECK(recovery.step == RecoveryStep::end_rollback);
}

TEST(StoredJournal, of_a_trial_that_the_service_manager_ended_names_the_deadline) {
    const auto recovery =
        decide_recovery(contents_of("journal-of-release-before.txt"), table,
                        {{partitions::Slot::a, "boot-2", false}, partitions::Slot::a, true});
    STRCMP_CONTAINS("the deadline of version 2.8.1.0 on trial passed, and update-control-deadline.service "
                    "restarted the appliance before an update agent had answered there",
                    recovery.reason.c_str());
}
