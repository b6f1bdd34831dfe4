// Phases 5, 6 and 8: the configuration is converted before the restart, the boot loader chooses the new
// system only when all of it is on the disk, and the new system looks whether it runs with it.
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_network_state.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/updater/phases/converting_programs.hpp"
#include "tests/updater/phases/two_systems.hpp"
#include "updater/phases/05_back_up_configuration.hpp"
#include "updater/phases/06_restart_appliance.hpp"
#include "updater/phases/08_install_configuration.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;
using partitions_test::FakeStorage;

namespace {

const std::filesystem::path &old_generation = TwoSystems::old_generation;
const std::filesystem::path &new_generation = TwoSystems::new_generation;
const std::filesystem::path new_upper = new_generation / "etc/upper";

network::InterfaceAddresses a_link() {
    network::InterfaceAddresses link;
    link.name = "lan0";
    link.mac = "52:54:00:77:00:10";
    link.addresses = {{"192.168.77.100", 24}};
    return link;
}

/// The appliance when its services have stopped: it runs 2.8.0.0 from slot a, slot b holds 2.8.1.0.
struct StoppedAppliance : TwoSystems {
    explicit StoppedAppliance(FakeStorage &on) : TwoSystems(on, partitions::Slot::a) {
        network.set_dhcp({a_link()});
        programs.install("/usr/lib/update-control/hooks/etc", adds_its_name(disk, "etc"));
        programs.install("/usr/lib/update-control/hooks/policy", adds_its_name(disk, "policy"));
        facts.conversions = {
            {"etc", firmware::ConversionKind::configuration, "etc", "debian-12", "debian-13"},
            {"message-store", firmware::ConversionKind::store, "message-store", "1", "2"},
            {"policy", firmware::ConversionKind::configuration, "policy", "1", "2"}};
    }

    static void put_on(FakeStorage &disk) {
        disk.put_file("/boot/grubenv", partitions_test::boot_environment(partitions::Slot::a, true, true));
        for (const auto &[slot, image] : images)
            disk.put_directory(image / "etc");
        disk.put_file(old_generation / "etc/upper/hostname", "mx1");
        disk.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-a");
        disk.put_directory(new_generation / "etc");
        disk.put_directory(new_generation / "var");
    }

    void until_the_restart() {
        phase_5.run(run);
        phase_6.run(run);
    }

    partitions::GrubBootSelection boot{disk, "/boot/grubenv"};
    FakeNetworkState network;
    ConfigurationChecks checks{disk, roots, programs, partitions::Layout()};
    BackUpConfigurationPhase phase_5{disk, roots, generations, conversions, checks};
    RestartAppliancePhase phase_6{disk, boot, generations, network};
    InstallConfigurationPhase phase_8{roots, generations};
};

} // namespace

TEST_GROUP(Configuration) {
    FakeStorage disk;
    StoppedAppliance appliance{disk};

    void setup() override {
        StoppedAppliance::put_on(disk);
    }
};

TEST(Configuration, is_converted_before_the_restart_by_the_programs_of_the_new_image) {
    CHECK(appliance.phase_5.run(appliance.run) == job::PhaseEnd::done);
    STRCMP_EQUAL("mx1, etc debian-12-debian-13, policy 1-2", disk.contents(new_upper / "hostname").c_str());
    CHECK(disk.exists(new_generation / "etc/work"));
    LONGS_EQUAL(2, appliance.programs.calls().size());
    for (const auto &call : appliance.programs.calls()) {
        STRCMP_EQUAL("/images/b", call.root.c_str());
        STRCMP_EQUAL("/", call.environment.at("UPDATE_CONTROL_NEW_ROOT").c_str());
        STRCMP_EQUAL((old_generation / "var").c_str(), call.environment.at("UPDATE_CONTROL_OLD_VAR").c_str());
        STRCMP_EQUAL((new_generation / "var").c_str(), call.environment.at("UPDATE_CONTROL_NEW_VAR").c_str());
        CHECK_FALSE(call.environment.contains("UPDATE_CONTROL_REHEARSAL"));
    }
    STRCMP_EQUAL("mx1", disk.contents(old_generation / "etc/upper/hostname").c_str());
}

