// Real mounts that their owner's destructor unmounts.
#include "partitions/mount.hpp"

#include "tests/partitions/test_machine.hpp"

#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include <CppUTest/TestHarness.h>

using partitions::is_mounted;
using partitions::Mount;
using partitions::MountError;
using partitions_test::shell;

TEST_GROUP(Mount) {
    const partitions_test::TemporaryDirectory directory;
    const std::filesystem::path a = directory / "a";
    const std::filesystem::path b = directory / "b";

    void setup() override {
        std::filesystem::create_directory(a);
        std::filesystem::create_directory(b);
    }
};

TEST(Mount, is_there_as_long_as_its_owner) {
    {
        const partitions::Mount mount("none", a, "tmpfs", "size=1m,mode=0711");
        CHECK_TRUE(partitions::is_mounted(a));
        CHECK_TRUE(mount.target() == a);
        STRCMP_EQUAL("711", shell("stat -c %a " + a.string()).c_str());
    }
    CHECK_FALSE(partitions::is_mounted(a));
    CHECK_FALSE(partitions::is_mounted(directory / "not there"));
}

TEST(Mount, can_be_unmounted_moved_and_released) {
    partitions::Mount mount("none", a, "tmpfs");
    mount.move_to(b);
    CHECK_FALSE(partitions::is_mounted(a));
    CHECK_TRUE(partitions::is_mounted(b));
    partitions::Mount owner = std::move(mount);
    CHECK_TRUE(partitions::is_mounted(b));
    owner.unmount();
    CHECK_FALSE(partitions::is_mounted(b));
    owner.unmount(); // nothing left to do
    {
        partitions::Mount left("none", a, "tmpfs");
        left.release();
    }
    CHECK_TRUE(partitions::is_mounted(a));
    shell("umount " + a.string());
}

TEST(Mount, what_a_killed_process_left_is_unmounted_however_often) {
    for (int time = 0; time < 3; ++time)
        partitions::Mount("none", a, "tmpfs").release();
    partitions::unmount_all(a);
    CHECK_FALSE(partitions::is_mounted(a));
    partitions::unmount_all(a);
    partitions::unmount_all(directory / "not there");
}

TEST(Mount, assigning_unmounts_what_was_held) {
    partitions::Mount first("none", a, "tmpfs");
    first = partitions::Mount("none", b, "tmpfs");
    CHECK_FALSE(partitions::is_mounted(a));
    CHECK_TRUE(partitions::is_mounted(b));
}

TEST(Mount, a_file_system_of_a_device_by_its_own_type) {
    partitions_test::LoopDisk disk(directory / "disk", 20U << 20U);
    shell("mkfs.ext4 -q " + disk.device().string());
    for (const std::string type : {"ext4", ""}) {
        partitions::Mount mount(disk.device(), a, type, "ro", MS_NODEV | MS_NOSUID);
        STRCMP_EQUAL("ro,nosuid,nodev,relatime", shell("findmnt -no VFS-OPTIONS " + a.string()).c_str());
        mount.unmount();
    }
}

TEST(Mount, a_bound_directory_may_be_read_only_at_its_second_place) {
    std::ofstream(a / "file") << "x";
    const partitions::Mount bound = partitions::Mount::bind(a, b, true);
    CHECK_TRUE(std::filesystem::exists(b / "file"));
    CHECK_FALSE(std::ofstream(b / "new").is_open());
    CHECK_TRUE(std::ofstream(a / "new").is_open());
}

TEST(Mount, an_overlay) {
    const partitions::Mount room("none", a, "tmpfs");
    for (const std::string name : {"lower", "upper", "work"})
        std::filesystem::create_directory(a / name);
    std::ofstream(a / "lower" / "below") << "x";
    const std::string base = a.string();
    partitions::Mount overlay("overlay", b, "overlay",
                              "lowerdir=" + base + "/lower,upperdir=" + base + "/upper,workdir=" + base +
                                  "/work");
    std::ofstream(b / "above") << "x";
    CHECK_TRUE(std::filesystem::exists(b / "below"));
    CHECK_TRUE(std::filesystem::exists(a / "upper" / "above"));
    overlay.unmount();
}

TEST(Mount, failures_name_what_and_where) {
    try {
        const partitions::Mount mount(directory / "no-device", a, "ext4");
        FAIL("mounted a device that does not exist");
    } catch (const partitions::MountError &error) {
        const std::string message = error.what();
        CHECK_TRUE(message.find("no-device") != std::string::npos);
        CHECK_TRUE(message.find(a.string()) != std::string::npos);
    }
    CHECK_THROWS(partitions::MountError, partitions::Mount("none", directory / "no-directory", "tmpfs"));
    CHECK_THROWS(partitions::MountError, partitions::Mount("none", a, "no-such-type"));
    CHECK_FALSE(partitions::is_mounted(a));
}

TEST(Mount, a_busy_one_is_told_by_unmount_and_detached_by_the_destructor) {
    int open_file = -1;
    {
        partitions::Mount mount("none", a, "tmpfs");
        open_file = ::open((a / "held").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
        CHECK_TRUE(open_file >= 0);
        CHECK_THROWS(partitions::MountError, mount.unmount());
        CHECK_TRUE(partitions::is_mounted(a));
    }
    CHECK_FALSE(partitions::is_mounted(a));
    CHECK_EQUAL(0, ::close(open_file));
}

TEST(Mount, a_failure_in_the_destructor_is_reported) {
    std::string report;
    {
        partitions::Mount mount("none", a, "tmpfs");
        mount.report_failure_to([&](std::string_view message) { report = message; });
        shell("umount " + a.string()); // behind its back
    }
    CHECK_TRUE(report.find(a.string()) != std::string::npos);
}
