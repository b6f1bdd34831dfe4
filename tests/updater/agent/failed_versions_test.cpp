// The memory of versions that failed here, and how the agent learns which slot runs.
#include "tests/support/fake_storage.hpp"
#include "updater/agent/failed_versions.hpp"
#include "updater/agent/running_system.hpp"

#include <filesystem>
#include <fstream>

#include <CppUTest/TestHarness.h>

using namespace updater;

TEST_GROUP(FailedVersions) {
    partitions_test::FakeStorage storage;
    FailedVersions versions{storage, "/data/update-control/failed-versions.json"};
};

TEST(FailedVersions, AreRememberedWithTheirReasonUntilTheySucceed) {
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
    versions.remember("2.8.1.0", "the store");
    STRCMP_EQUAL("the store", versions.reason_for("2.8.1.0")->c_str());
    CHECK_FALSE(versions.reason_for("2.8.2.0").has_value());
    versions.forget("2.8.1.0");
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
}

TEST(FailedVersions, CountAnInterruptionOnlyTheSecondTime) {
    versions.remember_interruption("2.8.1.0", "the power failed");
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
    versions.remember_interruption("2.8.1.0", "it did not come up");
    STRCMP_EQUAL("it did not come up, for the second time", versions.reason_for("2.8.1.0")->c_str());
    versions.forget("2.8.1.0");
    versions.remember_interruption("2.8.1.0", "the power failed");
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
    versions.remember("2.8.1.0", "the store");
    versions.remember_interruption("2.8.1.0", "the power failed");
    STRCMP_EQUAL("the store", versions.reason_for("2.8.1.0")->c_str());
}

TEST(FailedVersions, ThatCannotBeReadDoNotKeepTheApplianceFromBeingUpgraded) {
    storage.put_directory("/data/update-control");
    storage.put_file("/data/update-control/failed-versions.json", "{torn");
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
}

TEST(FailedVersions, AreThoseThatFailedThemselves) {
    struct Case {
        Outcome outcome;
        Phase last_phase;
        bool try_later;
        bool speaks_against_it;
    };
    for (const Case &each : {Case{Outcome::rolled_back, Phase::migrate_store, false, true},
                             Case{Outcome::rolled_back, Phase::restart_appliance, false, true},
                             Case{Outcome::rolled_back, Phase::migrate_store, true, false},
                             Case{Outcome::rolled_back, Phase::stop_services, false, false},
                             Case{Outcome::failed, Phase::install, false, false},
                             Case{Outcome::cancelled, Phase::start_services, false, false}})
        CHECK(speaks_against_version({.outcome = each.outcome,
                                      .reason = "",
                                      .next_step = "",
                                      .last_phase = each.last_phase,
                                      .phases = {},
                                      .try_later = each.try_later}) == each.speaks_against_it);
}

TEST_GROUP(RunningSystem) {
    std::filesystem::path proc = std::filesystem::temp_directory_path() / "update-control-proc-test";

    void setup() override {
        std::filesystem::create_directories(proc / "sys/kernel/random");
        std::ofstream(proc / "sys/kernel/random/boot_id") << "1234-5678\n";
    }
    void teardown() override {
        std::filesystem::remove_all(proc);
    }

    void boot_with(const std::string &command_line) {
        std::ofstream(proc / "cmdline") << command_line << '\n';
    }
};

TEST(RunningSystem, IsTheSlotThatTheBootLoaderNamed) {
    boot_with("root=PARTLABEL=system-b ro update_control.slot=b panic=10");
    const auto running = read_running_system(proc);
    CHECK(running.slot == partitions::Slot::b);
    STRCMP_EQUAL("1234-5678", running.boot_id.c_str());
}

TEST(RunningSystem, IsNoApplianceWithoutASlot) {
    boot_with("root=/dev/vda1 ro quiet");
    CHECK_THROWS(NotAnAppliance, read_running_system(proc));
}
