// Restoring: at every instant the settings of before or those of the snapshot, whole. What the initramfs does
// of it is tested in restored_in_initramfs_test.cpp.
#include "tests/support/power_cuts.hpp"
#include "tests/updater/snapshot/store_fixture.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::snapshot;
using partitions_test::FakeStorage;

namespace {

const partitions::Generation &generation = StoreFixture::generation;

void prepare_with_snapshot(FakeStorage &disk) {
    StoreFixture::prepare(disk);
    StoreFixture(disk).store.create({"monday", "by hand", false});
    disk.sync_filesystem("/");
    disk.put_file(generation.etc_upper() / "postfix/main.cf", "new settings", 0640);
    disk.put_file(generation.var() / "lib/lists/senders", "new list");
}

/// As the initramfs does it.
void start_again(FakeStorage &disk) {
    if (!disk.exists(generation.etc_restored()))
        return;
    if (disk.exists(generation.var_restored() / "lib/lists")) {
        disk.put_directory(generation.var_before_restore() / "1");
        disk.rename(generation.var() / "lib/lists", generation.var_before_restore() / "1/old");
        disk.rename(generation.var_restored() / "lib/lists", generation.var() / "lib/lists");
    }
    if (disk.exists(generation.etc_upper()))
        disk.rename(generation.etc_upper(), generation.etc_before_restore());
    disk.rename(generation.etc_restored(), generation.etc_upper());
}

std::string refusal_of(Restore &restore, const std::string &name) {
    try {
        restore.prepare(name, [] {});
    } catch (const Refused &refusal) {
        return std::string(refusal.what()) + "|" + refusal.next_step();
    }
    return "done";
}

} // namespace

TEST_GROUP(SnapshotRestore) {
    FakeStorage disk;
    void setup() override {
        prepare_with_snapshot(disk);
    }
    std::string settings() const {
        return disk.contents(generation.etc_upper() / "postfix/main.cf");
    }
    std::string list() const {
        return disk.contents(generation.var() / "lib/lists/senders");
    }
};

TEST(SnapshotRestore, that_waits_for_a_restart_keeps_the_appliance_from_going_back) {
    StoreFixture fixture(disk);
    fixture.restore.require_none_pending();
    fixture.restore.prepare("monday", [] {});
    try {
        fixture.restore.require_none_pending();
        FAIL("nothing waits");
    } catch (const Refused &refusal) {
        STRCMP_EQUAL("the settings of the snapshot monday take effect at the next restart", refusal.what());
        STRCMP_CONTAINS("update-control --snapshot cancel-restore", refusal.next_step().c_str());
    }
    fixture.restore.cancel();
    fixture.restore.require_none_pending();
}

TEST(SnapshotRestore, takes_effect_at_the_next_start_and_can_be_undone) {
    StoreFixture fixture(disk);
    const auto prepared = fixture.restore.prepare("monday", [] {});
    const std::string &before = prepared.before;
    STRCMP_EQUAL("", prepared.converted_from.c_str());
    STRCMP_EQUAL("new settings", settings().c_str());
    STRCMP_EQUAL("new list", list().c_str());
    STRCMP_EQUAL("monday", fixture.restore.pending().value_or("none").c_str());
    start_again(disk);
    STRCMP_EQUAL("old settings", settings().c_str());
    STRCMP_EQUAL("old list", list().c_str());
    STRCMP_EQUAL("monday", fixture.restore.finish().value_or("none").c_str());
    CHECK_FALSE(fixture.restore.pending().has_value());
    CHECK_FALSE(fixture.restore.finish().has_value());
    CHECK_FALSE(disk.exists(generation.etc_before_restore()));
    CHECK_FALSE(disk.exists(generation.var_before_restore()));
    CHECK_FALSE(disk.exists(generation.var_restored()));

    fixture.restore.prepare(before, [] {});
    start_again(disk);
    STRCMP_EQUAL("new settings", settings().c_str());
    STRCMP_EQUAL("new list", list().c_str());
}

