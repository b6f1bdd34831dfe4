// The power goes before every single storage operation of a whole upgrade, with everything that was not
// synced lost, kept or torn. The appliance always comes up by itself, old or new, whole, and has lost no
// mail. One upgrade runs; at each operation the disk is copied, and the copy goes through the power cut.
#include "tests/updater/phases/simulated_upgrade.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace phases_tests;

namespace {

struct Seen {
    int operations = 0;
    int reboots = 0;
    std::map<std::string, int> systems; ///< the versions that ran in the end, and how often
    /// Disk and number of accepted messages. Many cuts leave the same: it is looked at once.
    std::set<std::pair<std::size_t, std::size_t>> states;
};

void cut_here(SimulatedUpgrade &upgrade, const std::string &before, Seen &seen) {
    ++seen.operations;
    for (const auto &fate : partitions_test::every_fate(1)) {
        ++seen.reboots;
        auto disk = upgrade.machine().storage().after_reboot(fate);
        if (!seen.states.emplace(disk->fingerprint(), upgrade.machine().world().accepted.size()).second)
            continue;
        SimulatedUpgrade cut(upgrade, std::move(disk));
        const auto where = "cut before '" + before + "', " + text_of(fate) + ": ";
        cut.switch_on();
        STRCMP_EQUAL_TEXT("", cut.faults().c_str(), (where + cut.chain()).c_str());
        ++seen.systems[cut.machine().running().version];
    }
}

void cut_everywhere(SimulatedUpgrade &upgrade, Seen &seen) {
    upgrade.before_each_operation([&](const std::string &before) { cut_here(upgrade, before, seen); });
    upgrade.upgrade_to("2.8.1.0");
    cut_here(upgrade, "the end", seen);
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

} // namespace

TEST_GROUP(PowerCutInAnUpgrade){};

TEST(PowerCutInAnUpgrade, LeavesAWholeApplianceWhereverItComesAlsoOnTheWayBack) {
    Seen seen;
    SimulatedUpgrade undisturbed;
    cut_everywhere(undisturbed, seen);
    CHECK(seen.operations > 200);
    CHECK(seen.systems["2.8.0.0"] > 50);
    CHECK(seen.systems["2.8.1.0"] > 50);
    for (const Phase phase :
         {Phase::back_up_configuration, Phase::restart_appliance, Phase::start_services}) {
        SimulatedUpgrade taken_back;
        taken_back.trouble_in(phase, Trouble::failure, Moment::before,
                              phase == Phase::back_up_configuration ? "sync-filesystem"
                                                                    : "write /boot/grubenv");
        cut_everywhere(taken_back, seen);
        CHECK_FALSE(taken_back.trouble_is_ahead());
    }
}
