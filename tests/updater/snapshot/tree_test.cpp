// From an upper directory of /etc into an archive and back, on a real file system with the real marks.
#include "partitions/posix_storage.hpp"
#include "tests/hooks/scratch_tree.hpp"
#include "tests/support/snapshot_in_memory.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/description_json.hpp"
#include "updater/snapshot/product_places.hpp"
#include "updater/snapshot/tree_scan.hpp"
#include "updater/snapshot/tree_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::snapshot;

TEST_GROUP(SnapshotTree) {
    ScratchTree tree;
    partitions::PosixStorage storage;
    OverlayAttributes attributes;
    TreeScan scan{storage, attributes};

    Trees trees() const {
        return {tree / "upper", tree / "lower", tree / "var", {"lib/lists", "lib/big", "lib/linked/x"}};
    }
    Description described(const Trees &of) const {
        Description description = SnapshotInMemory().description;
        scan.run(of, description);
        return description;
    }
    std::string archive_of(const Trees &of) const {
        std::string bytes;
        write_archive(described(of), scan.contents_of(of), [&](std::span<const std::byte> piece) {
            bytes.append(reinterpret_cast<const char *>(piece.data()), piece.size());
        });
        return bytes;
    }
    static std::string paths_of(const std::vector<Entry> &entries) {
        std::string all;
        for (const Entry &entry : entries)
            all += entry.path.string() + " ";
        return all;
    }
};

TEST(SnapshotTree, comes_back_with_all_its_marks) {
    tree.directory("lower");
    tree.file("upper/postfix/main.cf", "a", 04750, 12, 34);
    tree.attribute("upper/postfix/main.cf", "user.note", "text");
    tree.attribute("upper/postfix/main.cf", "trusted.overlay.protattr", "i");
    // An access list: user::rw-, user:99:rw-, group::r--, mask::rw-, other::---
    const std::string list(
        "\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x06\0\x63\0\0\0\x04\0\x04\0\xff\xff\xff\xff"
        "\x10\0\x06\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff",
        44);
    tree.file("upper/listed", "b", 0660);
    tree.attribute("upper/listed", "system.posix_acl_access", list);
    tree.whiteout("upper/motd");
    tree.opaque("upper/cron.d");
    tree.file("upper/cron.d/mine", "c");
    tree.link("upper/localtime", "/usr/share/zoneinfo/UTC");
    tree.file("upper/b\xff%", "d");
    const timespec times[2] = {{1, 0}, {1234567890, 123456789}};
    CHECK_EQUAL(0, utimensat(AT_FDCWD, (tree / "upper/cron.d").c_str(), times, 0));
    const std::string archive = archive_of(trees());

    ArchiveReader reader(SnapshotInMemory::source_of(archive), "monday");
    write_trees(storage, attributes, reader, {.settings = tree / "restored", .base = {}, .var = {}});
    const Trees restored{tree / "restored", tree / "lower", {}, {}};
    STRCMP_EQUAL(description_text(described(trees())).c_str(), description_text(described(restored)).c_str());
    STRCMP_EQUAL("a", tree.look("restored/postfix/main.cf").c_str());
    STRCMP_EQUAL("(whiteout)", tree.look("restored/motd").c_str());
    STRCMP_EQUAL("-> /usr/share/zoneinfo/UTC", tree.look("restored/localtime").c_str());
    STRCMP_EQUAL("d", tree.look("restored/b\xff%").c_str());
    CHECK_TRUE(tree.has_attribute("restored/cron.d", "trusted.overlay.opaque"));
    CHECK_TRUE(tree.has_attribute("restored/listed", "system.posix_acl_access"));
    CHECK_TRUE(tree.has_attribute("restored/postfix/main.cf", "trusted.overlay.protattr"));
    LONGS_EQUAL(04750, tree.status("restored/postfix/main.cf").st_mode & 07777);
    LONGS_EQUAL(12, tree.status("restored/postfix/main.cf").st_uid);
    LONGS_EQUAL(1234567890, tree.status("restored/cron.d").st_mtim.tv_sec);
    LONGS_EQUAL(123456789, tree.status("restored/cron.d").st_mtim.tv_nsec);
}

TEST(SnapshotTree, knows_all_that_the_image_has) {
    for (const char *file : {"lower/passwd", "lower/hosts", "lower/cron.d/a", "lower/cron.d/deep/b",
                             "lower/ssh/sshd_config", "lower/ssh/moduli"})
        tree.file(file, "image");
    tree.file("upper/hosts", "mine");
    tree.whiteout("upper/motd");
    tree.opaque("upper/cron.d");
    tree.file("upper/cron.d/a", "mine");
    tree.file("upper/new/file", "mine");
    const Description found = described(trees());
    STRCMP_EQUAL(" cron.d cron.d/a hosts motd new new/file ", paths_of(found.settings).c_str());
    STRCMP_EQUAL(" cron.d cron.d/a cron.d/deep cron.d/deep/b hosts passwd ssh ssh/moduli ssh/sshd_config ",
                 paths_of(found.base).c_str());
    check_description(found);

    const std::string archive = archive_of(trees());
    ArchiveReader reader(SnapshotInMemory::source_of(archive), "monday");
    write_trees(storage, attributes, reader,
                {.settings = {}, .base = tree / "base", .var = tree / "var-of-it"});
    STRCMP_EQUAL("image", tree.look("base/cron.d/deep/b").c_str());
    CHECK_TRUE(std::filesystem::is_empty(tree / "var-of-it"));
}

