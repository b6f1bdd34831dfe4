// A job with each kind of trouble in each phase: the whole chain of what happens is compared.
#include "tests/updater/job/simulated_appliance.hpp"
#include "updater/job/phase_codes.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace job_tests;
using namespace std::chrono_literals;
using namespace updater::job;

namespace {

std::string phases(int first, int last) {
    std::string text;
    for (int number = first; number <= last; ++number)
        text += (text.empty() ? "" : ", ") + ("phase " + std::to_string(number));
    return text;
}

/// Undone in reverse; the phases of the new system have nothing to undo.
std::string undone_from(int number) {
    std::string text;
    for (int each = std::min(number, 6); each >= 1; --each)
        text += (text.empty() ? "" : ", ") + ("undo " + std::to_string(each));
    return text;
}

const std::string into_new_system = ", restart, boot b, continues, on trial, ";
const std::string back_in_old_system = "boot a, continues, ";
const std::string whole_upgrade =
    "begins, " + phases(1, 6) + into_new_system + phases(7, 10) + ", ended succeeded";

std::string expected_after_failure(int phase) {
    const auto number = std::to_string(phase);
    if (phase <= 6)
        return "begins, " + phases(1, phase) + ", failed " + number + ", " + undone_from(phase) + ", ended " +
               (phase <= 2 ? "failed" : "rolled-back");
    return "begins, " + phases(1, 6) + into_new_system + phases(7, phase) + ", failed " + number +
           ", restart, " + back_in_old_system + undone_from(phase) + ", ended rolled-back";
}

std::string expected_after_power_cut(int phase) {
    if (phase <= 2)
        return "begins, " + phases(1, phase) + ", " + back_in_old_system + phases(phase, 6) +
               into_new_system + phases(7, 10) + ", ended succeeded";
    if (phase <= 6)
        return "begins, " + phases(1, phase) + ", " + back_in_old_system + undone_from(phase) +
               ", ended rolled-back";
    return "begins, " + phases(1, 6) + into_new_system + phases(7, phase) + ", " + back_in_old_system +
           undone_from(phase) + ", ended rolled-back";
}

void check_is_as_before(const SimulatedAppliance &appliance) {
    CHECK_EQUAL('a', appliance.running_slot());
    CHECK_TEXT(appliance.marks().empty(), appliance.chain_text().c_str());
}

} // namespace

TEST_GROUP(JobRunner){};

TEST(JobRunner, an_upgrade_that_nothing_disturbs_goes_through_the_ten_phases_in_order) {
    SimulatedAppliance appliance;
    appliance.upgrade();
    STRCMP_EQUAL(whole_upgrade.c_str(), appliance.chain_text().c_str());
    CHECK_EQUAL('b', appliance.running_slot());
    LONGS_EQUAL(10, appliance.marks().size());
    LONGS_EQUAL(10, appliance.end().phases.size());
}

TEST(JobRunner, notes_what_was_predicted_with_the_plan_known_and_when_mail_stopped) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::install, Trouble::power_cut);
    appliance.upgrade();
    const auto &first = appliance.facts_at_end().predicted;
    LONGS_EQUAL(1, first.size());
    CHECK(first.front().phase == Phase::install);
    CHECK(first.front().takes == 2s && first.front().by == PredictedBy::history);
    CHECK(appliance.facts_at_end().predicted_when_mail_stops.front().phase == Phase::stop_services);

    SimulatedAppliance downloading;
    downloading.only_download();
    downloading.upgrade();
    CHECK(downloading.facts_at_end().predicted.front().phase == Phase::download);
    CHECK(downloading.facts_at_end().predicted_when_mail_stops.empty());
}

TEST(JobRunner, a_failure_in_any_phase_leads_back_to_the_old_system) {
    for (const auto phase : all_phases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::failure);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_failure(number_of(phase)).c_str(), appliance.chain_text().c_str());
        STRCMP_EQUAL("something failed", appliance.end().reason.c_str());
        STRCMP_EQUAL(messages::text_of(failure_code(phase)).c_str(), appliance.end().code.c_str());
        CHECK(appliance.end().last_phase == phase);
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, rolls_back_what_only_a_newer_updater_can_read) {
    SimulatedAppliance appliance;
    appliance.records_for_a_newer_updater();
    appliance.upgrade();
    CHECK(appliance.end().outcome == Outcome::rolled_back);
    STRCMP_EQUAL(
        "the job was recorded by a newer updater, and this one cannot read what it says of: services",
        appliance.end().reason.c_str());
    check_is_as_before(appliance);
}

