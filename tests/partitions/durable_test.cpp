// Files, links and trees under a power cut after every single operation: old or new, never a mixture.
#include "partitions/durable.hpp"

#include "tests/support/power_cuts.hpp"

#include <CppUTest/TestHarness.h>

using partitions_test::FakeStorage;
using partitions_test::for_each_cut;

namespace {

const std::string old_contents(2000, 'o');
const std::string new_contents(3000, 'n');

} // namespace

TEST_GROUP(Durable) {
    FakeStorage storage;
};

TEST(Durable, a_replaced_file_is_old_or_new) {
    std::size_t old_ones = 0;
    std::size_t new_ones = 0;
    const auto check = [&](FakeStorage &disk, const std::string &where) {
        const std::string found = disk.contents("/data/file");
        ++(found == new_contents ? new_ones : old_ones);
        CHECK_TRUE_TEXT(found == old_contents || found == new_contents, where.c_str());
    };
    for_each_cut([](FakeStorage &disk) { disk.put_file("/data/file", old_contents); },
                 [](FakeStorage &disk) { partitions::replace_file(disk, "/data/file", new_contents); }, check,
                 partitions_test::every_fate(40));
    CHECK_TRUE(old_ones > 0 && new_ones > 0);
}

TEST(Durable, a_file_that_was_replaced_stays_so) {
    storage.put_file("/data/file", old_contents);
    partitions::replace_file(storage, "/data/file", new_contents, 0600);
    for (const auto &fate : partitions_test::every_fate())
        STRCMP_EQUAL(new_contents.c_str(), storage.after_reboot(fate)->contents("/data/file").c_str());
    CHECK_EQUAL(0600U, storage.details("/data/file").mode & 07777U);
}

TEST(Durable, a_cut_replacement_does_not_hinder_the_next) {
    const auto check = [](FakeStorage &disk, const std::string &where) {
        partitions::replace_file(disk, "/data/file", "again");
        partitions::replace_symlink(disk, "again", "/data/link");
        const auto later = disk.after_reboot({});
        STRCMP_EQUAL_TEXT("again", later->contents("/data/file").c_str(), where.c_str());
        STRCMP_EQUAL_TEXT("again", later->read_symlink("/data/link").c_str(), where.c_str());
    };
    for_each_cut([](FakeStorage &disk) { disk.put_file("/data/file", old_contents); },
                 [](FakeStorage &disk) {
                     partitions::replace_file(disk, "/data/file", new_contents);
                     partitions::replace_symlink(disk, "new", "/data/link");
                 },
                 check);
}

TEST(Durable, a_replaced_link_is_old_or_new) {
    const auto check = [](FakeStorage &disk, const std::string &where) {
        const std::string target = disk.read_symlink("/data/link").string();
        CHECK_TRUE_TEXT(target == "old" || target == "new", where.c_str());
    };
    for_each_cut([](FakeStorage &disk) { disk.put_symlink("old", "/data/link"); },
                 [](FakeStorage &disk) { partitions::replace_symlink(disk, "new", "/data/link"); }, check,
                 partitions_test::every_fate(40));
}

TEST(Durable, directories_are_durable_to_the_last) {
    partitions::make_directories(storage, "/data/a/b/c/");
    for (const auto &fate : partitions_test::every_fate())
        CHECK_TRUE(storage.after_reboot(fate)->exists("/data/a/b/c"));
    partitions::make_directories(storage, "/data/a/b/c"); // there already
}

TEST(Durable, a_removed_tree_is_gone_without_following_links) {
    storage.put_file("/data/tree/deep/file", "x");
    storage.put_file("/data/precious", "x");
    storage.put_symlink("/data", "/data/tree/link");
    partitions::remove_tree(storage, "/data/tree");
    partitions::remove_tree(storage, "/data/tree");
    for (const auto &fate : partitions_test::every_fate()) {
        const auto later = storage.after_reboot(fate);
        CHECK_FALSE(later->exists("/data/tree"));
        CHECK_TRUE(later->exists("/data/precious"));
    }
}

TEST(Durable, refuses_to_remove_everything) {
    for (const std::string path : {"/", "", "relative", "/data/..", "."})
        CHECK_THROWS(std::invalid_argument, partitions::remove_tree(storage, path));
}

TEST(Durable, reads_no_more_than_it_may) {
    storage.put_file("/data/file", std::string(100000, 'x'));
    CHECK_EQUAL(100000U, partitions::read_whole_file(storage, "/data/file", 100000).size());
    CHECK_THROWS(partitions::StorageError, partitions::read_whole_file(storage, "/data/file", 99999));
    CHECK_THROWS(partitions::StorageNotFound, partitions::read_whole_file(storage, "/data/none", 1));
}

TEST(Durable, every_failure_reaches_the_caller) {
    storage.put_file("/data/file", old_contents);
    for (const std::string operation : {"create ", "write ", "sync /", "rename ", "sync-directory "}) {
        storage.fail_when(operation, FakeStorage::Failure::full);
        CHECK_THROWS(partitions::StorageFull, partitions::replace_file(storage, "/data/file", new_contents));
        storage.heal();
        if (storage.exists("/data/file.new"))
            storage.remove("/data/file.new");
    }
}

// Checks the fake: it must catch steps in the wrong order. Otherwise the tests above would prove nothing.
TEST(Durable, the_fake_shows_the_mistakes_that_the_order_avoids) {
    using Write = void (*)(partitions::Storage &);
    const Write mistakes[] = {
        [](partitions::Storage &disk) { // in place
            const auto file = disk.open("/data/file", partitions::OpenMode::create_or_truncate);
            file->write_at(0, std::as_bytes(std::span(new_contents)));
            file->sync();
        },
        [](partitions::Storage &disk) { // renamed before it is durable
            const auto file = disk.open("/data/new", partitions::OpenMode::create_or_truncate);
            file->write_at(0, std::as_bytes(std::span(new_contents)));
            disk.rename("/data/new", "/data/file");
            file->sync();
            disk.sync_directory("/data");
        },
    };
    for (const Write mistake : mistakes) {
        bool mixture = false;
        for_each_cut([](FakeStorage &disk) { disk.put_file("/data/file", old_contents); }, mistake,
                     [&](FakeStorage &disk, const std::string &) {
                         const std::string found = disk.contents("/data/file");
                         mixture = mixture || (found != old_contents && found != new_contents);
                     });
        CHECK_TRUE(mixture);
    }
}
