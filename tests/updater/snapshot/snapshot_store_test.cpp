// Making, listing and removing snapshots; before an upgrade; without space; under power cuts.
#include "tests/support/power_cuts.hpp"
#include "tests/updater/snapshot/store_fixture.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/before_upgrade.hpp"
#include "updater/snapshot/comparison.hpp"

#include <span>
#include <sys/stat.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::snapshot;
using partitions_test::FakeStorage;

namespace {

std::string names_of(const SnapshotStore &store) {
    std::string names;
    for (const auto &each : store.list())
        names += each.name + (each.problem.empty() ? " " : "! ");
    return names;
}

template <typename Work> std::string refusal_of(const Work &work) {
    try {
        work();
    } catch (const Refused &refusal) {
        return std::string(refusal.what()) + "|" + refusal.next_step();
    }
    return "done";
}

} // namespace

TEST_GROUP(SnapshotStore) {
    FakeStorage disk;
    void setup() override {
        StoreFixture::prepare(disk);
    }
};

TEST(SnapshotStore, keeps_what_it_made_for_root_alone) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    STRCMP_EQUAL("monday ", names_of(fixture.store).c_str());
    LONGS_EQUAL(0600, disk.details(StoreFixture::folder / "monday.snapshot").mode & 07777U);
    LONGS_EQUAL(0700, disk.details(StoreFixture::folder).mode & 07777U);
    const Description found = fixture.store.verified("monday");
    STRCMP_EQUAL("2.8.0.0", found.version.c_str());
    STRCMP_EQUAL("by hand", found.why.c_str());
    CHECK_EQUAL(4U, found.settings.size());
    CHECK_FALSE(disk.exists(StoreFixture::folder / ".making"));
    fixture.store.remove("monday");
    STRCMP_EQUAL("", names_of(fixture.store).c_str());
}

TEST(SnapshotStore, refuses_bad_names_and_used_ones) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    STRCMP_CONTAINS("already", refusal_of([&] { fixture.store.create({"monday", "", false}); }).c_str());
    for (const char *bad : {"", "../x", "a b", ".x"})
        STRCMP_CONTAINS("can't be the name", refusal_of([&] {
                                                 fixture.store.create({bad, "", false});
                                             }).c_str());
    STRCMP_CONTAINS("there is no snapshot", refusal_of([&] { fixture.store.remove("tuesday"); }).c_str());
    STRCMP_CONTAINS("there is no snapshot",
                    refusal_of([&] { static_cast<void>(fixture.store.verified("tuesday")); }).c_str());
}

TEST(SnapshotStore, without_space_refuses_and_says_what_to_do) {
    StoreFixture fixture(disk);
    fixture.space = {1'000'000'000, 40'000'000};
    STRCMP_CONTAINS("stay free for mail|Free space in /data", refusal_of([&] {
                                                                  fixture.store.create({"monday", "", false});
                                                              }).c_str());
    fixture.space = {1'000'000'000, 900'000'000};
    disk.fail_when("append /data/update-control/snapshots", FakeStorage::Failure::full);
    STRCMP_CONTAINS("no space for a snapshot", refusal_of([&] {
                                                   fixture.store.create({"monday", "", false});
                                               }).c_str());
    disk.heal();
    for (const char *unfinished : {".new", ".making"})
        CHECK_FALSE_TEXT(disk.exists(StoreFixture::folder / unfinished), unfinished);
    fixture.store.create({"monday", "", false});
    STRCMP_EQUAL("monday ", names_of(fixture.store).c_str());
}

TEST(SnapshotStore, leaves_nothing_of_a_snapshot_that_could_not_be_written) {
    StoreFixture fixture(disk);
    for (const char *operation :
         {"append /data/update-control/snapshots", "sync /data/update-control/snapshots"}) {
        disk.fail_when(operation, FakeStorage::Failure::broken);
        CHECK_THROWS(partitions::StorageError, fixture.store.create({"monday", "", false}));
        disk.heal();
        for (const char *unfinished : {".new", ".making", "monday.snapshot"})
            CHECK_FALSE_TEXT(disk.exists(StoreFixture::folder / unfinished), unfinished);
    }
}

TEST(SnapshotStore, lists_a_damaged_one_with_what_is_wrong) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    disk.put_file(StoreFixture::folder / "broken.snapshot", "not an archive");
    disk.put_file(StoreFixture::folder / "notes.txt", "x");
    STRCMP_EQUAL("monday broken! ", names_of(fixture.store).c_str());
    STRCMP_CONTAINS("can't be used", fixture.store.list()[1].problem.c_str());
}

TEST(SnapshotStore, reads_for_its_list_only_what_is_another_file_than_before) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    CHECK_EQUAL(4U, fixture.store.list()[0].files);
    const auto file = StoreFixture::folder / "monday.snapshot";
    // The same file of the same size, in a storage that knows no times: only who reads it sees the
    // difference.
    const std::string other(disk.contents(file).size(), 'x');
    const auto open = disk.open(file, partitions::OpenMode::create_or_truncate, 0600);
    open->append(std::as_bytes(std::span(other)));
    open->close();
    CHECK_EQUAL(4U, fixture.store.list()[0].files);
    STRCMP_EQUAL("by hand", fixture.store.list()[0].description.why.c_str());
    fixture.store.remove("monday");
    STRCMP_EQUAL("", names_of(fixture.store).c_str());
    fixture.store.create({"monday", "of later", false});
    STRCMP_EQUAL("of later", fixture.store.list()[0].description.why.c_str());
    disk.put_file(file, "not an archive");
    STRCMP_EQUAL("monday! ", names_of(fixture.store).c_str());
}