TEST(JobRunner, says_whether_a_failure_asks_to_be_tried_later_also_after_a_rollback) {
    for (const auto phase : all_phases)
        for (const auto trouble : {Trouble::failure, Trouble::postponement}) {
            SimulatedAppliance appliance;
            appliance.trouble_in(phase, trouble);
            appliance.upgrade();
            STRCMP_EQUAL(expected_after_failure(number_of(phase)).c_str(), appliance.chain_text().c_str());
            CHECK_EQUAL(trouble == Trouble::postponement, appliance.end().try_later);
            STRCMP_EQUAL(trouble == Trouble::postponement ? "not now" : "something failed",
                         appliance.end().reason.c_str());
        }
}

TEST(JobRunner, after_a_power_cut_phases_1_and_2_resume_and_later_ones_lead_back_to_the_old_system) {
    for (const auto phase : all_phases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::power_cut);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_power_cut(number_of(phase)).c_str(), appliance.chain_text().c_str());
        if (phase <= Phase::install) {
            LONGS_EQUAL(10, appliance.marks().size());
            continue;
        }
        CHECK_FALSE(appliance.end().reason.empty());
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, a_power_cut_after_the_try_was_written_leads_to_the_new_system) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::restart_appliance, Trouble::power_cut, true);
    appliance.upgrade();
    const auto expected =
        "begins, " + phases(1, 6) + ", boot b, continues, on trial, " + phases(7, 10) + ", ended succeeded";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
}

TEST(JobRunner, a_power_cut_after_the_commit_leads_to_the_new_system_which_finishes) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::start_services, Trouble::power_cut, true);
    appliance.upgrade();
    const auto expected = "begins, " + phases(1, 6) + into_new_system + phases(7, 10) +
                          ", boot b, continues, phase 10, ended succeeded";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
}

TEST(JobRunner, a_failure_after_the_commit_is_reported_and_retried_until_all_is_done) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::start_services, Trouble::failure, true);
    appliance.trouble_lasts(9);
    appliance.upgrade();
    const auto expected =
        "begins, " + phases(1, 6) + into_new_system + phases(7, 10) + ", failed 10, ended succeeded";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
    CHECK_EQUAL('b', appliance.running_slot());
    LONGS_EQUAL(10, appliance.end().phases.size());
    const std::string told = appliance.reasons().at(0);
    STRCMP_EQUAL("version 2.8.1.0 is committed and stays, but not everything is done yet: something failed. "
                 "It is tried "
                 "again in 5 s",
                 told.c_str());
    // The pauses grow up to a maximum.
    const std::vector<std::chrono::seconds> pauses{5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s, 300s};
    CHECK(pauses == appliance.pauses());
}

TEST(JobRunner, a_committed_upgrade_that_cannot_be_finished_ends_when_somebody_asks_for_it) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::start_services, Trouble::failure, true);
    appliance.trouble_lasts(1000);
    appliance.is_ended_in_pause(3);
    appliance.upgrade();
    CHECK(appliance.end().outcome == Outcome::failed);
    STRCMP_EQUAL("it was ended on request before everything was done: something failed",
                 appliance.end().reason.c_str());
    STRCMP_CONTAINS("2.8.1.0 is committed and stays", appliance.end().next_step.c_str());
    CHECK_EQUAL('b', appliance.running_slot());
    LONGS_EQUAL(3, appliance.pauses().size());
}

TEST(JobRunner, the_end_is_told_with_the_time_that_is_in_the_journal) {
    SimulatedAppliance appliance;
    appliance.upgrade();
    CHECK(appliance.end().ended == std::chrono::system_clock::time_point(SimulatedAppliance::journal_time));
}

TEST(JobRunner, a_job_that_cannot_be_recorded_does_not_begin) {
    SimulatedAppliance appliance;
    appliance.storage().fail_when("/data/journal.reserve", partitions_test::FakeStorage::Failure::full);
    appliance.upgrade();
    STRCMP_EQUAL("begins, ended failed", appliance.chain_text().c_str());
    STRCMP_CONTAINS("Nothing was begun. Free space on /data", appliance.end().next_step.c_str());
    CHECK(appliance.marks().empty());
}

