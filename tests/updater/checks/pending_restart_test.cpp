// What waits for a restart before an upgrade.
#include "tests/support/temporary_folder.hpp"
#include "updater/checks/pending_restart.hpp"

#include <fstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::checks;

TEST_GROUP(PendingRestart) {
    TemporaryFolder run;

    void put(const std::string &name, const std::string &contents) const {
        const auto path = run / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << contents;
    }
    std::string found() const {
        Findings findings;
        check_pending_restart(findings, run.path());
        const Finding &finding = findings.all().at(0);
        return std::string(word_of(finding.verdict)) + " " + finding.check + ": " + finding.text + " -> " +
               finding.advice;
    }
};

TEST(PendingRestart, is_none_if_nothing_asks_for_one) {
    STRCMP_EQUAL("PASS pending restart: nothing waits for a restart -> ", found().c_str());
}

TEST(PendingRestart, is_a_warning_that_names_the_first_packages) {
    put("reboot-required", "*** System restart required ***\n");
    put("reboot-required.pkgs", "linux-image\n\nlibc6\na\nb\nc\nd\n" + std::string(1000, 'x') + "\n");
    STRCMP_CONTAINS("WARN pending restart: changes wait for a restart of the appliance (for linux-image, "
                    "libc6, a, b, c) -> ",
                    found().c_str());
}

TEST(PendingRestart, is_a_warning_without_a_list_of_packages_too) {
    put("reboot-required", "");
    STRCMP_CONTAINS("WARN pending restart: changes wait for a restart of the appliance -> ", found().c_str());
}

TEST(PendingRestart, that_somebody_has_scheduled_is_a_warning_with_the_way_to_cancel_it) {
    put("systemd/shutdown/scheduled", "USEC=1\nMODE=reboot\n");
    STRCMP_CONTAINS("WARN pending restart: somebody has scheduled a shutdown", found().c_str());
    STRCMP_CONTAINS("shutdown -c", found().c_str());
}