TEST(SnapshotTree, has_the_folders_of_var_that_the_product_names_and_no_other) {
    tree.directory("lower");
    tree.directory("upper");
    tree.file("var/lib/lists/deep/senders", "a@example.test", 0640, 12, 34);
    tree.link("var/lib/lists/link", "/etc/shadow");
    tree.file("var/lib/other/file", "no setting");
    tree.file("var/lib/elsewhere/x/file", "behind a link");
    tree.link("var/lib/linked", "elsewhere");
    tree.file("var/lib/big/file", "");
    std::filesystem::resize_file(tree / "var/lib/big/file", max_bytes_in_place + 1);
    const Description found = described(trees());
    STRCMP_EQUAL(" lib lib/lists lib/lists/deep lib/lists/deep/senders ", paths_of(found.var).c_str());
    CHECK_EQUAL(2U, found.left_out.size());
    STRCMP_EQUAL("/var/lib/lists/link is no file or folder", found.left_out[0].c_str());
    STRCMP_CONTAINS("/var/lib/big has more than", found.left_out[1].c_str());
    check_description(found);

    const std::string archive = archive_of(trees());
    ArchiveReader reader(SnapshotInMemory::source_of(archive), "monday");
    write_trees(storage, attributes, reader, {.settings = {}, .base = {}, .var = tree / "restored"});
    STRCMP_EQUAL("a@example.test", tree.look("restored/lib/lists/deep/senders").c_str());
    LONGS_EQUAL(0640, tree.status("restored/lib/lists/deep/senders").st_mode & 07777);
    LONGS_EQUAL(12, tree.status("restored/lib/lists/deep/senders").st_uid);
}

TEST(SnapshotTree, of_a_product_with_a_damaged_list_of_folders_is_not_made) {
    const struct {
        const char *text;
        const char *places;
    } cases[] = {{"", ""},
                 {"# folders\n\n/var/lib/lists with a remark\n/var/spool/x", "lib/lists spool/x "},
                 {"/var", "refused"},
                 {"/var/", "refused"},
                 {"/etc/x", "refused"},
                 {"lib/x", "refused"},
                 {"/var/lib/../x", "refused"},
                 {"/var//x", "refused"},
                 {"/var/lib/x/", "refused"},
                 {"/var/lib/*", "refused"}};
    for (const auto &each : cases) {
        tree.file("places", each.text);
        std::string found;
        try {
            for (const auto &place : read_product_places(storage, tree / "places"))
                found += place.string() + " ";
        } catch (const std::runtime_error &) {
            found = "refused";
        }
        STRCMP_EQUAL(each.places, found.c_str());
    }
    CHECK_TRUE(read_product_places(storage, tree / "nothing").empty());
}

TEST(SnapshotTree, leaves_out_what_is_no_setting_and_says_so) {
    tree.directory("lower");
    tree.directory("upper");
    CHECK_EQUAL(0, mkfifo((tree / "upper/fifo").c_str(), 0600));
    tree.null_device("upper/null");
    const Description found = described(trees());
    STRCMP_EQUAL(" ", paths_of(found.settings).c_str());
    CHECK_EQUAL(2U, found.left_out.size());
    STRCMP_EQUAL("/etc/fifo is a socket, FIFO or device", found.left_out[0].c_str());
}

TEST(SnapshotTree, says_so_of_a_long_name_in_a_line_that_a_snapshot_can_hold) {
    tree.directory("lower");
    std::filesystem::path deep;
    for (int level = 0; level < 6; ++level)
        deep /= std::string(250, '\x01');
    tree.directory("upper" / deep);
    CHECK_EQUAL(0, mkfifo((tree / ("upper" / deep / "fifo")).c_str(), 0600));
    tree.link("var/lib/lists" / deep / "link", "/etc/shadow");
    const Description found = described(trees());
    CHECK_EQUAL(2U, found.left_out.size());
    STRCMP_CONTAINS("/etc/%01%01", found.left_out[0].c_str());
    STRCMP_CONTAINS("... is a socket, FIFO or device", found.left_out[0].c_str());
    STRCMP_CONTAINS("... is no file or folder", found.left_out[1].c_str());
    check_description(found);
}

TEST(SnapshotTree, that_leads_elsewhere_is_not_taken) {
    tree.directory("lower");
    tree.directory("upper/moved");
    tree.attribute("upper/moved", "trusted.overlay.redirect", "/elsewhere");
    CHECK_THROWS(std::exception, described(trees()));
}

TEST(SnapshotTree, of_an_archive_with_a_wrong_hash_is_not_finished) {
    SnapshotInMemory snapshot = SnapshotInMemory::some();
    snapshot.description.settings[2].hash = {};
    const std::string archive = snapshot.archive();
    ArchiveReader reader(SnapshotInMemory::source_of(archive), "monday");
    const TargetTrees targets{.settings = tree / "restored", .base = {}, .var = {}};
    CHECK_THROWS(Refused, write_trees(storage, attributes, reader, targets));
}
