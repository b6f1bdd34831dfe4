// Snapshots that leave the appliance and come back, plain and encrypted, and files that are none.
#include "partitions/base/file_descriptor.hpp"
#include "tests/hooks/scratch_tree.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/updater/snapshot/store_fixture.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/exchange.hpp"

#include <cstdlib>
#include <fcntl.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::snapshot;

TEST_GROUP(SnapshotExchange) {
    partitions_test::FakeStorage disk;
    ScratchTree tree;

    void setup() override {
        StoreFixture::prepare(disk);
    }
    void give(StoreFixture & fixture, const std::string &file, const Secret &secret) {
        const partitions::base::FileDescriptor open(
            ::open((tree / file).c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
        export_snapshot(disk, fixture.store, "monday", open.number(), secret);
    }
    std::string take(StoreFixture & fixture, const std::string &file, const std::string &name,
                     const Secret &secret) {
        const partitions::base::FileDescriptor open(::open((tree / file).c_str(), O_RDONLY));
        try {
            return import_snapshot(disk, fixture.store, name, open.number(), secret);
        } catch (const Refused &refusal) {
            return refusal.what();
        }
    }
};

TEST(SnapshotExchange, brings_a_snapshot_back_as_it_was) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    const std::string archive = disk.contents(StoreFixture::folder / "monday.snapshot");
    give(fixture, "plain", {});
    STRCMP_EQUAL(archive.c_str(), test_files::read_file(tree / "plain").c_str());
    STRCMP_CONTAINS("already", take(fixture, "plain", "", {}).c_str());
    STRCMP_EQUAL("again", take(fixture, "plain", "again", {}).c_str());
    CHECK(disk.contents(StoreFixture::folder / "again.snapshot") == archive);
    LONGS_EQUAL(0600, disk.details(StoreFixture::folder / "again.snapshot").mode & 07777U);
    fixture.store.remove("monday");
    STRCMP_EQUAL("monday", take(fixture, "plain", "", {}).c_str());
}

TEST(SnapshotExchange, without_space_takes_nothing) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    give(fixture, "plain", {});
    fixture.space = {1'000'000'000, 40'000'000};
    STRCMP_CONTAINS("stay free for mail", take(fixture, "plain", "again", {}).c_str());
    CHECK_EQUAL(1U, disk.list(StoreFixture::folder).size());
}

TEST(SnapshotExchange, encrypts_with_a_password_of_any_bytes) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    const Secret secret{.password = "100 % \xff\n'\"$"};
    give(fixture, "secret", secret);
    const std::string encrypted_file = test_files::read_file(tree / "secret");
    CHECK(is_encrypted(encrypted_file));
    CHECK(encrypted_file.find("snapshot.json") == std::string::npos);
    STRCMP_EQUAL("the snapshot is encrypted", take(fixture, "secret", "again", {}).c_str());
    STRCMP_CONTAINS("can't be decrypted", take(fixture, "secret", "again", {.password = "other"}).c_str());
    STRCMP_EQUAL("again", take(fixture, "secret", "again", secret).c_str());
}

TEST(SnapshotExchange, encrypts_for_the_owner_of_a_certificate) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    for (const char *who : {"mine", "other"})
        CHECK_EQUAL(
            0, std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "
                            "/CN=backup -keyout " +
                            (tree / who).string() + ".key -out " + (tree / who).string() + ".pem 2>/dev/null")
                               .c_str()));
    const auto pem = [this](const char *file) { return Secret{.pem = test_files::read_file(tree / file)}; };
    give(fixture, "secret", pem("mine.pem"));
    STRCMP_CONTAINS("can't be decrypted", take(fixture, "secret", "again", pem("other.key")).c_str());
    STRCMP_CONTAINS("can't be decrypted", take(fixture, "secret", "again", pem("mine.pem")).c_str());
    STRCMP_EQUAL("again", take(fixture, "secret", "again", pem("mine.key")).c_str());
    CHECK_THROWS(Refused, give(fixture, "secret", {.pem = "no certificate"}));
}

TEST(SnapshotExchange, decrypts_for_four_recipients_and_no_more) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    give(fixture, "plain", {});
    const auto run = [this](const std::string &command) {
        CHECK_EQUAL(0, std::system(("cd " + (tree / "").string() + " && " + command).c_str()));
    };
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=backup -keyout key "
        "-out pem 2>/dev/null");
    const std::string encrypt = "openssl cms -encrypt -aes-256-gcm -binary -outform DER -in plain ";
    run(encrypt + "-out for-four pem pem pem pem");
    run(encrypt + "-out for-five pem pem pem pem pem");
    const Secret key{.pem = test_files::read_file(tree / "key")};
    STRCMP_EQUAL("four", take(fixture, "for-four", "four", key).c_str());
    STRCMP_CONTAINS("more recipients", take(fixture, "for-five", "five", key).c_str());
}

TEST(SnapshotExchange, refuses_what_was_changed_on_the_way) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    for (const Secret &secret : {Secret{}, Secret{.password = "p"}}) {
        give(fixture, "file", secret);
        const std::string whole = test_files::read_file(tree / "file");
        std::string flipped = whole;
        flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
        for (const std::string &bad : {flipped, whole.substr(0, whole.size() / 2), std::string("text"),
                                       std::string("0text"), std::string()}) {
            tree.file("bad", bad);
            CHECK_TEXT(take(fixture, "bad", "again", secret) != "again", bad.c_str());
            CHECK_FALSE(fixture.store.has("again"));
        }
    }
}

TEST(SnapshotExchange, leaves_nothing_of_an_import_that_could_not_be_written) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    give(fixture, "file", {});
    for (const char *operation :
         {"append /data/update-control/snapshots", "write /data/update-control/snapshots",
          "sync /data/update-control/snapshots", "rename /data/update-control/snapshots"}) {
        disk.fail_when(operation, partitions_test::FakeStorage::Failure::broken);
        const partitions::base::FileDescriptor open(::open((tree / "file").c_str(), O_RDONLY));
        try {
            import_snapshot(disk, fixture.store, "tuesday", open.number(), {});
        } catch (const partitions::StorageError &) {
            // Not each of these operations is a part of it.
        }
        disk.heal();
        for (const char *unfinished : {".imported", ".imported.new"})
            CHECK_FALSE_TEXT(disk.exists(StoreFixture::folder / unfinished), operation);
        if (fixture.store.has("tuesday"))
            fixture.store.remove("tuesday");
    }
}

TEST(SnapshotExchange, touches_only_regular_files) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "by hand", false});
    const partitions::base::FileDescriptor null(::open("/dev/null", O_RDWR));
    CHECK_THROWS(Refused, export_snapshot(disk, fixture.store, "monday", null.number(), {}));
    CHECK_THROWS(Refused, import_snapshot(disk, fixture.store, "x", null.number(), {}));
}

TEST(SnapshotExchange, of_what_the_appliance_made_by_itself_gets_another_name) {
    StoreFixture fixture(disk);
    fixture.store.create({"monday", "before", true});
    give(fixture, "file", {});
    STRCMP_CONTAINS("imported-2027", take(fixture, "file", "", {}).c_str());
    fixture.store.keep_newest(0);
    CHECK_EQUAL(1U, fixture.store.list().size());
}
