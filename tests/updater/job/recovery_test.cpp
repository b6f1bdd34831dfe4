// What an agent decides that starts in the slot that nobody has asked the boot loader to start.
#include "updater/job/recovery.hpp"
#include "updater/messages/code.hpp"

#include <utility>

#include <CppUTest/TestHarness.h>

using namespace updater::job;
using partitions::Slot;

namespace {

PhaseTable phase_table() {
    PhaseTable table;
    for (const Phase phase : all_phases)
        table.push_back(
            {.phase = phase, .run = nullptr, .undo = nullptr, .on_return = rules_of(phase).on_return});
    return table;
}

JournalContents journal_in(Operation operation, Phase phase) {
    JobFacts facts;
    facts.operation = operation;
    facts.old_slot = Slot::a;
    facts.new_slot = Slot::b;
    JournalContents contents;
    contents.records = {{.kind = RecordKind::job_begins, .boot_id = "boot-1"},
                        {.kind = RecordKind::phase_begins, .boot_id = "boot-1", .phase = phase}};
    contents.records.front().facts = facts;
    return contents;
}

Recovery decide(const JournalContents &contents, bool is_try = false) {
    return decide_recovery(contents, phase_table(), {{Slot::b, "boot-2", is_try}, Slot::a});
}

} // namespace

TEST_GROUP(RecoveryInOtherSlot){};

TEST(RecoveryInOtherSlot, gives_a_job_up_whose_system_the_boot_loader_could_not_start) {
    for (const auto &[operation, phase] : {std::pair{Operation::install, Phase::download},
                                           {Operation::install, Phase::install},
                                           {Operation::install, Phase::back_up_configuration},
                                           {Operation::download, Phase::download},
                                           {Operation::rollback, Phase::stop_services}}) {
        const auto recovery = decide(journal_in(operation, phase));
        CHECK(recovery.step == RecoveryStep::give_up);
        CHECK(recovery.outcome == Outcome::failed);
        CHECK(recovery.interrupted);
        STRCMP_CONTAINS("could not start the system in which the job ran", recovery.reason.c_str());
        STRCMP_CONTAINS("update-control --verify", recovery.next_step.c_str());
    }
}

TEST(RecoveryInOtherSlot, gives_up_also_what_had_failed_or_was_being_undone_there) {
    auto contents = journal_in(Operation::install, Phase::stop_services);
    contents.records.push_back({.kind = RecordKind::phase_failed, .phase = Phase::stop_services});
    CHECK(decide(contents).step == RecoveryStep::give_up);
    contents.records.push_back({.kind = RecordKind::undo_begins, .phase = Phase::stop_services});
    CHECK(decide(contents).step == RecoveryStep::give_up);
}

TEST(RecoveryInOtherSlot, goes_on_or_returns_from_phase_6_on_and_on_trial) {
    for (const auto operation : {Operation::install, Operation::rollback}) {
        CHECK(decide(journal_in(operation, Phase::restart_appliance)).step == RecoveryStep::go_on);
        CHECK(decide(journal_in(operation, Phase::start_services)).step == RecoveryStep::return_to_old);
        CHECK(decide(journal_in(operation, Phase::stop_services), true).step == RecoveryStep::return_to_old);
    }
}

TEST(RecoveryInOtherSlot, believes_no_damaged_journal_that_phase_6_had_not_begun) {
    auto contents = journal_in(Operation::install, Phase::stop_services);
    contents.damaged = true;
    CHECK(decide(contents).step == RecoveryStep::return_to_old);
}

TEST_GROUP(RecoveryAfterTheAgentWasToldToEnd){};

TEST(RecoveryAfterTheAgentWasToldToEnd, asks_who_restarted_the_appliance_only_from_phase_6_on) {
    for (const Phase phase : all_phases) {
        auto contents = journal_in(Operation::install, phase);
        contents.records.push_back({.kind = RecordKind::phase_failed,
                                    .boot_id = "boot-1",
                                    .phase = phase,
                                    .code = updater::messages::text_of(updater::messages::Code::agent_ends)});
        const auto recovery = decide_recovery(contents, phase_table(), {{Slot::a, "boot-2", false}, Slot::a});
        CHECK(recovery.step == RecoveryStep::undo);
        CHECK_EQUAL_TEXT(phase >= Phase::restart_appliance, recovery.unexplained.has_value(),
                         title_of(phase).c_str());
    }
}