TEST(JobRunner, a_committed_upgrade_is_finished_however_often_it_is_interrupted) {
    for (const auto trouble : {Trouble::power_cut, Trouble::agent_killed, Trouble::agent_stopped}) {
        SimulatedAppliance appliance;
        appliance.trouble_in(Phase::start_services, trouble, true);
        appliance.trouble_lasts(max_returns + 3);
        appliance.upgrade();
        CHECK_TEXT(appliance.end().outcome == Outcome::succeeded, appliance.chain_text().c_str());
        CHECK_EQUAL('b', appliance.running_slot());
    }
}

TEST(JobRunner, an_agent_that_ends_while_a_committed_upgrade_is_finished_leaves_it_to_the_next_one) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::start_services, Trouble::failure, true);
    appliance.then(Trouble::agent_stopped);
    appliance.upgrade();
    STRCMP_EQUAL(("begins, " + phases(1, 6) + into_new_system + phases(7, 10) +
                  ", failed 10, continues, phase 10, ended succeeded")
                     .c_str(),
                 appliance.chain_text().c_str());
}

TEST(JobRunner, a_rollback_needs_no_readable_boot_selection) {
    for (const auto phase : all_phases) {
        SimulatedAppliance appliance;
        appliance.boot_selection_is_unreadable();
        appliance.trouble_in(phase, Trouble::failure);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_failure(number_of(phase)).c_str(), appliance.chain_text().c_str());
        check_is_as_before(appliance);
    }
    SimulatedAppliance committed;
    committed.boot_selection_is_unreadable();
    committed.trouble_in(Phase::start_services, Trouble::failure, true);
    committed.upgrade();
    // A system that was started as a try cannot tell whether it is committed; a restart shows it.
    const auto expected = "begins, " + phases(1, 6) + into_new_system + phases(7, 10) +
                          ", failed 10, restart, boot b, continues, phase 10, ended succeeded";
    STRCMP_EQUAL(expected.c_str(), committed.chain_text().c_str());
}

TEST(JobRunner, a_failure_speaks_against_the_version_and_an_interruption_does_not) {
    struct Case {
        Trouble trouble;
        bool interrupted;
        const char *says;
    };
    for (const auto &each :
         {Case{Trouble::failure, false, "something failed"}, Case{Trouble::takes_too_long, false, "deadline"},
          Case{Trouble::cancellation, false, "cancelled"},
          Case{Trouble::power_cut, true, "the appliance restarted"},
          Case{Trouble::agent_killed, true, "the update agent was restarted"},
          Case{Trouble::agent_stopped, true,
               "the update agent was told to end, as before a restart of the appliance"},
          Case{Trouble::machine_goes_down, true,
               "the update agent was told to end, as before a restart of the appliance"}})
        for (const auto phase : {Phase::migrate_store, Phase::start_services}) {
            SimulatedAppliance appliance;
            appliance.trouble_in(phase, each.trouble);
            appliance.upgrade();
            CHECK(appliance.end().outcome == Outcome::rolled_back);
            CHECK_EQUAL_TEXT(each.interrupted, appliance.end().interrupted, appliance.end().reason.c_str());
            STRCMP_CONTAINS(each.says, appliance.end().reason.c_str());
        }
    SimulatedAppliance panic;
    panic.new_system_panics();
    panic.upgrade();
    CHECK(panic.end().interrupted);
}

TEST(JobRunner, a_full_disk_stops_neither_a_rollback_nor_the_record_of_its_end) {
    for (const auto phase : all_phases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::fills_disk);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_failure(number_of(phase)).c_str(), appliance.chain_text().c_str());
        STRCMP_CONTAINS("something failed", appliance.end().reason.c_str());
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, an_interrupted_phase_2_resumes_and_says_what_interrupted_it) {
    struct Case {
        Trouble trouble;
        std::string says;
    };
    for (const auto &each : {Case{Trouble::power_cut, "the appliance restarted"},
                             Case{Trouble::agent_killed, "the update agent was restarted"},
                             Case{Trouble::agent_stopped, "the update agent was restarted"}}) {
        SimulatedAppliance appliance;
        appliance.trouble_in(Phase::install, each.trouble);
        appliance.upgrade();
        CHECK_EQUAL('b', appliance.running_slot());
        LONGS_EQUAL(1, appliance.reasons().size());
        STRCMP_EQUAL((each.says + " during phase 2, install the new OS; going on where it stopped").c_str(),
                     appliance.reasons()[0].c_str());
    }
}

