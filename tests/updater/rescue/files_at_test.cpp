// Names of files by their place on the device, on a real file system.
#include "partitions/file_extents.hpp"
#include "partitions/mount_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/cancelled.hpp"
#include "updater/rescue/files_at.hpp"

#include <cstdlib>
#include <fstream>
#include <sys/mount.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::rescue;
namespace fs = std::filesystem;

// Needs root.
TEST_GROUP(FilesAt) {
    TemporaryFolder folder;
    fs::path disk = folder.path() / "disk";
    std::stop_source stop;

    void setup() override {
        fs::create_directory(disk);
        run("truncate -s 16M " + image() + " && mkfs.ext4 -q -F " + image() + " && mount -o loop " + image() +
            " " + disk.string());
        fs::create_directories(disk / "usr" / "bin");
        for (const char *name : {"one", "two"})
            std::ofstream(disk / "usr" / "bin" / name) << std::string(10'000, 'x');
        std::ofstream(disk / "empty").flush();
        fs::create_symlink("one", disk / "usr" / "bin" / "link");
        fs::create_symlink("loop", disk / "usr" / "loop"); // leads nowhere: ELOOP
        run("sync --file-system " + disk.string());
    }
    void teardown() override {
        ::umount2(disk.c_str(), MNT_DETACH);
    }
    std::string image() const {
        return (folder.path() / "image").string();
    }
    static void run(const std::string &command) {
        LONGS_EQUAL(0, std::system(command.c_str()));
    }
    firmware::ByteRange place_of(const std::string &name) {
        const auto extent = partitions::extents_of(disk / name).at(0);
        CHECK(extent.is_placed);
        return {extent.device_bytes + 5'000, 1};
    }
};

TEST(FilesAt, names_the_files_with_content_in_the_places) {
    const std::vector<firmware::ByteRange> one{place_of("usr/bin/one")};
    CHECK(files_below(disk, one, {}) == std::vector<std::string>{"/usr/bin/one"});
    const std::vector<firmware::ByteRange> both{place_of("usr/bin/two"), place_of("usr/bin/one")};
    CHECK((files_below(disk, both, {}) == std::vector<std::string>{"/usr/bin/one", "/usr/bin/two"}));
    const std::vector<firmware::ByteRange> superblock{{1'024, 1'024}};
    CHECK(files_below(disk, superblock, {}).empty());
}

TEST(FilesAt, mounts_a_device_that_is_in_use_for_itself) {
    const std::vector<firmware::ByteRange> one{place_of("usr/bin/one")};
    run("findmnt --noheadings --output SOURCE " + disk.string() + " >" + image() + ".device");
    std::string device;
    std::ifstream(image() + ".device") >> device;
    CHECK_THROWS(partitions::MountBusy, files_at(device, one, {})); // writable there
    run("mount -o remount,ro " + disk.string());
    CHECK(files_at(device, one, {}) == std::vector<std::string>{"/usr/bin/one"});
}

TEST(FilesAt, tells_when_nothing_can_be_read) {
    CHECK_THROWS(fs::filesystem_error, files_below(disk / "missing", {}, {}));
}

TEST(FilesAt, stops_when_asked) {
    stop.request_stop();
    CHECK_THROWS(Cancelled, files_below(disk, {}, stop.get_token()));
}
