// Bind mounts: the same tests for the kernel's and for the fake.
#include "partitions/mounts.hpp"

#include "partitions/durable.hpp"
#include "partitions/posix_storage.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/fake_mounts.hpp"

#include <functional>
#include <string>

#include <CppUTest/TestHarness.h>

using partitions::MountBusy;
using partitions::MountError;
using partitions::OpenMode;
using std::filesystem::path;

namespace {

struct Place {
    partitions::Storage &storage;
    partitions::Mounts &mounts;
    path source;
    path target;

    void write(const path &file, const std::string &text) const {
        partitions::replace_file(storage, file, text);
    }
    std::string read(const path &file) const { return partitions::read_whole_file(storage, file, 100); }
    bool exists(const path &file) const { return storage.kind(file) != partitions::FileKind::none; }
};

void on_both(const std::function<void(const Place &)> &test) {
    const partitions_test::TemporaryDirectory directory;
    partitions::PosixStorage real_storage;
    partitions::KernelMounts kernel;
    partitions_test::FakeStorage fake_storage;
    partitions_test::FakeMounts fake(fake_storage);
    fake_storage.put_directory(directory.path());
    for (const Place &place : {Place{real_storage, kernel, directory / "source", directory / "target"},
                               Place{fake_storage, fake, directory / "source", directory / "target"}}) {
        for (const path &each : {place.source, place.target})
            partitions::make_directories(place.storage, each);
        place.write(place.source / "file", "of the source");
        place.write(place.target / "file", "of the target");
        test(place);
    }
}

} // namespace

TEST_GROUP(Mounts){};

TEST(Mounts, a_bound_directory_covers_what_was_there_and_shows_changes_at_both_places) {
    on_both([](const Place &at) {
        CHECK_FALSE(at.mounts.shows(at.target, at.source));
        at.mounts.bind(at.source, at.target, false);
        CHECK(at.mounts.shows(at.target, at.source));
        STRCMP_EQUAL("of the source", at.read(at.target / "file").c_str());
        at.write(at.source / "late", "1");
        at.write(at.target / "later", "2");
        STRCMP_EQUAL("1", at.read(at.target / "late").c_str());
        STRCMP_EQUAL("2", at.read(at.source / "later").c_str());

        at.mounts.unmount(at.target);
        CHECK_FALSE(at.mounts.shows(at.target, at.source));
        STRCMP_EQUAL("of the target", at.read(at.target / "file").c_str());
        CHECK_FALSE(at.exists(at.target / "late"));
        CHECK(at.exists(at.source / "later"));
    });
}

TEST(Mounts, a_mount_on_a_mount_leaves_the_source_of_the_first_alone) {
    on_both([](const Place &at) {
        const path third = at.source.parent_path() / "third";
        partitions::make_directories(at.storage, third);
        at.mounts.bind(at.source, at.target, false);
        at.mounts.bind(third, at.target, false);
        CHECK(at.mounts.shows(at.target, third));
        CHECK_FALSE(at.exists(at.target / "file"));
        CHECK(at.exists(at.source / "file"));
        at.mounts.unmount(at.target);
        CHECK(at.mounts.shows(at.target, at.source));
        at.mounts.unmount(at.target);
        STRCMP_EQUAL("of the target", at.read(at.target / "file").c_str());
    });
}

TEST(Mounts, a_read_only_one_takes_no_changes) {
    on_both([](const Place &at) {
        at.mounts.bind(at.source, at.target, true);
        STRCMP_EQUAL("of the source", at.read(at.target / "file").c_str());
        CHECK_THROWS(partitions::StorageError, at.write(at.target / "new", "x"));
        CHECK_THROWS(partitions::StorageError, at.storage.remove(at.target / "file"));
        CHECK_THROWS(partitions::StorageError, at.storage.make_directory(at.target / "folder"));
        CHECK_THROWS(partitions::StorageError,
                     at.storage.open(at.target / "file", partitions::OpenMode::append));
        CHECK_THROWS(partitions::StorageError, at.storage.copy_attributes(at.source, at.target / "file"));
        at.write(at.source / "new", "x");
        CHECK(at.exists(at.target / "new"));
        at.mounts.unmount(at.target);
    });
}

TEST(Mounts, what_is_in_use_is_not_unmounted) {
    on_both([](const Place &at) {
        at.mounts.bind(at.source, at.target, false);
        const auto file = at.storage.open(at.target / "file", partitions::OpenMode::read);
        CHECK_THROWS(partitions::MountBusy, at.mounts.unmount(at.target));
        CHECK(at.mounts.shows(at.target, at.source));
        file->close();
        at.mounts.unmount(at.target);
        // An open file of the covered directory does not keep the mount busy.
        const auto covered = at.storage.open(at.target / "file", partitions::OpenMode::read);
        at.mounts.bind(at.source, at.target, false);
        at.mounts.unmount(at.target);
        covered->close();
    });
}

TEST(Mounts, a_place_that_is_mounted_on_keeps_its_name) {
    on_both([](const Place &at) {
        at.mounts.bind(at.source, at.target, false);
        partitions::remove_tree(at.storage, at.source / "file");
        CHECK_THROWS(partitions::StorageError, at.storage.remove(at.target));
        CHECK_THROWS(partitions::StorageError, at.storage.rename(at.target, at.target.string() + "2"));
        CHECK_THROWS(partitions::StorageError, at.storage.rename(at.source, at.target / "in-itself"));
        at.mounts.unmount(at.target);
    });
}

TEST(Mounts, failures_are_told_apart) {
    on_both([](const Place &at) {
        CHECK_THROWS(partitions::MountError, at.mounts.bind(at.source, at.target / "not-there", false));
        CHECK_THROWS(partitions::MountError, at.mounts.bind(at.source / "not-there", at.target, false));
        CHECK_THROWS(partitions::MountError, at.mounts.shows(at.target / "not-there", at.source));
        CHECK_THROWS(partitions::MountError, at.mounts.unmount(at.target));
    });
}

TEST(Mounts, of_the_fake_are_gone_after_a_restart) {
    partitions_test::FakeStorage storage;
    storage.put_file("/source/file", "");
    storage.put_directory("/target");
    partitions_test::FakeMounts(storage).bind("/source", "/target", false);
    CHECK(storage.exists("/target/file"));
    const auto rebooted = storage.after_reboot({});
    CHECK_FALSE(rebooted->exists("/target/file"));
}
