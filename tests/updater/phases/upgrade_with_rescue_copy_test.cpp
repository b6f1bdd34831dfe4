// Upgrades of an appliance whose rescue partition holds a copy of the running system, which shares its
// generation: nothing that an upgrade removes may be the running system's.
#include "tests/updater/phases/simulated_agent.hpp"
#include "tests/updater/phases/simulated_upgrade.hpp"
#include "updater/rescue/rescue_copy.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace phases_tests;

namespace {

void copy_running_system(SimulatedMachine &machine) {
    SimulatedAgent agent(machine);
    rescue::RescueCopy copy(agent.storage, agent.partition_finder, agent.boot, agent.generations, agent.heads,
                            agent.trusted_keys, machine.running_slot());
    copy.make({.effort = {}, .progress = [](int) {}, .log = [](const std::string &) {}}, {});
}

bool holds_a_copy(SimulatedMachine &machine) {
    const auto rescue = partitions::other(machine.running_slot());
    const auto release = machine.release_in(rescue);
    return release && release->version == machine.running().version &&
           machine.generation_of(rescue) == machine.generation_of(machine.running_slot());
}

/// What a power cut at this moment leaves comes up whole, and a copy can be made of it.
class CutsWithACopy {
  public:
    void cut_here(SimulatedUpgrade &upgrade, const std::string &before, bool copy_again) {
        for (const auto &fate : partitions_test::every_fate(1)) {
            auto disk = upgrade.machine().storage().after_reboot(fate);
            if (!states_.emplace(disk->fingerprint(), upgrade.machine().world().accepted.size()).second)
                continue;
            const auto where = "cut before '" + before + "', " + text_of(fate) + ": ";
            SimulatedUpgrade cut(upgrade, std::move(disk));
            cut.switch_on();
            STRCMP_EQUAL_TEXT("", cut.faults_of_what_is_on_the_disk().c_str(), (where + cut.chain()).c_str());
            if (copy_again) {
                copy_running_system(cut.machine());
                CHECK_TEXT(holds_a_copy(cut.machine()), where.c_str());
            }
            STRCMP_EQUAL_TEXT("", cut.faults().c_str(), (where + cut.chain()).c_str());
        }
    }
    std::size_t states() const { return states_.size(); }

  private:
    /// Many cuts leave the same: it is looked at once.
    std::set<std::pair<std::size_t, std::size_t>> states_;
};

} // namespace

TEST_GROUP(UpgradeWithRescueCopy) {
    SimulatedUpgrade upgrade;
};

TEST(UpgradeWithRescueCopy, begins_with_a_whole_appliance) {
    copy_running_system(upgrade.machine());
    CHECK(holds_a_copy(upgrade.machine()));
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(UpgradeWithRescueCopy, leaves_the_system_that_ran_as_the_previous_one) {
    copy_running_system(upgrade.machine());
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("", upgrade.faults().c_str());
    STRCMP_EQUAL("2.8.1.0", upgrade.machine().running().version.c_str());
    STRCMP_EQUAL("2.8.0.0", upgrade.machine().release_in(partitions::Slot::a)->version.c_str());
    copy_running_system(upgrade.machine());
    STRCMP_EQUAL("", upgrade.faults().c_str());
    upgrade.upgrade_to("2.8.2.0");
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(UpgradeWithRescueCopy, knows_what_was_signed_for_the_copy_of_an_installed_system) {
    upgrade.upgrade_to("2.8.1.0");
    copy_running_system(upgrade.machine());
    SimulatedAgent agent(upgrade.machine());
    for (const auto slot : {partitions::Slot::a, partitions::Slot::b})
        STRCMP_EQUAL("2.8.1.0",
                     agent.heads.read(slot, agent.trusted_keys())->manifest.version.text().c_str());
}

TEST(UpgradeWithRescueCopy, that_fails_anywhere_leaves_the_running_system_whole) {
    const struct {
        job::Phase phase;
        const char *event;
    } cases[] = {{job::Phase::download, "check the manifest"},
                 {job::Phase::install, "write /dev"},
                 {job::Phase::install, "2.8.1.0-1/var"},
                 {job::Phase::back_up_configuration, "sync-filesystem"},
                 {job::Phase::restart_appliance, "write /boot/grubenv"},
                 {job::Phase::start_services, "write /boot/grubenv"}};
    for (const auto &each : cases)
        for (const Trouble trouble : {Trouble::failure, Trouble::power_cut}) {
            SimulatedUpgrade disturbed;
            copy_running_system(disturbed.machine());
            disturbed.trouble_in(each.phase, trouble, Moment::before, each.event);
            disturbed.upgrade_to("2.8.1.0");
            const auto where = std::string(each.event) + ": " + disturbed.chain();
            CHECK_FALSE_TEXT(disturbed.trouble_is_ahead(), where.c_str());
            STRCMP_EQUAL_TEXT("", disturbed.faults().c_str(), where.c_str());
        }
}

TEST(UpgradeWithRescueCopy, is_whole_wherever_the_power_is_cut_while_the_copy_is_made) {
    upgrade.upgrade_to("2.8.1.0");
    CutsWithACopy cuts;
    upgrade.before_each_operation([&](const std::string &before) { cuts.cut_here(upgrade, before, true); });
    copy_running_system(upgrade.machine());
    cuts.cut_here(upgrade, "the end", true);
    CHECK(cuts.states() > 10);
}

TEST(UpgradeWithRescueCopy, is_whole_wherever_the_power_is_cut_in_an_upgrade_before_the_restart) {
    copy_running_system(upgrade.machine());
    CutsWithACopy cuts;
    // What isn't about slots is cut everywhere in upgrade_power_cut_test.cpp.
    const auto is_about_slots = [](const std::string &operation) {
        return std::ranges::any_of(
            std::array{"/data/slots", "/boot/grubenv", "/data/update-control/images", "/.retired-"},
            [&](const char *place) { return operation.find(place) != std::string::npos; });
    };
    upgrade.before_each_operation([&](const std::string &before) {
        if (upgrade.machine().running().version == "2.8.0.0" && is_about_slots(before))
            cuts.cut_here(upgrade, before, false);
    });
    upgrade.upgrade_to("2.8.1.0");
    CHECK(cuts.states() > 5);
    STRCMP_EQUAL("", upgrade.faults().c_str());
}