TEST(JobRunner, a_phase_that_is_interrupted_again_and_again_is_rolled_back) {
    for (const auto phase : {Phase::download, Phase::install})
        for (const auto trouble : {Trouble::power_cut, Trouble::agent_killed, Trouble::agent_stopped}) {
            SimulatedAppliance patient;
            patient.trouble_in(phase, trouble);
            patient.trouble_lasts(max_returns);
            patient.upgrade();
            CHECK(patient.end().outcome == Outcome::succeeded);

            SimulatedAppliance appliance;
            appliance.trouble_in(phase, trouble);
            appliance.trouble_lasts(max_returns + 1);
            appliance.upgrade();
            CHECK(appliance.end().outcome == Outcome::failed);
            STRCMP_CONTAINS("again and again", appliance.end().reason.c_str());
            STRCMP_EQUAL("UC0109", appliance.end().code.c_str());
            check_is_as_before(appliance);
        }
}

TEST(JobRunner, an_agent_that_is_stopped_in_a_later_phase_rolls_the_job_back) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::prepare_store_migration, Trouble::agent_stopped);
    appliance.upgrade();
    CHECK(appliance.end().outcome == Outcome::rolled_back);
    check_is_as_before(appliance);
}

TEST(JobRunner, an_interrupted_download_resumes_as_a_download) {
    for (const auto trouble : {Trouble::power_cut, Trouble::agent_killed}) {
        SimulatedAppliance appliance;
        appliance.only_download();
        appliance.trouble_in(Phase::download, trouble);
        appliance.upgrade();
        const std::string again = trouble == Trouble::power_cut ? "boot a, continues, " : "continues, ";
        STRCMP_EQUAL(("begins, phase 1, " + again + "phase 1, ended succeeded").c_str(),
                     appliance.chain_text().c_str());
        LONGS_EQUAL(1, appliance.marks().size());
    }
}

TEST(JobRunner, an_agent_that_is_killed_in_a_later_phase_is_followed_by_one_that_rolls_back) {
    for (const auto phase : all_phases) {
        if (phase <= Phase::install)
            continue;
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::agent_killed);
        appliance.upgrade();
        check_is_as_before(appliance);
        STRCMP_CONTAINS("the update agent was restarted during phase", appliance.end().reason.c_str());
        STRCMP_EQUAL("UC0104", appliance.end().code.c_str());
    }
}

TEST(JobRunner, a_new_system_whose_agent_never_runs_is_left_and_the_reason_says_so) {
    SimulatedAppliance appliance;
    appliance.new_system_panics();
    appliance.upgrade();
    const auto expected = "begins, " + phases(1, 6) + ", restart, boot b, panic, " + back_in_old_system +
                          undone_from(6) + ", ended rolled-back";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
    STRCMP_CONTAINS("2.8.1.0 did not come up", appliance.end().reason.c_str());
    STRCMP_EQUAL("UC0105", appliance.end().code.c_str());
    check_is_as_before(appliance);
}

TEST(JobRunner, a_failure_that_knows_its_next_step_gives_no_other) {
    for (const auto phase : {Phase::install, Phase::migrate_store}) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::knows_next);
        appliance.upgrade();
        STRCMP_EQUAL("not so", appliance.end().reason.c_str());
        STRCMP_EQUAL("Do it so", appliance.end().next_step.c_str());
    }
}

TEST(JobRunner, why_the_machine_restarted_is_looked_for_and_told_with_the_reason) {
    SimulatedAppliance appliance;
    appliance.causes().answer = {RestartKind::watchdog, "bootstatus 0x20", "0123abcd"};
    appliance.trouble_in(Phase::migrate_store, Trouble::power_cut);
    appliance.upgrade();
    STRCMP_EQUAL(
        "the appliance restarted during phase 7, migrate the message store, before the new system had "
        "proved itself; the watchdog ended a hang (bootstatus 0x20); see journalctl -b 0123abcd",
        appliance.end().reason.c_str());
    LONGS_EQUAL(1, appliance.causes().asked.size());
    STRCMP_EQUAL("", appliance.causes().asked[0].own_restart.c_str());
    // Also when the job goes on.
    SimulatedAppliance resumed;
    resumed.causes();
    resumed.trouble_in(Phase::install, Trouble::power_cut);
    resumed.upgrade();
    STRCMP_EQUAL("the appliance restarted during phase 2, install the new OS; going on where it stopped; no "
                 "trace of why: a power failure or a hang",
                 resumed.reasons()[0].c_str());
}

TEST(JobRunner, the_restart_of_the_job_itself_is_not_taken_for_the_cause) {
    SimulatedAppliance appliance;
    appliance.causes();
    appliance.new_system_panics();
    appliance.upgrade();
    LONGS_EQUAL(1, appliance.causes().asked.size());
    STRCMP_EQUAL("boot-0", appliance.causes().asked[0].own_restart.c_str());
}

