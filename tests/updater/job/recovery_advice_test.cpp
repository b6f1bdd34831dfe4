// The commands that people are given to try again: each has to work in the state that the failure leaves.
#include "updater/job/recovery.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::job;

TEST_GROUP(RecoveryAdvice) {
    JobFacts facts;

    void command_is(const char *command, Phase phase) {
        STRCMP_EQUAL(command, command_to_try_again(facts, phase).c_str());
    }
};

TEST(RecoveryAdvice, before_the_restart_the_version_is_still_offered) {
    command_is("update-control -i fw", Phase::install);
    command_is("update-control -i fw", Phase::back_up_configuration);
}

TEST(RecoveryAdvice, keeps_what_was_forced) {
    facts.force = true;
    command_is("update-control -i fw --force", Phase::install);
    command_is("update-control -i fw --force", Phase::migrate_store);
    facts.source = "/data/a.fw";
    facts.stop_on_conflict = true;
    for (const auto phase : {Phase::install, Phase::migrate_store})
        command_is("update-control -i fw /data/a.fw --force --stop-on-conflict", phase);
}

TEST(RecoveryAdvice, keeps_what_was_named_and_shows_no_password) {
    const struct {
        const char *source;
        const char *in_feed;
        const char *named;
    } cases[] = {{"", "", ""},
                 {"/data/a.fw", "", " /data/a.fw"},
                 {"https://x.test/a.fw", "", " https://x.test/a.fw"},
                 {"https://x.test/a.fw", "2.8.1.0", ""}};
    for (const auto &row : cases) {
        facts.source = row.source;
        facts.expected_version = row.in_feed;
        facts.operation = Operation::install;
        command_is((std::string("update-control -i fw") + row.named).c_str(), Phase::install);
        facts.operation = Operation::download;
        command_is((std::string("update-control -d fw") + row.named).c_str(), Phase::download);
    }
    facts.source = "https://me:topsecret@x.test/a.fw?token=hidden";
    facts.expected_version = "";
    facts.operation = Operation::install;
    for (const auto phase : {Phase::install, Phase::migrate_store}) {
        const std::string command = command_to_try_again(facts, phase);
        STRCMP_CONTAINS("x.test/a.fw", command.c_str());
        CHECK(command.find("topsecret") == std::string::npos && command.find("hidden") == std::string::npos);
    }
}

TEST(RecoveryAdvice, a_name_with_blanks_is_one_word) {
    facts.source = "/data/my file.fw";
    facts.expected_version = "";
    facts.operation = Operation::install;
    command_is("update-control -i fw '/data/my file.fw'", Phase::install);
    facts.firmware_file = "/data/my file.fw";
    command_is("update-control -i fw '/data/my file.fw'", Phase::migrate_store);
}

TEST(RecoveryAdvice, a_version_that_failed_in_its_trial_is_forced_or_named) {
    const struct {
        const char *source;
        const char *file;
        const char *in_feed;
        const char *command;
    } cases[] = {
        {"", "", "", "update-control -i fw --force"},
        {"/data/a.fw", "/data/a.fw", "", "update-control -i fw /data/a.fw"},
        {"", "/var/spool/updates/firmware/a.fw", "", "update-control -i fw /var/spool/updates/firmware/a.fw"},
        {"https://x.test/a.fw", "", "2.8.1.0", "update-control -i fw --force"},
        {"https://x.test/a.fw", "", "", "update-control -i fw https://x.test/a.fw"},
    };
    for (const auto &row : cases) {
        facts.source = row.source;
        facts.firmware_file = row.file;
        facts.expected_version = row.in_feed;
        command_is(row.command, Phase::migrate_store);
    }
}

TEST(RecoveryAdvice, does_what_was_done_again) {
    facts.operation = Operation::download;
    command_is("update-control -d fw", Phase::download);
    facts.operation = Operation::rollback;
    command_is("update-control --rollback --force", Phase::start_services);
}

TEST(RecoveryAdvice, of_a_way_back_that_was_given_up_claims_nothing_and_restarts) {
    facts.log_file = "/var/spool/updates/XPU/1.log";
    facts.new_slot = partitions::Slot::b;
    MachineState machine;
    machine.running.slot = partitions::Slot::a;
    JournalContents contents;
    const auto add = [&](Record record) { contents.records.push_back(std::move(record)); };
    add({.kind = RecordKind::job_begins, .facts = facts});
    add({.kind = RecordKind::phase_begins, .phase = Phase::stop_services});
    add({.kind = RecordKind::phase_failed,
         .phase = Phase::stop_services,
         .reason = "a unit does not stop",
         .next_step = advice_to_try_again(facts, Phase::stop_services)});
    for (int begun = 0; begun <= max_returns; ++begun)
        add({.kind = RecordKind::undo_begins, .phase = Phase::stop_services});
    const Recovery recovery = decide_recovery(contents, {}, machine);
    CHECK(recovery.step == RecoveryStep::give_up && recovery.outcome == Outcome::failed);
    STRCMP_EQUAL("Not all was undone. Read the log /var/spool/updates/XPU/1.log, then restart the appliance: "
                 "systemctl reboot",
                 recovery.next_step.c_str());
}

TEST(RecoveryAdvice, names_the_log) {
    facts.from_version = "2.8.0.0";
    facts.log_file = "/var/spool/updates/XPU/1.log";
    STRCMP_EQUAL(
        "The appliance runs 2.8.0.0 as before. Read the log /var/spool/updates/XPU/1.log, then start "
        "again with: update-control -i fw --force",
        advice_to_try_again(facts, Phase::start_services).c_str());
}
