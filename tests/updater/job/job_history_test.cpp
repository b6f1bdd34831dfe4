// What the journal says of the end of a job.
#include "updater/job/job_history.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::job;

TEST_GROUP(JobHistory) {
    JournalContents contents;

    void setup() override {
        JobFacts facts;
        facts.operation = Operation::install;
        add({.kind = RecordKind::job_begins, .facts = facts});
    }
    void add(Record record) {
        contents.records.push_back(std::move(record));
    }
    bool ends_unfinished(Outcome outcome) {
        add({.kind = RecordKind::job_ended, .outcome = outcome});
        return end_of_job(contents).unfinished;
    }
};

TEST(JobHistory, a_failure_after_the_commit_leaves_the_upgrade_unfinished) {
    add({.kind = RecordKind::phase_begins, .phase = Phase::start_services});
    CHECK_TRUE(ends_unfinished(Outcome::failed));
}

TEST(JobHistory, a_failure_in_the_last_phase_that_could_not_be_undone_is_no_commit) {
    add({.kind = RecordKind::phase_begins, .phase = Phase::start_services});
    add({.kind = RecordKind::phase_failed, .phase = Phase::start_services});
    add({.kind = RecordKind::undo_begins});
    CHECK_FALSE(ends_unfinished(Outcome::failed));
}

TEST(JobHistory, a_failure_before_the_last_phase_is_no_commit) {
    add({.kind = RecordKind::phase_begins, .phase = Phase::install});
    CHECK_FALSE(ends_unfinished(Outcome::failed));
}

TEST(JobHistory, a_success_is_finished) {
    add({.kind = RecordKind::phase_begins, .phase = Phase::start_services});
    CHECK_FALSE(ends_unfinished(Outcome::succeeded));
}

TEST(JobHistory, an_end_without_facts_can_be_told) {
    contents.records.clear();
    add({.kind = RecordKind::phase_begins, .phase = Phase::start_services});
    CHECK_FALSE(ends_unfinished(Outcome::failed));
}