TEST(JobRunner, who_restarted_the_new_system_on_trial_is_looked_for_in_the_journal_of_its_start) {
    const struct {
        Trouble trouble;
        const char *what_failed;
    } cases[] = {{Trouble::agent_stopped, ""}, {Trouble::machine_goes_down, ": something failed"}};
    for (const auto &row : cases) {
        SimulatedAppliance appliance;
        appliance.causes().answer = {RestartKind::asked_for, "systemd: Reboot requested", "0123abcd"};
        appliance.trouble_in(Phase::migrate_store, row.trouble);
        appliance.upgrade();
        STRCMP_EQUAL((std::string("the update agent was told to end, as before a restart of the appliance, "
                                  "during phase 7, migrate the message store") +
                      row.what_failed +
                      "; the restart was asked for (systemd: Reboot requested); see journalctl -b 0123abcd")
                         .c_str(),
                     appliance.end().reason.c_str());
        STRCMP_EQUAL("UC0103", appliance.end().code.c_str());
        CHECK(appliance.end().outcome == Outcome::rolled_back);
        LONGS_EQUAL(1, appliance.causes().asked.size());
        STRCMP_EQUAL("boot-1", appliance.causes().asked[0].told_to_end.c_str());
    }
}

TEST(JobRunner, nobody_looks_for_a_cause_when_the_reason_is_known) {
    for (const auto trouble :
         {Trouble::failure, Trouble::takes_too_long, Trouble::agent_killed, Trouble::none}) {
        SimulatedAppliance appliance;
        appliance.causes();
        appliance.trouble_in(Phase::migrate_store, trouble);
        appliance.upgrade();
        LONGS_EQUAL(0, appliance.causes().asked.size());
    }
}

TEST(JobRunner, a_trial_that_takes_too_long_is_left_and_the_reason_names_the_deadline) {
    for (const auto phase : all_phases) {
        if (!runs_under_new_system(phase))
            continue;
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::takes_too_long);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_failure(number_of(phase)).c_str(), appliance.chain_text().c_str());
        STRCMP_CONTAINS(("version 2.8.1.0 had 0 s to prove itself, and this deadline passed during phase " +
                         std::to_string(number_of(phase)) + ", ")
                            .c_str(),
                        appliance.end().reason.c_str());
        STRCMP_CONTAINS("deadline-seconds", appliance.end().reason.c_str());
        STRCMP_EQUAL("UC0102", appliance.end().code.c_str());
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, a_rollback_tries_the_other_system_both_ways) {
    SimulatedAppliance appliance;
    appliance.upgrade();
    const auto marks = appliance.marks();
    for (const std::string slot : {"a", "b"}) {
        appliance.roll_back();
        STRCMP_EQUAL(("begins, phase 3, phase 6, restart, boot " + slot +
                      ", continues, on trial, phase 10, ended succeeded")
                         .c_str(),
                     appliance.chain_text().c_str());
        STRCMP_EQUAL("rolled back on request", appliance.end().reason.c_str());
        // What becomes of the mail that the system before it has stored since the two stores parted.
        STRCMP_CONTAINS((std::string("Mail that only ") + (slot == "a" ? "2.8.1.0" : "2.8.0.0") +
                         " has stored stays in its generation ")
                            .c_str(),
                        appliance.end().next_step.c_str());
        STRCMP_CONTAINS("to have it again, update-control --rollback --force",
                        appliance.end().next_step.c_str());
        CHECK_EQUAL(slot[0], appliance.running_slot());
        CHECK(appliance.marks() == marks);
    }
}

