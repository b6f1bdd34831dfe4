// The state of the machine before an upgrade: what stops it, and what is only worth knowing.
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/checks/machine_checks.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;
using partitions::Slot;

namespace {

std::string only_finding(const Findings &findings) {
    LONGS_EQUAL(1, findings.all().size());
    const Finding &finding = findings.all().front();
    return std::string(word_of(finding.verdict)) + " " + finding.check + ": " + finding.text +
           (finding.advice.empty() ? "" : " | " + finding.advice);
}

} // namespace

TEST_GROUP(MachineChecks) {
    partitions_test::FakeStorage storage;
    partitions::Generations generations{storage, "/data"};
    partitions_test::FakeBootSelection boot{Slot::a, true};
    updater_test::FakeServiceManager services;
    Findings findings;
    const std::function<std::uint64_t(const std::filesystem::path &)> own_bytes =
        [](const std::filesystem::path &) { return 3072; };
};

TEST(MachineChecks, the_boot_loader_starts_what_runs) {
    check_boot_loader(boot, Slot::a, findings);
    STRCMP_EQUAL("PASS boot loader: starts system-a, which runs", only_finding(findings).c_str());
}

TEST(MachineChecks, a_restart_that_is_pending_is_told) {
    boot.try_once(Slot::b);
    check_boot_loader(boot, Slot::a, findings);
    STRCMP_EQUAL(
        "WARN boot loader: the next restart tries system-b once; system-a runs | See which job is under "
        "way: update-control -s",
        only_finding(findings).c_str());
}

TEST(MachineChecks, a_system_on_trial_is_told) {
    check_boot_loader(boot, Slot::b, findings);
    STRCMP_CONTAINS("WARN boot loader: system-b runs, but the boot loader starts system-a by default",
                    only_finding(findings).c_str());
}

TEST(MachineChecks, the_system_that_an_installation_replaces_is_told) {
    const auto generation = generations.create("2.7.0.0");
    generations.assign(Slot::b, generation);
    check_previous_system(boot, generations, Slot::b, own_bytes, findings);
    STRCMP_EQUAL(
        "NOTICE rescue partition: system-b holds version 2.7.0.0 to go back to; an installation replaces "
        "it | To free what only it uses, 3.00 KiB, with no rollback to it afterwards: update-control "
        "--drop-previous",
        only_finding(findings).c_str());
}

TEST(MachineChecks, a_copy_of_the_running_system_is_no_loss) {
    const auto generation = generations.create("2.8.0.0");
    for (const Slot slot : {Slot::a, Slot::b})
        generations.assign(slot, generation);
    check_previous_system(boot, generations, Slot::b, own_bytes, findings);
    STRCMP_EQUAL(
        "PASS rescue partition: system-b holds a copy of the running system; an installation replaces "
        "it",
        only_finding(findings).c_str());
}

TEST(MachineChecks, an_empty_rescue_partition_is_no_loss) {
    check_previous_system(boot, generations, Slot::b, own_bytes, findings);
    STRCMP_EQUAL("PASS rescue partition: system-b holds no system that could be started",
                 only_finding(findings).c_str());
}

TEST(MachineChecks, units_that_have_failed_are_named) {
    services.install("cron.service", "failed", "enabled");
    services.install("update-check.service", "failed", "static"); // the updater tells of it itself
    check_failed_units(services, findings);
    STRCMP_EQUAL("WARN failed units: failed before the upgrade, which is not held against the new version: "
                 "cron.service | See why: systemctl status cron.service",
                 only_finding(findings).c_str());
}
