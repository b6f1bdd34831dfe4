// The images of both slots, really mounted: what is seen, that nothing can be written, and that nobody who
// stands in there holds anything up.
#include "partitions/system_roots.hpp"

#include "partitions/mount.hpp"
#include "partitions/posix_storage.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/fake_partition_finder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

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
    MountedSystemRoots roots{storage, finder, run};

    void setup() override {
        shell("mkdir -p " + (directory / "tree/etc").string() + " && echo vendor >" +
              (directory / "tree/etc/os").string());
        shell("truncate -s 4M " + image.string() + " && mkfs.ext4 -q -d " + (directory / "tree").string() +
              " " + image.string());
    }
};

TEST(SystemRoots, show_the_image_of_a_slot_and_leave_it_as_it_is) {
    const std::string before = shell("sha256sum " + image.string());
    {
        const auto root = roots.of_slot(Slot::b);
        STRCMP_EQUAL("vendor", shell("cat " + (root.path() / "etc/os").string()).c_str());
        CHECK_FALSE(std::ofstream(root.path() / "etc/new").is_open());
    }
    CHECK_FALSE(partitions::is_mounted(run / "roots/slot-root"));
    STRCMP_EQUAL(before.c_str(), shell("sha256sum " + image.string()).c_str());
}

TEST(SystemRoots, are_given_up_although_somebody_stands_in_there) {
    int somebody = -1;
    {
        const auto root = roots.of_slot(Slot::b);
        somebody = open((root.path() / "etc").c_str(), O_RDONLY | O_DIRECTORY);
        CHECK_TRUE(somebody >= 0);
    }
    CHECK_FALSE(partitions::is_mounted(run / "roots/slot-root"));
    STRCMP_EQUAL("vendor", shell("cat " + (roots.of_slot(Slot::b).path() / "etc/os").string()).c_str());
    close(somebody);
}

TEST(SystemRoots, are_seen_by_root_alone) {
    const auto root = roots.of_slot(Slot::b);
    STRCMP_EQUAL("700", shell("stat -c %a " + (run / "roots").string()).c_str());
}

TEST(SystemRoots, of_the_running_image_are_what_lies_under_its_mounts) {
    const auto root = roots.of_running_image();
    CHECK_FALSE(std::filesystem::exists(root.path() / "proc/self"));
    CHECK_TRUE(std::filesystem::exists(root.path() / "proc"));
    CHECK_FALSE(std::ofstream(root.path() / "new").is_open());
}

TEST(SystemRoots, that_a_killed_process_left_are_unmounted) {
    std::filesystem::create_directories(run / "roots/slot-root");
    partitions::Mount(image, run / "roots/slot-root", "ext4", "ro").release();
    const int somebody = open((run / "roots/slot-root/etc").c_str(), O_RDONLY | O_DIRECTORY);
    roots.unmount_left_overs();
    close(somebody);
    CHECK_FALSE(partitions::is_mounted(run / "roots/slot-root"));
}

TEST(SystemRoots, without_such_a_partition_say_so) {
    CHECK_THROWS(partitions::PartitionNotFound, roots.of_slot(Slot::a));
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
