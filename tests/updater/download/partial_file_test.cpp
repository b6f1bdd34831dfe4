// A download whose power is cut: the name never stands for half a file.
#include "tests/support/power_cuts.hpp"
#include "updater/download/partial_file.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using partitions_test::FakeStorage;
using updater::PartialFile;

namespace {

const std::string newer(5000, 'n');

void download(FakeStorage &storage) {
    PartialFile file(storage, "/spool/target");
    const auto bytes = std::as_bytes(std::span(newer));
    file.append(bytes.first(3000));
    file.append(bytes.subspan(3000));
    file.finish();
}

} // namespace

TEST_GROUP(PartialFile){};

TEST(PartialFile, has_its_name_only_when_whole_and_keeps_it) {
    FakeStorage storage;
    storage.put_directory("/spool");
    download(storage);
    const auto rebooted = storage.after_reboot({});
    CHECK_TRUE(rebooted->contents("/spool/target") == newer);
    CHECK_FALSE(rebooted->exists("/spool/target.part"));
}

TEST(PartialFile, is_the_older_or_the_newer_file_after_a_power_cut) {
    const std::size_t reboots = partitions_test::for_each_cut(
        [](FakeStorage &storage) { storage.put_file("/spool/target", "older"); }, download,
        [](FakeStorage &rebooted, const std::string &where) {
            const std::string found = rebooted.contents("/spool/target");
            CHECK_TRUE_TEXT(found == "older" || found == newer, where.c_str());
            download(rebooted); // what is left over is not in the way
            CHECK_TRUE_TEXT(rebooted.contents("/spool/target") == newer, where.c_str());
        });
    CHECK_TRUE(reboots > 10);
}

TEST(PartialFile, is_gone_when_discarded) {
    FakeStorage storage;
    storage.put_file("/spool/target", "older");
    PartialFile file(storage, "/spool/target");
    file.append(std::as_bytes(std::span(newer)));
    file.discard();
    CHECK_FALSE(storage.exists("/spool/target.part"));
    STRCMP_EQUAL("older", storage.contents("/spool/target").c_str());
}