TEST(Configuration, without_conversions_goes_over_as_it_is) {
    appliance.facts.conversions.clear();
    appliance.phase_5.run(appliance.run);
    STRCMP_EQUAL("mx1", disk.contents(new_upper / "hostname").c_str());
}

TEST(Configuration, whose_conversion_fails_ends_the_upgrade_and_leaves_nothing) {
    appliance.programs.install(
        "/usr/lib/update-control/hooks/policy",
        {.standard_output = {}, .standard_error = {"policy 7 is broken"}, .exit_code = 1});
    try {
        appliance.phase_5.run(appliance.run);
        FAIL("phase 5 went on after a failed conversion");
    } catch (const ConversionFailed &failure) {
        STRCMP_CONTAINS("policy 7 is broken", failure.what());
    }
    CHECK_FALSE(disk.exists(new_upper));
    appliance.phase_5.undo(appliance.run);
    CHECK_FALSE(disk.exists(new_generation / "source/etc"));
    CHECK_FALSE(disk.exists(new_generation / "etc"));
    STRCMP_EQUAL("mx1", disk.contents(old_generation / "etc/upper/hostname").c_str());
}

TEST(Configuration, that_a_checker_of_the_new_image_refuses_is_not_put_in_place) {
    const std::string checker = "/usr/lib/update-control/configuration-checks/names";
    disk.put_file("/images/b" + checker, "");
    appliance.programs.install(checker, {.standard_output = {},
                                         .standard_error = {"/etc/hostname is refused"},
                                         .exit_code = 1,
                                         .effect = [&](const hooks::runner::HookCall &call) {
                                             STRCMP_EQUAL("mx1, etc debian-12-debian-13, policy 1-2",
                                                          disk.contents(call.root / "etc/hostname").c_str());
                                         }});
    CHECK_THROWS(ConfigurationRefused, appliance.phase_5.run(appliance.run));
    CHECK_FALSE(disk.exists(new_upper));
    appliance.phase_5.undo(appliance.run);
    appliance.programs.install(checker, {});
    appliance.until_the_restart();
    STRCMP_EQUAL("mx1, etc debian-12-debian-13, policy 1-2", disk.contents(new_upper / "hostname").c_str());
}

TEST(Configuration, is_whole_and_so_is_the_pin_whenever_the_boot_loader_would_choose_the_new_system) {
    std::size_t tries = 0;
    partitions_test::for_each_cut(
        StoppedAppliance::put_on, [](FakeStorage &cut) { StoppedAppliance(cut).until_the_restart(); },
        [&](FakeStorage &rebooted, const std::string &where) {
            STRCMP_EQUAL_TEXT("mx1", rebooted.contents(old_generation / "etc/upper/hostname").c_str(),
                              where.c_str());
            const auto booted = partitions_test::boot_with_grub(rebooted, "/boot/grubenv");
            CHECK_TEXT(booted.has_value(), where.c_str());
            if (booted != partitions::Slot::b)
                return;
            ++tries;
            for (const char *needed : {"etc/upper/hostname", "etc/work", "pin"})
                CHECK_TEXT(rebooted.exists(new_generation / needed), where.c_str());
            STRCMP_EQUAL_TEXT("mx1, etc debian-12-debian-13, policy 1-2",
                              rebooted.contents(new_upper / "hostname").c_str(), where.c_str());
            const auto assigned = partitions::Generations(rebooted, "/data").assigned(partitions::Slot::b);
            CHECK_TEXT(assigned == "2.8.1.0-1", where.c_str());
            const auto pins = rebooted.list(new_generation / "pin");
            LONGS_EQUAL_TEXT(1, pins.size(), where.c_str());
            STRCMP_CONTAINS_TEXT("192.168.77.100/24", rebooted.contents(pins.front()).c_str(), where.c_str());
        });
    CHECK_TEXT(tries > 0, "the boot loader never chose the new system");
}

