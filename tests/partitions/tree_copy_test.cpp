// Copies of trees: on a real XFS with reflink, on a file system without, and under power cuts.
#include "partitions/tree_copy.hpp"

#include "partitions/durable.hpp"
#include "partitions/posix_storage.hpp"
#include "partitions/space.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/power_cuts.hpp"

#include <CppUTest/TestHarness.h>

using partitions::CopiedTree;
using partitions::copy_tree;
using partitions::PosixStorage;
using partitions_test::FakeStorage;
using partitions_test::shell;
using partitions_test::TemporaryDirectory;
using partitions_test::Volume;

namespace {

// An overlay's upper directory with every kind of entry.
void make_upper(const std::filesystem::path &upper) {
    shell(
        "mkdir -p " + upper.string() + "/postfix/empty && cd " + upper.string() +
        " && echo hello > file && chown 12:34 file && chmod 4755 file && touch -d '2020-01-02 03:04:05.678' "
        "file"
        " && setfattr -n user.note -v text file && setfattr -n trusted.overlay.opaque -v y postfix"
        " && setfattr -n trusted.overlay.origin -v 0x00ff00 file"
        " && mknod removed c 0 0 && ln -s ../nowhere link && chown -h 5:6 link && touch -h -d 2001-01-01 link"
        " && ln file postfix/second-name && mkfifo fifo && echo x > \"name with space\""
        " && truncate -s 50M sparse && echo end >> sparse && mkdir locked && chmod 0500 locked"
        " && /usr/bin/python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('socket')\""
        " && touch listed && setfattr -n system.posix_acl_access -v "
        "0x0200000001000600ffffffff020006006300000004000400ffffffff10000600ffffffff20000000ffffffff listed"
        " && touch -d 2019-01-01 postfix locked . && chown 7:8 postfix");
}

// A description of a tree for comparison. Leaves out sockets, which are not copied.
std::string describe(const std::filesystem::path &tree) {
    return shell("cd " + tree.string() +
                 " && find . ! -type s -printf '%p %y %m %U:%G %T@ %n %l\\n' | LC_ALL=C sort"
                 " && find . -type f -exec sha256sum {} + | LC_ALL=C sort"
                 " && getfattr -R -P -h -d -m - -e hex . | grep -v SGI_ACL | LC_ALL=C sort && stat -c "
                 "'%t:%T' removed");
}

} // namespace

TEST_GROUP(TreeCopy) {
    const TemporaryDirectory directory;
    partitions::PosixStorage storage;

    void check_copy_on(const std::filesystem::path &base) {
        make_upper(base / "upper");
        const partitions::CopiedTree copied = partitions::copy_tree(storage, base / "upper", base / "copy");
        STRCMP_EQUAL(describe(base / "upper").c_str(), describe(base / "copy").c_str());
        CHECK_EQUAL(5U, copied.files);
        CHECK_EQUAL(4U, copied.directories);
        CHECK_EQUAL(3U, copied.others);
        CHECK_EQUAL(1U, copied.skipped_sockets.size());
        CHECK_TRUE(base / "upper" / "socket" == copied.skipped_sockets.front());
        CHECK_FALSE(std::filesystem::exists(base / "copy" / "socket"));
        const std::string blocks = shell("stat -c %b " + (base / "copy" / "sparse").string());
        CHECK_TRUE(std::stoi(blocks) < 1000); // of 512 bytes: still sparse
    }
};

TEST(TreeCopy, is_the_same_on_xfs) {
    const Volume volume(directory, "xfs");
    check_copy_on(volume.path());
}

TEST(TreeCopy, is_the_same_without_reflink) {
    const Volume volume(directory, "ext4");
    check_copy_on(volume.path());
}

TEST(TreeCopy, is_the_same_from_one_file_system_to_another) {
    const Volume xfs(directory, "xfs");
    const Volume ext4(directory, "ext4");
    make_upper(ext4.path() / "upper");
    partitions::copy_tree(storage, ext4.path() / "upper", xfs.path() / "copy");
    STRCMP_EQUAL(describe(ext4.path() / "upper").c_str(), describe(xfs.path() / "copy").c_str());
}

TEST(TreeCopy, shares_the_contents_on_xfs) {
    const Volume volume(directory, "xfs");
    shell("mkdir " + (volume.path() / "store").string() + " && head -c 120M /dev/urandom > " +
          (volume.path() / "store" / "big").string());
    storage.sync_filesystem(volume.path());
    const auto before = partitions::space_of(volume.path());
    partitions::copy_tree(storage, volume.path() / "store", volume.path() / "copy");
    const auto after = partitions::space_of(volume.path());
    CHECK_TRUE(before.available_bytes - after.available_bytes < 10U << 20U);
    CHECK_EQUAL(before.total_bytes, after.total_bytes);
}

TEST(TreeCopy, access_lists_of_the_targets_directory_are_not_taken_over) {
    const Volume volume(directory, "xfs");
    make_upper(volume.path() / "upper");
    // A default access list: user::rwx user:99:rwx group::rwx mask::rwx other::--- (acl(5), on-disk form
    // version 2).
    shell("mkdir " + (volume.path() / "with-list").string() +
          " && setfattr -n system.posix_acl_default -v "
          "0x0200000001000700ffffffff020007006300000004000700ffffffff10000700ffffffff20000000ffffffff " +
          (volume.path() / "with-list").string());
    partitions::copy_tree(storage, volume.path() / "upper", volume.path() / "with-list" / "copy");
    STRCMP_EQUAL(describe(volume.path() / "upper").c_str(),
                 describe(volume.path() / "with-list" / "copy").c_str());
}

