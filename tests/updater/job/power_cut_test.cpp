// A power cut after each storage operation of an upgrade and of a rollback, with what was not synced lost,
// kept or torn: the appliance always comes up by itself, as the old or the new system, and whole.
#include "tests/support/unsynced_fate.hpp"
#include "tests/updater/job/simulated_appliance.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace job_tests;
using namespace updater::job;

namespace {

void check_whole(const SimulatedAppliance &appliance, const std::string &where) {
    const auto marks = appliance.marks();
    const bool old_system = appliance.running_slot() == 'a' && marks.empty();
    const bool new_system = appliance.running_slot() == 'b' && marks.size() == all_phases.size();
    const auto text = where + ": " + appliance.chain_text();
    CHECK_TEXT(old_system || new_system, text.c_str());
}

/// One upgrade with the power cut after so many operations. Returns false when there were not so many.
bool cut_after(std::size_t operations, const partitions_test::UnsyncedFate &fate, Phase phase,
               Trouble trouble) {
    SimulatedAppliance appliance;
    appliance.trouble_in(phase, trouble);
    appliance.storage().cut_power_after(operations);
    try {
        appliance.upgrade();
        return false;
    } catch (const partitions_test::PowerCut &cut) {
        const bool rolled_back = appliance.chain_text().find("undo") != std::string::npos;
        const bool in_phase_1 = appliance.chain_text().find("phase 2") == std::string::npos;
        appliance.replace_storage(appliance.storage().after_reboot(fate));
        appliance.power_on();
        const auto where = "cut before " + cut.before_operation + ", " + text_of(fate);
        check_whole(appliance, where);
        // A rollback that began before the cut stays a rollback.
        if (rolled_back)
            CHECK_EQUAL_TEXT('a', appliance.running_slot(), where.c_str());
        // A recorded job in phase 1 resumes by itself.
        if (in_phase_1 && trouble == Trouble::none &&
            appliance.chain_text().find("continues") != std::string::npos)
            CHECK_EQUAL_TEXT('b', appliance.running_slot(), where.c_str());
        return true;
    }
}

void cut_everywhere(Phase phase, Trouble trouble) {
    std::size_t reboots = 0;
    for (const auto &fate : partitions_test::every_fate(1))
        for (std::size_t operations = 0; cut_after(operations, fate, phase, trouble); ++operations)
            ++reboots;
    CHECK_TEXT(reboots > 100, "an upgrade has too few operations for this test to mean anything");
}

} // namespace

TEST_GROUP(PowerCutInAJob){};

TEST(PowerCutInAJob, an_upgrade_leaves_a_whole_system_wherever_it_is_cut) {
    cut_everywhere(Phase::download, Trouble::none);
}

TEST(PowerCutInAJob, a_cancelled_installation_leaves_a_whole_system_wherever_it_is_cut) {
    cut_everywhere(Phase::install, Trouble::cancellation);
}

TEST(PowerCutInAJob, a_failure_in_the_new_system_leaves_a_whole_system_wherever_it_is_cut) {
    cut_everywhere(Phase::migrate_store, Trouble::failure);
}

TEST(PowerCutInAJob, a_failure_in_the_old_system_leaves_a_whole_system_wherever_it_is_cut) {
    cut_everywhere(Phase::back_up_configuration, Trouble::failure);
}
