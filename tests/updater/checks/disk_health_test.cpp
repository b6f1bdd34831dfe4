// The health of disks and file systems, from the files of a kernel that a test makes.
#include "tests/support/temporary_folder.hpp"
#include "updater/checks/disk_health.hpp"

#include <fstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::checks;

TEST_GROUP(DiskHealth) {
    TemporaryFolder folder;
    KernelFiles kernel{.sys = folder / "sys", .mounts = folder / "mountinfo"};
    std::string data_options = "rw,attr2";

    void put(const std::string &name, const std::string &contents) const {
        const auto path = folder / ("sys/" + name);
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << contents;
    }
    Finding found(const std::string &data = "/data") {
        std::ofstream(kernel.mounts) << "22 1 254:3 / / ro - ext4 /dev/vda3 ro\n24 22 254:5 / /data rw - xfs "
                                        "/dev/vda5 "
                                     << data_options << "\n";
        Findings findings;
        check_disk_health(data, findings, kernel);
        STRCMP_EQUAL("disk health", findings.all().at(0).check.c_str());
        return findings.all().at(0);
    }
    void expect(Verdict verdict, const char *text) {
        const Finding finding = found();
        STRCMP_CONTAINS(text, finding.text.c_str());
        CHECK(finding.verdict == verdict);
    }
};

TEST(DiskHealth, is_skipped_where_nothing_reports_it) {
    put("block/vda/size", "100\n");
    CHECK(found("/not-mounted").verdict == Verdict::skip);
}

TEST(DiskHealth, is_good_if_all_that_report_say_so) {
    put("block/sda/device/state", "running\n");
    put("block/nvme0n1/device/state", "live\n");
    put("block/mmcblk0/device/pre_eol_info", "0x01\n");
    put("block/md0/md/degraded", "0\n");
    put("fs/ext4/vda2/errors_count", "0\n");
    expect(Verdict::pass, "nothing wrong is reported by md0, the reserve of mmcblk0, nvme0n1, sda, ext4 on "
                          "vda2, the file system at /data");
}

TEST(DiskHealth, of_a_disk_that_is_offline_is_a_failure) {
    put("block/sda/device/state", "offline\n");
    expect(Verdict::fail, "the disk sda is offline");
}

TEST(DiskHealth, of_a_disk_at_the_end_of_its_life_is_a_failure_and_before_that_a_warning) {
    put("block/mmcblk0/device/pre_eol_info", "0x02\n");
    expect(Verdict::warn, "the disk mmcblk0 has used most of its reserve");
    put("block/mmcblk0/device/pre_eol_info", "0x03\n");
    expect(Verdict::fail, "the disk mmcblk0 is at the end of its life");
}

TEST(DiskHealth, of_an_array_without_all_its_disks_is_a_warning) {
    put("block/md0/md/degraded", "1\n");
    expect(Verdict::warn, "the array md0 lacks 1 of its disks");
}

TEST(DiskHealth, of_a_file_system_that_has_had_errors_is_a_warning) {
    put("fs/ext4/vda2/errors_count", "7\n");
    expect(Verdict::warn, "the file system on vda2 has had 7 errors");
}

TEST(DiskHealth, of_a_data_partition_that_the_kernel_made_read_only_is_a_failure) {
    data_options = "ro,attr2";
    expect(Verdict::fail, "the file system at /data is read-only");
    CHECK_FALSE(found().advice.empty());
}

TEST(DiskHealth, names_all_that_is_wrong) {
    put("block/sda/device/state", "offline\n");
    put("fs/ext4/vda2/errors_count", "7\n");
    expect(Verdict::fail, "the disk sda is offline; the file system on vda2 has had 7 errors");
}