TEST(Configuration, keeps_static_addresses_by_itself_so_only_others_are_pinned_and_all_are_expected) {
    network::InterfaceAddresses bridge = a_link();
    bridge.name = "br0";
    bridge.kind = "bridge";
    bridge.automatic = false;
    appliance.network.set_dhcp({a_link(), bridge});
    appliance.until_the_restart();
    const auto pins = disk.list(new_generation / "pin");
    LONGS_EQUAL(1, pins.size());
    STRCMP_EQUAL("00-update-control-pin-lan0.network", pins.front().filename().c_str());
    CHECK((appliance.facts.addresses == std::vector<network::InterfaceAddresses>{a_link(), bridge}));
}

TEST(Configuration, of_an_upgrade_that_is_rolled_back_leaves_a_boot_loader_that_cannot_reach_the_new_system) {
    appliance.until_the_restart();
    appliance.phase_6.undo(appliance.run);
    appliance.phase_5.undo(appliance.run);
    CHECK_FALSE(appliance.boot.bootable(partitions::Slot::b));
    CHECK(partitions_test::boot_with_grub(disk, "/boot/grubenv") == partitions::Slot::a);
    CHECK_FALSE(appliance.generations.assigned(partitions::Slot::b).has_value());
}

TEST(Configuration, of_a_system_that_was_gone_back_to_outlives_a_try_that_failed) {
    appliance.phase_5.run(appliance.run);
    appliance.facts.operation = job::Operation::rollback;
    appliance.phase_6.run(appliance.run);
    CHECK(appliance.boot.pending_try() == partitions::Slot::b);
    LONGS_EQUAL(1, disk.list(new_generation / "pin").size());
    appliance.phase_6.undo(appliance.run);
    CHECK_FALSE(appliance.boot.pending_try().has_value());
    CHECK(appliance.boot.bootable(partitions::Slot::b));
    CHECK(appliance.generations.assigned(partitions::Slot::b) == "2.8.1.0-1");
    CHECK(disk.exists(new_upper / "hostname"));
    CHECK_FALSE(disk.exists(new_generation / "pin"));
}

TEST(Configuration, of_an_upgrade_that_is_rolled_back_after_its_try_leaves_no_try_in_the_environment) {
    appliance.until_the_restart();
    CHECK(partitions_test::boot_with_grub(disk, "/boot/grubenv") == partitions::Slot::b);
    STRCMP_CONTAINS("try_slot=b\n", disk.contents("/boot/grubenv").c_str());
    appliance.phase_6.undo(appliance.run);
    STRCMP_CONTAINS("try_slot=\n", disk.contents("/boot/grubenv").c_str());
}

TEST(Configuration, is_in_force_when_the_overlay_of_the_new_system_is_the_converted_one) {
    // As the initramfs sees it, whose root is another one.
    appliance.roots.set_configuration_upper("/root" + new_upper.string());
    CHECK(appliance.phase_8.run(appliance.run) == job::PhaseEnd::done);
}

TEST(Configuration, that_is_not_in_force_is_never_committed) {
    for (const std::string upper :
         {"", "/root/data/generations/2.8.0.0-1/etc/upper", "/root/data/generations/2.8.1.0-1/etc/bootstrap",
          "/run/somewhere/etc/upper"}) {
        appliance.roots.set_configuration_upper(upper);
        try {
            appliance.phase_8.run(appliance.run);
            FAIL(upper.c_str());
        } catch (const ConfigurationNotInForce &refusal) {
            STRCMP_CONTAINS(new_upper.c_str(), refusal.what());
            STRCMP_CONTAINS(upper.empty() ? "no overlay" : upper.c_str(), refusal.what());
        }
    }
}