TEST(TreeCopy, nothing_is_overwritten) {
    std::filesystem::create_directory(directory / "from");
    std::filesystem::create_directory(directory / "to");
    CHECK_THROWS(partitions::StorageError,
                 partitions::copy_tree(storage, directory / "from", directory / "to"));
    CHECK_THROWS(partitions::StorageNotFound,
                 partitions::copy_tree(storage, directory / "none", directory / "new"));
    shell("touch " + (directory / "file").string());
    CHECK_THROWS(partitions::StorageError,
                 partitions::copy_tree(storage, directory / "file", directory / "new"));
    CHECK_FALSE(std::filesystem::exists(directory / "new"));
}

TEST(TreeCopy, is_durable_when_it_returns) {
    FakeStorage disk;
    disk.put_file("/data/old/etc/hostname", "mx1", 0600);
    disk.put_attribute("/data/old/etc", "trusted.overlay.opaque", "y");
    disk.put_owner("/data/old/etc/hostname", 12, 34);
    disk.put_symlink("hostname", "/data/old/etc/link");
    partitions::copy_tree(disk, "/data/old", "/data/new/");
    for (const auto &fate : partitions_test::every_fate()) {
        const auto later = disk.after_reboot(fate);
        STRCMP_EQUAL(later->describe("/data/old").c_str(), later->describe("/data/new").c_str());
    }
}

// What the phases do: copy beside, then rename. The name appears with the whole tree, or not at all.
TEST(TreeCopy, a_copy_that_is_renamed_in_place_appears_whole) {
    const auto prepare = [](FakeStorage &disk) {
        disk.put_file("/data/old/a", std::string(1500, 'a'));
        disk.put_file("/data/old/deep/b", std::string(1500, 'b'));
    };
    const auto scenario = [](FakeStorage &disk) {
        partitions::copy_tree(disk, "/data/old", "/data/new.partial");
        disk.rename("/data/new.partial", "/data/new");
        disk.sync_directory("/data");
    };
    const auto check = [](FakeStorage &disk, const std::string &where) {
        if (disk.exists("/data/new"))
            STRCMP_EQUAL_TEXT(disk.describe("/data/old").c_str(), disk.describe("/data/new").c_str(),
                              where.c_str());
        partitions::remove_tree(disk, "/data/new.partial"); // what a cut left can be removed
    };
    partitions_test::for_each_cut(prepare, scenario, check);
}

TEST(TreeCopy, many_files_cost_one_sync) {
    FakeStorage disk;
    for (int number = 0; number < 500; ++number)
        disk.put_file("/data/old/" + std::to_string(number), "x");
    partitions::copy_tree(disk, "/data/old", "/data/new");
    std::size_t syncs = 0;
    for (const std::string &operation : disk.operations())
        syncs += operation.starts_with("sync") ? 1U : 0U;
    CHECK_EQUAL(2U, syncs);
}

TEST(TreeCopy, what_vanishes_meanwhile_is_left_out) {
    FakeStorage disk;
    for (const char *each : {"a", "b.swp", "c", "d/e", "f"})
        disk.put_file(std::filesystem::path("/data/old") / each, "x");
    disk.make_hard_link("/data/old/c", "/data/old/g");
    disk.before_each([&disk](const std::string &operation) {
        if (operation.starts_with("clone /data/old/a"))
            for (const char *gone : {"b.swp", "d", "f"})
                disk.take_away(std::filesystem::path("/data/old") / gone);
    });
    const auto copied = partitions::copy_tree(disk, "/data/old", "/data/new");
    CHECK_EQUAL(3U, copied.files);
    STRCMP_EQUAL(disk.describe("/data/old").c_str(), disk.describe("/data/new").c_str());
}

TEST(TreeCopy, of_a_tree_that_changes_has_what_is_there_when_its_turn_comes) {
    struct Case {
        const char *gone;
        const char *before;
    };
    // A file, and a folder with its contents, deleted after the directory was listed and before they are
    // copied.
    for (const Case &each :
         {Case{"/data/live/base/2", "/data/copy/base/1"}, Case{"/data/live/temporary", "/data/copy/base"},
          Case{"/data/live/temporary", "/data/copy/temporary"}}) {
        FakeStorage disk;
        for (const char *file : {"base/1", "base/2", "temporary/x", "wal/1"})
            disk.put_file(std::filesystem::path("/data/live") / file, "x");
        bool there = true;
        disk.before_each([&](const std::string &operation) {
            if (there && operation.find(each.before) != std::string::npos) {
                there = false;
                disk.take_away(each.gone);
            }
        });
        partitions::copy_tree(disk, "/data/live", "/data/copy");
        disk.before_each(nullptr);
        for (const auto &fate : partitions_test::every_fate()) {
            const auto later = disk.after_reboot(fate);
            STRCMP_EQUAL_TEXT(disk.describe("/data/live").c_str(), later->describe("/data/copy").c_str(),
                              each.gone);
        }
    }
}

TEST(TreeCopy, of_a_tree_that_changes_fails_where_something_else_is_wrong) {
    FakeStorage disk;
    disk.put_file("/data/live/base/1", "x");
    CHECK_THROWS(partitions::StorageNotFound, partitions::copy_tree(disk, "/data/none", "/data/copy"));
    disk.fail_when("/data/copy/base/1", FakeStorage::Failure::broken);
    CHECK_THROWS(partitions::StorageError, partitions::copy_tree(disk, "/data/live", "/data/copy"));
}
