// The phase table driven through each {failure, restart} x {each phase}: the whole chain of what happens is
// compared.
#include "tests/updater/job/simulated_appliance.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace job_tests;

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

const std::string kIntoNewSystem = ", restart, boot b, continues, ";
const std::string kBackInOldSystem = "boot a, continues, ";
const std::string kWholeUpgrade =
    "begins, " + phases(1, 6) + kIntoNewSystem + phases(7, 10) + ", ended succeeded";

std::string expected_after_failure(int phase) {
    const auto number = std::to_string(phase);
    if (phase <= 6)
        return "begins, " + phases(1, phase) + ", failed " + number + ", " + undone_from(phase) + ", ended " +
               (phase <= 2 ? "failed" : "rolled-back");
    return "begins, " + phases(1, 6) + kIntoNewSystem + phases(7, phase) + ", failed " + number +
           ", restart, " + kBackInOldSystem + undone_from(phase) + ", ended rolled-back";
}

std::string expected_after_power_cut(int phase) {
    if (phase <= 6)
        return "begins, " + phases(1, phase) + ", " + kBackInOldSystem + undone_from(phase) + ", ended " +
               (phase <= 2 ? "failed" : "rolled-back");
    return "begins, " + phases(1, 6) + kIntoNewSystem + phases(7, phase) + ", " + kBackInOldSystem +
           undone_from(phase) + ", ended rolled-back";
}

void check_is_as_before(const SimulatedAppliance &appliance) {
    CHECK_EQUAL('a', appliance.running_slot());
    CHECK_TEXT(appliance.marks().empty(), appliance.chain_text().c_str());
}

} // namespace

TEST_GROUP(JobRunner){};

TEST(JobRunner, AnUpgradeThatNothingDisturbsGoesThroughTheTenPhasesInOrder) {
    SimulatedAppliance appliance;
    appliance.upgrade();
    STRCMP_EQUAL(kWholeUpgrade.c_str(), appliance.chain_text().c_str());
    CHECK_EQUAL('b', appliance.running_slot());
    LONGS_EQUAL(10, appliance.marks().size());
    LONGS_EQUAL(10, appliance.end().phases.size());
}

TEST(JobRunner, AFailureInAnyPhaseLeadsBackToTheOldSystem) {
    for (const auto phase : kAllPhases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::failure);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_failure(number_of(phase)).c_str(), appliance.chain_text().c_str());
        STRCMP_EQUAL("something failed", appliance.end().reason.c_str());
        CHECK(appliance.end().last_phase == phase);
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, AMachineThatDiesInAnyPhaseComesBackAsTheOldSystem) {
    for (const auto phase : kAllPhases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::power_cut);
        appliance.upgrade();
        STRCMP_EQUAL(expected_after_power_cut(number_of(phase)).c_str(), appliance.chain_text().c_str());
        CHECK_FALSE(appliance.end().reason.empty());
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, ADeadMachineAfterTheTryWasWrittenArrivesInTheNewSystem) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::restart_appliance, Trouble::power_cut, true);
    appliance.upgrade();
    const auto expected =
        "begins, " + phases(1, 6) + ", boot b, continues, " + phases(7, 10) + ", ended succeeded";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
}

TEST(JobRunner, ADeadMachineAfterTheCommitFinishesTheNewSystem) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::start_services, Trouble::power_cut, true);
    appliance.upgrade();
    const auto expected = "begins, " + phases(1, 6) + kIntoNewSystem + phases(7, 10) +
                          ", boot b, continues, phase 10, ended succeeded";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
}

TEST(JobRunner, AFailureAfterTheCommitStaysInTheNewSystemAndIsTold) {
    SimulatedAppliance appliance;
    appliance.trouble_in(Phase::start_services, Trouble::failure, true);
    appliance.upgrade();
    const auto expected =
        "begins, " + phases(1, 6) + kIntoNewSystem + phases(7, 10) + ", failed 10, ended failed";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
    CHECK_EQUAL('b', appliance.running_slot());
    STRCMP_CONTAINS("committed", appliance.end().next_step.c_str());
}

TEST(JobRunner, AnAgentThatDiesInAnyPhaseIsTakenBackByTheNextOne) {
    for (const auto phase : kAllPhases) {
        SimulatedAppliance appliance;
        appliance.trouble_in(phase, Trouble::agent_killed);
        appliance.upgrade();
        check_is_as_before(appliance);
        STRCMP_CONTAINS("the update agent was restarted during phase", appliance.end().reason.c_str());
    }
}

TEST(JobRunner, ANewSystemThatNeverRunsItsAgentIsLeftAndTheReasonSaysSo) {
    SimulatedAppliance appliance;
    appliance.new_system_panics();
    appliance.upgrade();
    const auto expected = "begins, " + phases(1, 6) + ", restart, boot b, panic, " + kBackInOldSystem +
                          undone_from(6) + ", ended rolled-back";
    STRCMP_EQUAL(expected.c_str(), appliance.chain_text().c_str());
    STRCMP_CONTAINS("2.8.1.0 did not come up", appliance.end().reason.c_str());
    check_is_as_before(appliance);
}

TEST(JobRunner, ARefusalAndACancellationEndAsSuch) {
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
        STRCMP_EQUAL(text_of(each.outcome).c_str(), text_of(appliance.end().outcome).c_str());
        check_is_as_before(appliance);
    }
}

TEST(JobRunner, AnUndoThatFailsDoesNotKeepTheOthersFromBeingDone) {
    SimulatedAppliance appliance;
    appliance.undo_fails(Phase::prepare_store_migration);
    appliance.trouble_in(Phase::back_up_configuration, Trouble::failure);
    appliance.upgrade();
    STRCMP_CONTAINS("undo 5, undo 4, undo 3, undo 2, undo 1, ended rolled-back",
                    appliance.chain_text().c_str());
}
