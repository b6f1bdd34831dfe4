// The memory of versions that failed here, and how the agent learns which slot runs.
#include "tests/support/fake_storage.hpp"
#include "updater/available/failed_versions.hpp"
#include "updater/job/running_system.hpp"

#include <filesystem>
#include <fstream>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::available;

TEST_GROUP(FailedVersions) {
    partitions_test::FakeStorage storage;
    FailedVersions versions{storage, "/data/update-control/failed-versions.json"};
    const std::chrono::sys_seconds noon{std::chrono::hours(500'004)};
};

TEST(FailedVersions, are_remembered_with_their_reason_until_they_succeed) {
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
    versions.remember("2.8.1.0", "the store", noon);
    STRCMP_EQUAL("the store", versions.reason_for("2.8.1.0")->c_str());
    CHECK_FALSE(versions.reason_for("2.8.2.0").has_value());
    versions.forget("2.8.1.0");
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
}

TEST(FailedVersions, count_an_interruption_only_the_second_time) {
    versions.remember_interruption("2.8.1.0", "the power failed", noon);
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
    versions.remember_interruption("2.8.1.0", "it did not come up", noon);
    STRCMP_EQUAL("it did not come up, for the second time", versions.reason_for("2.8.1.0")->c_str());
    versions.forget("2.8.1.0");
    versions.remember_interruption("2.8.1.0", "the power failed", noon);
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
    versions.remember("2.8.1.0", "the store", noon);
    versions.remember_interruption("2.8.1.0", "the power failed", noon);
    STRCMP_EQUAL("the store", versions.reason_for("2.8.1.0")->c_str());
}

TEST(FailedVersions, are_never_too_many_or_too_long_to_be_read) {
    for (int number = 0; number < 1000; ++number)
        versions.remember("2.8." + std::to_string(number) + ".0",
                          std::string(100'000, number % 2 ? 'x' : '"') + "€", noon);
    CHECK_EQUAL(FailedVersions::max_versions, versions.all().size());
    CHECK_TRUE(versions.reason_for("2.8.999.0").has_value());
    CHECK_TRUE(versions.reason_for("2.8.950.0").has_value());
    CHECK_FALSE(versions.reason_for("2.8.949.0").has_value());
    versions.remember("2.8.999.0", "euros: " + std::string(492, 'x') + "€€€ and https://u:hunter2@host/",
                      noon);
    STRCMP_CONTAINS("x…", versions.reason_for("2.8.999.0")->c_str());
    CHECK_EQUAL(FailedVersions::max_versions, versions.all().size());
    versions.remember("2.9.0.0", "no room for https://u:hunter2@host/", noon);
    CHECK_TRUE(versions.reason_for("2.9.0.0")->find("hunter2") == std::string::npos);
}

TEST(FailedVersions, are_listed_with_the_time_if_it_was_noted) {
    storage.put_directory("/data/update-control");
    storage.put_file("/data/update-control/failed-versions.json",
                     R"({"2.8.0.5": "of an older updater", "2.8.0.6": {"interrupted": "once"}})");
    versions.remember("2.8.1.0", "the store", noon);
    const auto all = versions.all();
    LONGS_EQUAL(2, all.size());
    STRCMP_EQUAL("2.8.0.5", all[0].version.c_str());
    STRCMP_EQUAL("of an older updater", all[0].reason.c_str());
    CHECK_FALSE(all[0].time.has_value());
    STRCMP_EQUAL("2.8.1.0", all[1].version.c_str());
    CHECK(all[1].time == noon);
}

TEST(FailedVersions, that_cannot_be_read_do_not_keep_the_appliance_from_being_upgraded) {
    storage.put_directory("/data/update-control");
    storage.put_file("/data/update-control/failed-versions.json", "{torn");
    CHECK_FALSE(versions.reason_for("2.8.1.0").has_value());
}

TEST(FailedVersions, are_those_that_failed_themselves) {
    struct Case {
        job::Outcome outcome;
        job::Phase last_phase;
        bool try_later;
        bool speaks_against_it;
    };
    for (const Case &each : {Case{job::Outcome::rolled_back, job::Phase::migrate_store, false, true},
                             Case{job::Outcome::rolled_back, job::Phase::restart_appliance, false, true},
                             Case{job::Outcome::rolled_back, job::Phase::migrate_store, true, false},
                             Case{job::Outcome::rolled_back, job::Phase::stop_services, false, false},
                             Case{job::Outcome::failed, job::Phase::install, false, false},
                             Case{job::Outcome::cancelled, job::Phase::start_services, false, false}})
        CHECK(speaks_against_version({.outcome = each.outcome,
                                      .reason = "",
                                      .next_step = "",
                                      .interrupted = false,
                                      .try_later = each.try_later,
                                      .last_phase = each.last_phase,
                                      .phases = {}}) == each.speaks_against_it);
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

TEST(RunningSystem, is_the_slot_that_the_boot_loader_named) {
    boot_with("root=PARTLABEL=system-b ro update_control.slot=b panic=10");
    const auto running = job::read_running_system(proc);
    CHECK(running.slot == partitions::Slot::b);
    STRCMP_EQUAL("1234-5678", running.boot_id.c_str());
}

TEST(RunningSystem, is_no_appliance_without_a_slot) {
    boot_with("root=/dev/vda1 ro quiet");
    CHECK_THROWS(job::NotAnAppliance, job::read_running_system(proc));
}
