// The folder of the logs does not grow for ever.
#include "tests/support/fake_storage.hpp"
#include "updater/progress/old_logs.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::progress;

TEST_GROUP(OldLogs) {
    partitions_test::FakeStorage storage;

    void put_logs(std::size_t count) {
        storage.put_directory("/logs");
        for (std::size_t number = 0; number < count; ++number)
            storage.put_file("/logs/2026" + std::to_string(1000 + number) + "-030000.log", "");
    }
};

TEST(OldLogs, are_kept_while_there_are_not_many) {
    put_logs(max_kept_logs);
    keep_newest_logs(storage, "/logs");
    LONGS_EQUAL(max_kept_logs, storage.list("/logs").size());
}

TEST(OldLogs, are_removed_oldest_first_when_there_are_more) {
    put_logs(max_kept_logs + 2);
    storage.put_file("/logs/1999-notes.txt", "of an administrator");
    keep_newest_logs(storage, "/logs");
    CHECK_FALSE(storage.exists("/logs/20261000-030000.log"));
    CHECK_FALSE(storage.exists("/logs/20261001-030000.log"));
    CHECK(storage.exists("/logs/20261002-030000.log"));
    CHECK(storage.exists("/logs/1999-notes.txt"));
}

TEST(OldLogs, need_no_folder) {
    keep_newest_logs(storage, "/logs");
}