TEST(SnapshotRestore, of_another_release_converts_its_settings) {
    StoreFixture newer(disk, "2.8.1.0");
    for (const bool converts_var : {true, false}) {
        newer.conversion.converts_var = converts_var;
        const auto prepared = newer.restore.prepare("monday", [] {});
        STRCMP_EQUAL("2.8.0.0", prepared.converted_from.c_str());
        CHECK_EQUAL(1U, prepared.lines.size());
        CHECK_FALSE(disk.exists(generation.etc_converting()));
        start_again(disk);
        STRCMP_EQUAL("old settings, converted beside welcome", settings().c_str());
        STRCMP_EQUAL("old list", list().c_str());
        newer.restore.finish();
        disk.put_file(generation.var() / "lib/lists/senders", "newest list");
    }
}

TEST(SnapshotRestore, of_another_release_that_cannot_be_converted_changes_nothing) {
    StoreFixture newer(disk, "2.8.1.0");
    newer.conversion.missing = "has the policy in format 0";
    STRCMP_EQUAL("the snapshot monday has the policy in format 0|look",
                 refusal_of(newer.restore, "monday").c_str());
    CHECK_EQUAL(1U, newer.store.list().size());
    newer.conversion.missing.clear();
    newer.conversion.failure = "the conversion of etc failed";
    CHECK_THROWS(std::runtime_error, newer.restore.prepare("monday", [] {}));
    CHECK_FALSE(newer.restore.pending().has_value());
    CHECK_FALSE(disk.exists(generation.etc_converting()));
    STRCMP_EQUAL("new list", list().c_str());
}

TEST(SnapshotRestore, that_is_cancelled_changes_nothing) {
    StoreFixture fixture(disk);
    fixture.restore.prepare("monday", [] {});
    CHECK(fixture.restore.cancel());
    CHECK_FALSE(fixture.restore.cancel());
    CHECK_FALSE(fixture.restore.pending().has_value());
    start_again(disk);
    STRCMP_EQUAL("new settings", settings().c_str());
    CHECK_FALSE(fixture.restore.finish().has_value());
}

TEST(SnapshotRestore, that_failed_at_the_last_start_says_so) {
    StoreFixture fixture(disk);
    fixture.restore.prepare("monday", [] {});
    CHECK_FALSE(fixture.restore.failed_at_last_start());
    disk.put_file(generation.etc() / "restore-failed", "");
    CHECK(fixture.restore.failed_at_last_start());
    try {
        fixture.restore.require_none_pending();
        FAIL("nothing waits");
    } catch (const Refused &refusal) {
        STRCMP_CONTAINS("could not be put in force at the last start", refusal.what());
        CHECK(refusal.next_step().starts_with(
            "Keep the settings as they are: update-control --snapshot cancel-restore"));
    }
    CHECK(fixture.restore.cancel());
    CHECK_FALSE(disk.exists(generation.etc() / "restore-failed"));
    CHECK_FALSE(fixture.restore.failed_at_last_start());
}

TEST(SnapshotRestore, keeps_the_only_copy_of_a_folder_that_could_not_be_put_back) {
    StoreFixture fixture(disk);
    fixture.restore.prepare("monday", [] {});
    const auto old = generation.var_before_restore() / "1/old";
    disk.put_file(old / "senders", "new list");
    CHECK_THROWS(Refused, fixture.restore.cancel());
    CHECK_THROWS(Refused, fixture.restore.require_none_pending());
    STRCMP_CONTAINS((old.string() + " is the only copy").c_str(),
                    refusal_of(fixture.restore, "monday").c_str());
    CHECK_FALSE(fixture.restore.finish().has_value());
    STRCMP_EQUAL("new list", disk.contents(old / "senders").c_str());
    STRCMP_EQUAL("monday", fixture.restore.pending().value_or("none").c_str());
}