TEST(JobRunner, a_rollback_that_fails_ends_where_it_began_and_can_be_tried_again) {
    struct Case {
        Phase phase;
        Trouble trouble;
        const char *chain;
        Outcome outcome;
    };
    const std::vector<Case> cases{
        {Phase::stop_services, Trouble::failure, "begins, phase 3, failed 3, undo 3, ended failed",
         Outcome::failed},
        {Phase::stop_services, Trouble::cancellation, "begins, phase 3, failed 3, undo 3, ended cancelled",
         Outcome::cancelled},
        {Phase::stop_services, Trouble::power_cut, "begins, phase 3, boot b, continues, undo 3, ended failed",
         Outcome::failed},
        {Phase::restart_appliance, Trouble::failure,
         "begins, phase 3, phase 6, failed 6, undo 6, undo 3, ended failed", Outcome::failed},
        {Phase::start_services, Trouble::failure,
         "begins, phase 3, phase 6, restart, boot a, continues, on trial, phase 10, failed 10, restart, boot "
         "b, "
         "continues, undo 6, undo 3, ended failed",
         Outcome::failed},
        {Phase::start_services, Trouble::takes_too_long,
         "begins, phase 3, phase 6, restart, boot a, continues, on trial, phase 10, failed 10, restart, boot "
         "b, "
         "continues, undo 6, undo 3, ended failed",
         Outcome::failed},
        {Phase::start_services, Trouble::power_cut,
         "begins, phase 3, phase 6, restart, boot a, continues, on trial, phase 10, boot b, continues, undo "
         "6, "
         "undo 3, ended failed",
         Outcome::failed},
    };
    for (const auto &each : cases) {
        SimulatedAppliance appliance;
        appliance.upgrade();
        const auto marks = appliance.marks();
        appliance.trouble_in(each.phase, each.trouble);
        appliance.roll_back();
        STRCMP_EQUAL(each.chain, appliance.chain_text().c_str());
        CHECK(appliance.end().outcome == each.outcome);
        STRCMP_EQUAL("The appliance runs 2.8.1.0 as before. Read the log /xpu/1.log, then start again with: "
                     "update-control --rollback --force",
                     appliance.end().next_step.c_str());
        CHECK_EQUAL('b', appliance.running_slot());
        CHECK(appliance.marks() == marks);
        appliance.trouble_in(each.phase, Trouble::none);
        appliance.roll_back();
        CHECK_EQUAL('a', appliance.running_slot());
    }
}

TEST(JobRunner, a_rollback_to_a_system_that_no_longer_starts_comes_back) {
    SimulatedAppliance appliance;
    appliance.upgrade();
    appliance.old_system_panics();
    appliance.roll_back();
    STRCMP_EQUAL(
        "begins, phase 3, phase 6, restart, boot a, panic, boot b, continues, undo 6, undo 3, ended failed",
        appliance.chain_text().c_str());
    STRCMP_CONTAINS("2.8.0.0 did not come up", appliance.end().reason.c_str());
}

TEST(JobRunner, a_rollback_that_was_committed_is_finished_after_a_power_cut) {
    SimulatedAppliance appliance;
    appliance.upgrade();
    appliance.trouble_in(Phase::start_services, Trouble::power_cut, true);
    appliance.roll_back();
    STRCMP_EQUAL(
        "begins, phase 3, phase 6, restart, boot a, continues, on trial, phase 10, boot a, continues, "
        "phase 10, ended succeeded",
        appliance.chain_text().c_str());
    CHECK_EQUAL('a', appliance.running_slot());
}

TEST(JobRunner, a_refusal_and_a_cancellation_end_as_such) {
    struct Case {
        Phase phase;
        Trouble trouble;
        Outcome outcome;
    };
    const std::vector<Case> cases{
        {Phase::download, Trouble::refusal, Outcome::refused},
        {Phase::download, Trouble::cancellation, Outcome::cancelled},
        {Phase::install, Trouble::cancellation, Outcome::cancelled},
        {Phase::stop_services, Trouble::cancellation, Outcome::rolled_back},
        {Phase::migrate_store, Trouble::cancellation, Outcome::rolled_back},
    };
    for (const auto &each : cases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(each.phase, each.trouble);
        appliance.upgrade();
        STRCMP_EQUAL(std::string(text_of(each.outcome)).c_str(),
                     std::string(text_of(appliance.end().outcome)).c_str());
        STRCMP_EQUAL(each.trouble == Trouble::refusal ? "UC0002" : "UC0101", appliance.end().code.c_str());
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, a_failed_undo_does_not_stop_the_others) {
    SimulatedAppliance appliance;
    appliance.undo_fails(Phase::prepare_store_migration);
    appliance.trouble_in(Phase::back_up_configuration, Trouble::failure);
    appliance.upgrade();
    STRCMP_CONTAINS("Not all was undone: phase 4, prepare the message store migration: cannot be undone. The "
                    "appliance runs 2.8.0.0",
                    appliance.end().next_step.c_str());
    STRCMP_EQUAL("something failed", appliance.end().reason.c_str());
    STRCMP_CONTAINS("undo 5, undo 4, undo 3, undo 2, undo 1, ended rolled-back",
                    appliance.chain_text().c_str());
}
