// Files of the image that a mount covers: which mounts belong to the appliance, and which are changes.
#include "tests/support/fake_service_manager.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/checks/covered_files.hpp"

#include <fstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::checks;

TEST_GROUP(CoveredFiles) {
    TemporaryFolder folder;
    updater_test::FakeServiceManager services;
    std::string mounts = "22 1 254:3 / / ro,relatime - ext4 /dev/vda3 ro\n"
                         "23 22 0:20 / /etc rw - overlay overlay rw,lowerdir=/etc,upperdir=/data/x\n"
                         "24 22 254:5 / /data rw - xfs /dev/vda5 rw\n"
                         "25 22 254:5 /generations/1/var /var rw - xfs /dev/vda5 rw\n"
                         "26 25 254:5 /shared/log /var/log rw - xfs /dev/vda5 rw\n"
                         "27 22 0:21 / /proc rw - proc proc rw\n"
                         "28 22 0:22 / /run rw - tmpfs tmpfs rw\n"
                         "32 23 0:22 /machine-id /etc/machine-id ro - tmpfs tmpfs rw\n"
                         "29 22 0:23 / /usrlocal rw - tmpfs tmpfs rw\n";

    Finding found() {
        std::ofstream(folder / "mountinfo") << mounts;
        Findings findings;
        check_covered_files(services, findings, folder / "mountinfo");
        STRCMP_EQUAL("image files", findings.all().at(0).check.c_str());
        return findings.all().at(0);
    }
};

TEST(CoveredFiles, are_none_on_an_appliance_as_it_is) {
    CHECK(found().verdict == Verdict::pass);
}

TEST(CoveredFiles, by_a_mount_of_unknown_origin_are_a_failure_with_the_place) {
    mounts += "30 22 254:5 /fix/agent /usr/lib/update-control/update-agent rw - xfs /dev/vda5 rw\n";
    const Finding finding = found();
    CHECK(finding.verdict == Verdict::fail);
    STRCMP_CONTAINS("covered by a mount are /usr/lib/update-control/update-agent by /dev/vda5 /fix/agent",
                    finding.text.c_str());
    STRCMP_CONTAINS("findmnt", finding.advice.c_str());
}

TEST(CoveredFiles, by_a_mount_of_fstab_or_a_unit_are_worth_knowing) {
    mounts += "30 22 254:5 /my /opt/my-own rw - xfs /dev/vda5 rw\n";
    services.install("opt-my\\x2down.mount", "active", "generated");
    const Finding finding = found();
    CHECK(finding.verdict == Verdict::notice);
    STRCMP_CONTAINS("/opt/my-own by /dev/vda5 /my", finding.text.c_str());
}

TEST(CoveredFiles, in_etc_are_found_under_and_over_its_overlay) {
    mounts += "30 23 0:24 / /etc/postfix rw - tmpfs tmpfs rw\n"
              "31 23 0:25 / /etc rw - overlay overlay rw\n";
    STRCMP_CONTAINS("/etc/postfix by tmpfs /, /etc by overlay /", found().text.c_str());
}

TEST(CoveredFiles, are_named_up_to_a_bound_and_on_one_line) {
    for (int index = 0; index < 8; ++index)
        mounts += "30 22 0:24 / /usr/a\\012" + std::to_string(index) + " rw - tmpfs tmpfs rw\n";
    const Finding finding = found();
    STRCMP_CONTAINS("/usr/a 0 by tmpfs /", finding.text.c_str());
    STRCMP_CONTAINS("and 3 more", finding.text.c_str());
}

TEST(CoveredFiles, are_a_failure_if_the_mounts_cannot_be_read) {
    Findings findings;
    check_covered_files(services, findings, folder / "nothing");
    CHECK(findings.all().at(0).verdict == Verdict::fail);
}