TEST(SnapshotRestore, of_another_snapshot_replaces_the_first) {
    StoreFixture fixture(disk);
    fixture.store.create({"tuesday", "by hand", false});
    fixture.restore.prepare("monday", [] {});
    fixture.restore.prepare("tuesday", [] {});
    STRCMP_EQUAL("tuesday", fixture.restore.pending().value_or("none").c_str());
    start_again(disk);
    STRCMP_EQUAL("new settings", settings().c_str());
}

TEST(SnapshotRestore, refuses_what_does_not_fit) {
    StoreFixture fixture(disk);
    STRCMP_CONTAINS("there is no snapshot", refusal_of(fixture.restore, "tuesday").c_str());
    std::string archive = disk.contents(StoreFixture::folder / "monday.snapshot");
    archive.resize(archive.size() - 100);
    disk.put_file(StoreFixture::folder / "torn.snapshot", archive);
    STRCMP_CONTAINS("can't be used", refusal_of(fixture.restore, "torn").c_str());
    CHECK_FALSE(fixture.restore.pending().has_value());
}

TEST(SnapshotRestore, does_not_take_effect_when_a_job_has_begun_meanwhile) {
    StoreFixture fixture(disk);
    CHECK_THROWS(std::runtime_error,
                 fixture.restore.prepare("monday", [] { throw std::runtime_error("a job runs"); }));
    CHECK_FALSE(fixture.restore.pending().has_value());
    CHECK_FALSE(disk.exists(generation.etc_restoring()));
}

TEST(SnapshotRestore, leaves_space_for_mail) {
    StoreFixture fixture(disk);
    // The snapshot of the settings of now is there already, as after a first try in the same second.
    const auto start = fixture.now;
    fixture.store.create({fixture.store.name_now("before-restore-"), "by hand", false});
    fixture.now = start;
    fixture.space = {1'000'000'000, 40'000'000};
    STRCMP_CONTAINS("stay free for mail", refusal_of(fixture.restore, "monday").c_str());
    CHECK_FALSE(disk.exists(generation.etc_restoring()));
    CHECK_FALSE(fixture.restore.pending().has_value());
    CHECK_EQUAL(2U, fixture.store.list().size());
}

namespace {

/// At every instant the old settings or, after a restart, all of the new ones.
void check_every_power_cut(const std::string &version, const std::string &restored_settings) {
    partitions_test::for_each_cut(
        prepare_with_snapshot,
        [&](FakeStorage &storage) {
            StoreFixture fixture(storage, version);
            fixture.restore.prepare("monday", [] {});
        },
        [&](FakeStorage &storage, const std::string &where) {
            const auto contents_are = [&](const char *path, const std::string &expected) {
                STRCMP_EQUAL_TEXT(expected.c_str(), storage.contents(generation.folder() / path).c_str(),
                                  where.c_str());
            };
            contents_are("etc/upper/postfix/main.cf", "new settings");
            contents_are("var/lib/lists/senders", "new list");
            const bool waits = storage.exists(generation.etc_restored());
            start_again(storage);
            contents_are("etc/upper/postfix/main.cf", waits ? restored_settings : "new settings");
            contents_are("var/lib/lists/senders", waits ? "old list" : "new list");
            contents_are("etc/upper/motd", "mine");
            contents_are("var/lib/other", "no setting");
            StoreFixture(storage, version).restore.finish();
            CHECK_FALSE(storage.exists(generation.etc_converting()));
            CHECK_FALSE(storage.exists(generation.var_restored()));
        },
        {{partitions_test::Fate::lost, partitions_test::Fate::lost},
         {partitions_test::Fate::kept, partitions_test::Fate::lost},
         {partitions_test::Fate::torn, partitions_test::Fate::torn, 5}},
        partitions_test::Repeats::skipped);
}

} // namespace

TEST(SnapshotRestore, leaves_old_or_new_settings_after_a_power_cut) {
    check_every_power_cut("2.8.0.0", "old settings");
}

TEST(SnapshotRestore, of_another_release_does_so_too) {
    check_every_power_cut("2.8.1.0", "old settings, converted beside welcome");
}
