// The images of both slots, really mounted: their contents, that nothing can be written, and that a process
// inside does not block unmounting.
#include "partitions/system_roots.hpp"

#include "partitions/mount.hpp"
#include "partitions/posix_storage.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/fake_partition_finder.hpp"

#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include <CppUTest/TestHarness.h>

using partitions::MountedSystemRoots;
using partitions::Slot;
using partitions_test::shell;

TEST_GROUP(SystemRoots) {
    const partitions_test::TemporaryDirectory directory;
    const std::filesystem::path image = directory / "image";
    const std::filesystem::path run = directory / "run";
    partitions::PosixStorage storage;
    partitions_test::FakePartitionFinder finder{{{"system-b", {image, 0}}}};
    partitions::MountedSystemRoots roots{storage, finder, run};

    void setup() override {
        shell("cd " + directory.path().string() +
              " && mkdir -p tree/etc tree/var/lib && echo vendor >tree/etc/os" +
              " && echo vendor >tree/etc/removed && echo vendor >tree/etc/kept && echo vendor "
              ">tree/var/lib/state");
        shell("truncate -s 4M " + image.string() + " && mkfs.ext4 -q -d " + (directory / "tree").string() +
              " " + image.string());
    }
};

TEST(SystemRoots, show_the_image_of_a_slot_and_leave_it_as_it_is) {
    const std::string before = shell("sha256sum " + image.string());
    {
        const auto root = roots.of_slot(partitions::Slot::b);
        STRCMP_EQUAL("vendor", shell("cat " + (root.path() / "etc/os").string()).c_str());
        CHECK_FALSE(std::ofstream(root.path() / "etc/new").is_open());
    }
    CHECK_FALSE(partitions::is_mounted(run / "roots/slot-root"));
    STRCMP_EQUAL(before.c_str(), shell("sha256sum " + image.string()).c_str());
}

TEST(SystemRoots, are_given_up_although_somebody_stands_in_there) {
    int somebody = -1;
    {
        const auto root = roots.of_slot(partitions::Slot::b);
        somebody = open((root.path() / "etc").c_str(), O_RDONLY | O_DIRECTORY);
        CHECK_TRUE(somebody >= 0);
    }
    CHECK_FALSE(partitions::is_mounted(run / "roots/slot-root"));
    STRCMP_EQUAL("vendor",
                 shell("cat " + (roots.of_slot(partitions::Slot::b).path() / "etc/os").string()).c_str());
    close(somebody);
}

TEST(SystemRoots, are_seen_by_root_alone) {
    const auto root = roots.of_slot(partitions::Slot::b);
    STRCMP_EQUAL("700", shell("stat -c %a " + (run / "roots").string()).c_str());
}

TEST(SystemRoots, of_the_running_image_are_what_lies_under_its_mounts) {
    const auto root = roots.of_running_image();
    CHECK_FALSE(std::filesystem::exists(root.path() / "proc/self"));
    CHECK_TRUE(std::filesystem::exists(root.path() / "proc"));
    CHECK_FALSE(std::ofstream(root.path() / "new").is_open());
}

TEST(SystemRoots, show_a_slot_with_a_configuration_over_it_that_hides_what_was_removed) {
    shell("cd " + directory.path().string() +
          " && mkdir -p upper var/lib && echo mine >upper/os && mknod upper/removed c 0 0" +
          " && echo carried >var/lib/mine");
    const std::string before = shell("sha256sum " + image.string());
    {
        const auto plain = roots.of_slot(partitions::Slot::b);
        const auto root =
            roots.with_configuration(partitions::Slot::b, directory / "upper", directory / "var");
        const auto shows = [&](const std::string &files) {
            return shell("cd " + root.path().string() + " && grep . " + files);
        };
        STRCMP_EQUAL("kept, os", shell("ls -m " + (root.path() / "etc").string()).c_str());
        STRCMP_EQUAL("etc/os:mine\netc/kept:vendor", shows("etc/os etc/kept").c_str());
        STRCMP_EQUAL("var/lib/mine:carried\nvar/lib/state:vendor",
                     shows("var/lib/mine var/lib/state").c_str());
        for (const char *place : {"new", "etc/new", "etc/os", "var/new"})
            CHECK_FALSE_TEXT(std::ofstream(root.path() / place).is_open(), place);
        CHECK_TRUE(std::filesystem::exists(plain.path() / "etc/removed"));
    }
    CHECK_FALSE(partitions::is_mounted(run / "roots/configured-root"));
    STRCMP_EQUAL(before.c_str(), shell("sha256sum " + image.string()).c_str());
    STRCMP_EQUAL("os, removed", shell("ls -m " + (directory / "upper").string()).c_str());
}

TEST(SystemRoots, without_the_configuration_to_show_leave_nothing_mounted) {
    std::filesystem::create_directory(directory / "upper");
    CHECK_THROWS(partitions::MountError,
                 roots.with_configuration(partitions::Slot::b, directory / "none", directory / "none"));
    CHECK_THROWS(partitions::MountError,
                 roots.with_configuration(partitions::Slot::b, directory / "upper", directory / "none"));
    CHECK_FALSE(partitions::is_mounted(run / "roots/configured-root"));
}

TEST(SystemRoots, that_a_killed_process_left_are_unmounted) {
    std::filesystem::create_directories(run / "roots/slot-root");
    partitions::Mount(image, run / "roots/slot-root", "ext4", "ro").release();
    const int somebody = open((run / "roots/slot-root/etc").c_str(), O_RDONLY | O_DIRECTORY);
    roots.unmount_leftovers();
    close(somebody);
    CHECK_FALSE(partitions::is_mounted(run / "roots/slot-root"));
    std::filesystem::create_directories(run / "roots/configured-root");
    partitions::Mount(image, run / "roots/configured-root", "ext4", "ro").release();
    partitions::Mount("tmpfs", run / "roots/configured-root/etc", "tmpfs").release();
    roots.unmount_leftovers();
    CHECK_FALSE(partitions::is_mounted(run / "roots/configured-root/etc"));
    CHECK_FALSE(partitions::is_mounted(run / "roots/configured-root"));
}

TEST(SystemRoots, without_such_a_partition_say_so) {
    CHECK_THROWS(partitions::PartitionNotFound, roots.of_slot(partitions::Slot::a));
}

TEST(SystemRoots, tell_the_option_of_what_was_mounted_last) {
    for (const char *name : {"lower", "first", "second", "work-1", "work-2", "etc"})
        std::filesystem::create_directory(directory / name);
    const auto overlay = [&](const std::string &upper, const std::string &work) {
        return partitions::Mount("overlay", directory / "etc", "overlay",
                                 "lowerdir=" + (directory / "lower").string() +
                                     ",upperdir=" + (directory / upper).string() +
                                     ",workdir=" + (directory / work).string());
    };
    STRCMP_EQUAL("", partitions::mount_option(directory / "etc", "upperdir").c_str());
    const auto one = overlay("first", "work-1");
    const auto other = overlay("second", "work-2");
    STRCMP_EQUAL((directory / "second").c_str(),
                 partitions::mount_option(directory / "etc", "upperdir").c_str());
    STRCMP_EQUAL("", partitions::mount_option(directory / "etc", "no-such-option").c_str());
}
