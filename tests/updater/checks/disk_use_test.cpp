// What fills a disk is found wherever it lies, and named so that a person knows what it is.
#include "tests/support/temporary_folder.hpp"
#include "updater/cancelled.hpp"
#include "updater/checks/disk_use.hpp"

#include <fstream>
#include <sys/stat.h>

#include <CppUTest/TestHarness.h>

using namespace updater::checks;
namespace fs = std::filesystem;

TEST_GROUP(DiskUse) {
    TemporaryFolder folder;

    void write(const char *path, std::size_t kib) {
        fs::create_directories((folder.path() / path).parent_path());
        std::ofstream(folder.path() / path) << std::string(kib * 1024, 'x');
    }
    std::string largest(std::size_t max) {
        std::string text;
        for (const Place &place : largest_places(folder.path(), max, {}))
            text += (text.empty() ? "" : " ") + place.path.lexically_relative(folder.path()).string();
        return text;
    }
};

TEST(DiskUse, is_told_for_the_whole_file_system) {
    write("forgotten.iso", 900);
    write("generations/2.8.0.0-1/var/store/mail", 500);
    write("generations/2.8.0.0-1/var/store/index", 490);
    write("generations/2.7.0.0-1/var/store/mail", 300);
    write("logs/a", 20);
    STRCMP_EQUAL("generations/2.8.0.0-1/var/store forgotten.iso generations/2.7.0.0-1/var/store logs/a",
                 largest(5).c_str());
}

TEST(DiskUse, of_many_equal_parts_is_that_of_their_folder) {
    for (int number = 0; number < 40; ++number)
        write(("store/" + std::to_string(number)).c_str(), 10);
    write("logs/a", 50);
    STRCMP_EQUAL("store logs/a", largest(5).c_str());
    STRCMP_EQUAL("store", largest(1).c_str());
}

TEST(DiskUse, leaves_out_what_is_told_elsewhere_by_whatever_path) {
    write("shared/queue/mail", 900);
    write("logs/a", 50);
    fs::create_directory_symlink(folder.path() / "shared/queue", folder.path() / "link");
    std::string text;
    for (const Place &place : largest_places(folder.path(), 1, {}, {folder.path() / "link/"}))
        text += place.path.filename();
    STRCMP_EQUAL("a", text.c_str());
}

TEST(DiskUse, counts_what_is_allocated_not_what_a_sparse_file_claims) {
    write("small", 100);
    write("sparse", 0);
    fs::resize_file(folder.path() / "sparse", 1024UL * 1024 * 1024);
    STRCMP_EQUAL("small sparse", largest(2).c_str());
}

TEST(DiskUse, of_an_empty_file_system_is_nothing) {
    STRCMP_EQUAL("", largest(3).c_str());
}

TEST(DiskUse, is_looked_for_where_the_file_system_is_mounted) {
    const fs::path root = root_of_filesystem(folder.path());
    struct stat there {};
    struct stat here {};
    LONGS_EQUAL(0, ::stat(root.c_str(), &there));
    LONGS_EQUAL(0, ::stat(folder.path().c_str(), &here));
    CHECK(there.st_dev == here.st_dev);
    CHECK(folder.path().string().starts_with(root.string()));
    CHECK_THROWS(fs::filesystem_error, root_of_filesystem(folder.path() / "nowhere"));
}

TEST(DiskUse, is_no_longer_measured_when_a_stop_is_requested) {
    write("logs/a", 50);
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(updater::Cancelled, largest_places(folder.path(), 3, stop.get_token()));
    CHECK_THROWS(updater::Cancelled, allocated_bytes(folder.path(), stop.get_token()));
}
