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

std::string text_at(const partitions_test::FakeStorage &disk, const Path &file) {
    return disk.exists(file) ? disk.contents(file) : "nothing";
}

/// On the way forward a configuration or a store of 2.8.1.0 that has its name is whole: whoever finds it may
/// rely on it.
void check_names(const World &world, const partitions_test::FakeStorage &disk, const std::string &where) {
    const Path generation = "/data/generations/2.8.1.0-1";
    const Path store = generation / "var/lib/mailsec/store";
    if (disk.exists(generation / "etc/upper"))
        STRCMP_EQUAL_TEXT("mx1 for 2.8.1.0", text_at(disk, generation / "etc/upper/hostname").c_str(),
                          where.c_str());
    if (!disk.exists(store))
        return;
    STRCMP_EQUAL_TEXT("2", text_at(disk, store / "format").c_str(), where.c_str());
    for (const auto &message : world.accepted)
        if (message.local_to.empty())
            STRCMP_EQUAL_TEXT(("2:" + message.name).c_str(), text_at(disk, store / message.name).c_str(),
                              where.c_str());
}

void cut_here(SimulatedUpgrade &upgrade, const std::string &before, Seen &seen) {
    ++seen.operations;
    for (const auto &fate : partitions_test::every_fate(1)) {
        ++seen.reboots;
        auto disk = upgrade.machine().storage().after_reboot(fate);
        if (!seen.states.emplace(disk->fingerprint(), upgrade.machine().world().accepted.size()).second)
            continue;
        const auto where = "cut before '" + before + "', " + text_of(fate) + ": ";
        if (upgrade.chain().find("failed") == std::string::npos &&
            upgrade.machine().running().version != "2.8.2.0")
            check_names(upgrade.machine().world(), *disk, where);
        SimulatedUpgrade cut(upgrade, std::move(disk));
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

TEST(PowerCutInAnUpgrade, leaves_a_whole_appliance_wherever_it_comes_also_on_the_way_back) {
    Seen seen;
    SimulatedUpgrade undisturbed;
    cut_everywhere(undisturbed, seen);
    CHECK(seen.operations > 200);
    CHECK(seen.systems["2.8.0.0"] > 50);
    CHECK(seen.systems["2.8.1.0"] > 50);
    for (const job::Phase phase :
         {job::Phase::back_up_configuration, job::Phase::restart_appliance, job::Phase::start_services}) {
        SimulatedUpgrade rolled_back;
        rolled_back.trouble_in(phase, Trouble::failure, Moment::before,
                               phase == job::Phase::back_up_configuration ? "sync-filesystem"
                                                                          : "write /boot/grubenv");
        cut_everywhere(rolled_back, seen);
        CHECK_FALSE(rolled_back.trouble_is_ahead());
    }
}

TEST(PowerCutInAnUpgrade, leaves_a_whole_appliance_also_where_nothing_is_converted) {
    SimulatedUpgrade upgrade;
    upgrade.upgrade_to("2.8.1.0");
    Seen seen;
    // What is another way than above is under the new system.
    upgrade.before_each_operation([&](const std::string &before) {
        if (upgrade.machine().running().version == "2.8.2.0")
            cut_here(upgrade, before, seen);
    });
    upgrade.upgrade_to("2.8.2.0");
    cut_here(upgrade, "the end", seen);
    CHECK(seen.systems["2.8.1.0"] > 10);
    CHECK(seen.systems["2.8.2.0"] > 10);
}