TEST(SnapshotStore, has_all_of_a_snapshot_or_nothing_after_a_power_cut) {
    partitions_test::for_each_cut(
        StoreFixture::prepare,
        [](FakeStorage &storage) {
            StoreFixture fixture(storage);
            fixture.store.create({"monday", "by hand", false});
        },
        [](FakeStorage &storage, const std::string &where) {
            StoreFixture fixture(storage);
            if (fixture.store.has("monday"))
                static_cast<void>(fixture.store.verified("monday"));
            fixture.store.create({"tuesday", "by hand", false}); // what was left is in nobody's way
            CHECK_TEXT(fixture.store.has("tuesday"), where.c_str());
        },
        {{partitions_test::Fate::lost, partitions_test::Fate::lost},
         {partitions_test::Fate::kept, partitions_test::Fate::lost},
         {partitions_test::Fate::torn, partitions_test::Fate::torn, 3}},
        partitions_test::Repeats::skipped);
}

TEST(SnapshotStore, has_one_of_each_upgrade_and_keeps_the_newest) {
    StoreFixture fixture(disk);
    fixture.store.create({"by-hand", "by hand", false});
    BeforeUpgrade before(fixture.store, fixture.restore, [] { return std::size_t{2}; });
    for (const char *job : {"1", "2", "2", "3"})
        before.make("2.8.1.0", job);
    STRCMP_EQUAL("by-hand before-2.8.1.0-2 before-2.8.1.0-3 ", names_of(fixture.store).c_str());
    STRCMP_EQUAL("before the upgrade to 2.8.1.0", fixture.store.verified("before-2.8.1.0-3").why.c_str());
}

TEST(SnapshotStore, lets_no_upgrade_begin_while_a_restore_waits) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    fixture.restore.prepare("monday", [] {});
    BeforeUpgrade before(fixture.store, fixture.restore, [] { return std::size_t{2}; });
    STRCMP_CONTAINS("monday take effect at the next restart",
                    refusal_of([&] { before.make("2.8.1.0", "1"); }).c_str());
    CHECK(fixture.restore.cancel());
    before.make("2.8.1.0", "1");
}

TEST(SnapshotStore, shows_what_has_changed_since) {
    disk.put_file("/image/etc/hosts", "image");
    StoreFixture fixture(disk);
    const Description earlier = fixture.store.create({"monday", "by hand", false});
    CHECK(differences(earlier, fixture.store.of_now()).empty());
    const auto upper = StoreFixture::generation.etc_upper();
    disk.put_file(upper / "postfix/main.cf", "new settings", 0640);
    disk.put_file(upper / "postfix/virtual", "x");
    disk.take_away(upper / "motd"); // back to the image's
    disk.make_node(upper / "hosts", S_IFCHR, 0);
    std::string found;
    for (const Difference &each : differences(earlier, fixture.store.of_now()))
        found += each.path + " " + std::to_string(static_cast<int>(each.change)) + ";";
    STRCMP_EQUAL("/etc/hosts 1;/etc/motd 2;/etc/postfix/main.cf 2;/etc/postfix/virtual 0;", found.c_str());
}
