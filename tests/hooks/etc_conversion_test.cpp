// What becomes of the administrator's changes in /etc when the image below changes: the rules, as a table of
// entry_cases.
#include "hooks/etc/etc_conversion.hpp"

#include "tests/hooks/conversion_fixture.hpp"

#include <fcntl.h>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

namespace {

// One entry: nullptr nothing, "-> x" a link, "(whiteout)", "(directory)", else the text of a file.
void put(const ScratchTree &tree, const std::string &path, const char *what) {
    const std::string text = what != nullptr ? what : "";
    if (what == nullptr)
        return;
    if (text == "(whiteout)")
        tree.whiteout(path);
    else if (text == "(directory)")
        tree.directory(path);
    else if (text == "(device)")
        tree.null_device(path);
    else if (text.starts_with("-> "))
        tree.link(path, text.substr(3));
    else
        tree.file(path, text);
}

struct EntryCase {
    const char *what;
    const char *path;
    const char *base, *mine, *theirs;
    const char *result;
    const char *line; // what the report says: section and beginning of the reason
};

const std::string zero_byte = std::string("a") + '\0';

const EntryCase entry_cases[] = {
    {"a new file", "acme.conf", nullptr, "x", nullptr, "x", "carried: the administrator's own"},
    {"a new file deep down", "opt/acme/a/b", nullptr, "x", nullptr, "x", "carried: the administrator's own"},
    {"a new empty folder", "acme.d", nullptr, "(directory)", nullptr, "(directory)",
     "carried: the administrator's own"},
    {"a device of a jail", "jail/null", nullptr, "(device)", nullptr, "(none)", "conflict: a device node"},
    {"a link where the updater has a folder", "update-control", nullptr, "-> /tmp", nullptr, "(directory)",
     "conflict: must be a folder"},
    {"a file where the updater has a folder", "update-control", "(directory)", "x", "(directory)",
     "(directory)", "conflict: must be a folder"},
    {"a changed file", "motd", "old", "mine", "old", "mine", "carried: changed by the administrator"},
    {"a changed file that is gone", "motd", "old", "mine", nullptr, "mine",
     "carried: changed by the administrator; the new system no longer has it"},
    {"changed to what the new system has", "motd", "old", "new", "new", "(none)",
     "left behind: the new system has the same"},
    {"copied up without a change", "motd", "old", "old", "new", "(none)",
     "left behind: unchanged; the new system's"},
    {"copied up without a change, gone", "motd", "old", "old", nullptr, "(none)",
     "left behind: unchanged, and"},
    {"changed in different lines", "motd", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n",
     "merged: changed on both sides"},
    {"changed in the same line", "motd", "a\n", "b\n", "c\n", "b\n",
     "conflict: changed on both sides in the same lines"},
    {"made on both sides", "motd", nullptr, "b\n", "c\n", "b\n",
     "conflict: made by the administrator and by the new system"},
    {"made on both sides alike", "motd", nullptr, "b\n", "b\n", "(none)",
     "left behind: the new system has the same"},
    {"removed", "motd", "old", "(whiteout)", "old", "(whiteout)", "carried: removed by the administrator"},
    {"removed, changed in the new system", "motd", "old", "(whiteout)", "new", "(whiteout)",
     "carried: removed by"},
    {"removed on both sides", "motd", "old", "(whiteout)", nullptr, "(none)",
     "left behind: removed by the administrator, and"},
    {"removed, of another kind now", "motd", "old", "(whiteout)", "-> /run/motd", "(whiteout)",
     "conflict: stays removed"},
    {"a removed folder", "acme.d/x", nullptr, nullptr, nullptr, "(none)", nullptr},
    {"a link", "localtime", "-> /usr/a", "-> /usr/b", "-> /usr/a", "-> /usr/b",
     "carried: changed by the administrator"},
    {"a link changed on both sides", "localtime", "-> /usr/a", "-> /usr/b", "-> /usr/c", "-> /usr/b",
     "conflict: a link to /usr/b, in the new system to /usr/c"},
    {"a link into /lib that is one into /usr/lib", "systemd/system/a.service",
     "-> /lib/systemd/system/a.service", "-> /lib/systemd/system/a.service",
     "-> /usr/lib/systemd/system/a.service", "(none)", "left behind: the new system has the same"},
    {"a link replaced by a file", "resolv.conf", "-> ../run/x", "nameserver ::1", "-> ../run/x",
     "nameserver ::1", "carried: changed"},
    {"a file of another kind in the new system", "motd", "a", "b", "-> /usr/motd", "b",
     "conflict: of another kind"},
    {"a file where the new system has a folder", "acme", "a", "b", "(directory)", "b",
     "conflict: of another kind"},
    {"a unit that was enabled", "systemd/system/multi-user.target.wants/a.service", nullptr,
     "-> /lib/systemd/system/a.service", nullptr, "-> /lib/systemd/system/a.service",
     "carried: the administrator's own"},
    {"a masked unit", "systemd/system/a.timer", nullptr, "-> /dev/null", nullptr, "-> /dev/null",
     "carried: the administrator's own"},
    {"a unit that was disabled", "systemd/system/multi-user.target.wants/a.service",
     "-> /lib/systemd/system/a.service", "(whiteout)", "-> /usr/lib/systemd/system/a.service", "(whiteout)",
     "carried: removed by the administrator"},
    {"an alternative chosen by the administrator", "alternatives/editor", "-> /usr/bin/vi",
     "-> /usr/bin/nano", "-> /usr/bin/vi", "-> /usr/bin/nano", "carried: changed"},
    {"PostgreSQL's own configuration of the old release", "postgresql/15/main/pg_hba.conf", "a", "b", nullptr,
     "b", "carried: changed"},
    {"postfix settings next to each other", "postfix/main.cf", "a = 1\nb = 1\n", "a = 2\nb = 1\n",
     "a = 1\nb = 2\n", "a = 2\nb = 2\n", "merged: changed on both sides, merged name by name"},
    {"one postfix setting on both sides", "postfix/main.cf", "a = 1\nb = 1\n", "a = 2\nb = 1\n",
     "a = 3\nb = 2\n", "a = 2\nb = 2\n",
     "conflict: changed on both sides; the administrator's value stays for a"},
    {"one postfix setting, added at two places", "postfix/main.cf", "a = 1\nb = 1\nc = 1\n",
     "x = encrypt\na = 1\nb = 1\nc = 1\n", "a = 1\nb = 1\nc = 1\nx = may\n",
     "x = encrypt\na = 1\nb = 1\nc = 1\n",
     "conflict: changed on both sides; the administrator's value stays for x, the rest is merged"},
    {"settings with the comments of both", "postfix/main.cf", "a = 1\nb = 1\nc = 1\n",
     "# mine\na = 2\nb = 1\nc = 1\n", "a = 1\nb = 1\n# theirs\nc = 2\n",
     "# mine\na = 2\nb = 1\n# theirs\nc = 2\n", "merged: changed on both sides, merged"},
    {"one setting at two places, of an unknown grammar", "acme.rules", "a 1\nb 1\nc 1\n",
     "x 1\na 1\nb 1\nc 1\n", "a 1\nb 1\nc 1\nx 2\n", "x 1\na 1\nb 1\nc 1\n",
     "conflict: changed on both sides, and which line counts is not certain for x"},
    {"rules that are tried in their order", "postgresql/15/main/pg_hba.conf",
     "local all all peer\n#\n#\nhost all all ::1/128 md5\n",
     "hostssl all bob ::/0 reject\nlocal all all peer\n#\n#\nhost all all ::1/128 md5\n",
     "local all all peer\n#\n#\nhost all all ::/0 trust\n",
     "hostssl all bob ::/0 reject\nlocal all all peer\n#\n#\nhost all all ::1/128 md5\n",
     "conflict: changed on both sides, and the order of its lines decides"},
    {"two blocks of one name, each a thing of its own", "systemd/network/a.network",
     "[Address]\nAddress=1\n\n[Address]\nAddress=2\n", "[Address]\nAddress=3\n\n[Address]\nAddress=2\n",
     "[Address]\nAddress=1\n\n[Address]\nAddress=4\n", "[Address]\nAddress=3\n\n[Address]\nAddress=2\n",
     "conflict: changed on both sides"},
    {"a user of the administrator and one of the new system", "passwd", "r:x:0:0::/:/b\n",
     "r:x:0:0::/:/b\nbob:x:1000:1000::/:/b\n", "r:x:0:0::/:/b\nd:x:101:101::/:/b\n",
     "r:x:0:0::/:/b\nd:x:101:101::/:/b\nbob:x:1000:1000::/:/b\n", "merged: merged account by account"},
    {"one number for two users", "passwd", "", "bob:x:101:1::/:/b\n", "d:x:101:1::/:/b\n",
     "d:x:101:1::/:/b\nbob:x:999:1::/:/b\n",
     "conflict: merged, but look at user bob has number 999 now, because 101 is d's in the new system"},
    {"ranges of two users that overlap", "subuid", "", "bob:100000:65536\n", "new:165535:10\n",
     "new:165535:10\nbob:100000:65536\n",
     "conflict: merged, but look at the ranges of bob and new have numbers in common"},
    {"ranges of two users side by side", "subgid", "", "bob:100000:65536\n", "new:165536:10\n",
     "new:165536:10\nbob:100000:65536\n", "merged: merged account by account"},
    {"a policy, which has another format in the new system", "mailsec/policies/a.xml", "<p v='1'/>\n",
     "<p v='1' x='1'/>\n", "<p v='2'/>\n", "<p v='1' x='1'/>\n",
     "carried: goes on to the conversion of the policies"},
    {"an unchanged policy", "mailsec/policies/a.xml", "<p v='1'/>\n", "<p v='1'/>\n", "<p v='2'/>\n",
     "(none)", "left behind: unchanged"},
    {"the machine's identity", "machine-id", "uninitialized\n", "0123\n", "", "0123\n",
     "carried: the identity"},
    {"SSH host keys", "ssh/ssh_host_ed25519_key", "image 12", "mine", "image 13", "mine",
     "carried: the identity"},
    {"the cache of ldconfig", "ld.so.cache", "a", "b", "c", "(none)", "left behind: made by ldconfig"},
    {"backups of the account tools", "shadow-", nullptr, "b", nullptr, "(none)", "left behind: a backup"},
    {"the report of the upgrade before", "update-control/carried-over.txt", nullptr, "carried\n", nullptr,
     nullptr, "left behind: the report of an earlier upgrade"},
    {"the report on /var of the upgrade before", "update-control/carried-var.txt", nullptr, "carried\n",
     nullptr, "(none)", "left behind: the report of an earlier upgrade"},
    {"what the upgrade before laid beside", "motd.update-new", nullptr, "b", nullptr, "(none)",
     "left behind: laid there by an earlier"},
    {"an address pinned by an upgrade", "systemd/network/00-update-control-pin-ens3.network", nullptr, "b",
     nullptr, "(none)", "left behind: an address pinned"},
};

// "section: reason" of the path's line in the report; "" if it has none.
std::string reported(const std::string &report, const std::string &path) {
    std::string section;
    std::istringstream lines(report);
    for (std::string line; std::getline(lines, line);) {
        const std::string start = "  /etc/" + path + ": ";
        if (!line.starts_with(" "))
            section = line;
        else if (line.starts_with(start))
            return section + ": " + line.substr(start.size());
    }
    return "";
}

} // namespace

TEST_GROUP(EtcConversion) {
    ConversionFixture fixture;
    const ScratchTree &tree = fixture.tree;
    void convert() {
        convert_etc(fixture.storage, fixture.request(), fixture.log);
    }
    std::string result(const std::string &path) {
        return tree.look("result/" + path);
    }
    std::string report() {
        return result("update-control/carried-over.txt");
    }
};

TEST(EtcConversion, follows_the_rules_for_each_entry) {
    for (const EntryCase &row : entry_cases) {
        ConversionFixture one;
        const std::string path = row.path;
        put(one.tree, "old/etc/" + path, row.base);
        put(one.tree, "upper/" + path, row.mine);
        put(one.tree, "new/etc/" + path, row.theirs);
        convert_etc(one.storage, one.request(), one.log);
        if (row.result != nullptr)
            STRCMP_EQUAL_TEXT(row.result, one.tree.look("result/" + path).c_str(), row.what);
        const std::string line = reported(one.tree.look("result/update-control/carried-over.txt"), path);
        STRCMP_EQUAL_TEXT(
            row.line != nullptr ? row.line : "",
            line.substr(0, row.line != nullptr ? std::string(row.line).size() : std::string::npos).c_str(),
            row.what);
        const bool conflict = line.starts_with("conflict");
        CHECK_EQUAL_TEXT(conflict, one.noted("conflict /etc/" + path), row.what);
        CHECK_TRUE_TEXT(one.noted(conflict ? ", conflicts 1, " : ", conflicts 0, "), row.what);
    }
}

TEST(EtcConversion, lays_the_new_version_beside_a_conflict) {
    tree.file("old/etc/motd", "a\n");
    tree.file("upper/motd", "b\n");
    tree.file("new/etc/motd", "c\n", 0640, 0, 7);
    tree.file("upper/logrotate.d/mail", "b\n");
    tree.file("new/etc/logrotate.d/mail", "c\n");
    tree.file("upper/network/interfaces.d/lan", "b\n");
    tree.file("new/etc/network/interfaces.d/lan", "c\n");
    convert();
    STRCMP_EQUAL("c\n", result("motd.update-new").c_str());
    CHECK_EQUAL(0640U, tree.status("result/motd.update-new").st_mode & 07777U);
    CHECK_EQUAL(7U, tree.status("result/motd.update-new").st_gid);
    // logrotate would read a file of any name there.
    STRCMP_EQUAL("(none)", result("logrotate.d/mail.update-new").c_str());
    STRCMP_EQUAL("c\n", result("update-control/update-new/logrotate.d/mail").c_str());
    // So would ifupdown.
    STRCMP_EQUAL("(none)", result("network/interfaces.d/lan.update-new").c_str());
    STRCMP_EQUAL("c\n", result("update-control/update-new/network/interfaces.d/lan").c_str());
}

TEST(EtcConversion, does_not_merge_what_is_no_text) {
    tree.file("old/etc/a.db", zero_byte + "1\n2\n3\n");
    tree.file("upper/a.db", zero_byte + "1\n2\n4\n");
    tree.file("new/etc/a.db", zero_byte + "0\n2\n3\n");
    convert();
    CHECK_TRUE(result("a.db") == zero_byte + "1\n2\n4\n");
    CHECK_TRUE(result("a.db.update-new") == zero_byte + "0\n2\n3\n");
    STRCMP_CONTAINS("no text", reported(report(), "a.db").c_str());
}

TEST(EtcConversion, keeps_owner_mode_times_and_attributes) {
    tree.file("upper/acme/key", "secret", 0600, 1000, 1001);
    tree.attribute("upper/acme/key", "user.note", "hello");
    tree.attribute("upper/acme/key", "trusted.overlay.origin", "of the old lower directory");
    const struct timespec times[2] = {{1000000000, 5}, {1100000000, 7}};
    CHECK_EQUAL(0, utimensat(AT_FDCWD, (tree / "upper/acme/key").c_str(), times, 0));
    CHECK_EQUAL(0, chmod((tree / "upper/acme").c_str(), 0711));
    CHECK_EQUAL(0, utimensat(AT_FDCWD, (tree / "upper/acme").c_str(), times, 0));
    convert();
    const struct stat key = tree.status("result/acme/key");
    CHECK_EQUAL(0600U, key.st_mode & 07777U);
    CHECK_EQUAL(1000U, key.st_uid);
    CHECK_EQUAL(1001U, key.st_gid);
    CHECK_EQUAL(1100000000, key.st_mtim.tv_sec);
    CHECK_TRUE(tree.has_attribute("result/acme/key", "user.note"));
    CHECK_FALSE(tree.has_attribute("result/acme/key", "trusted.overlay.origin"));
    CHECK_EQUAL(0711U, tree.status("result/acme").st_mode & 07777U);
    CHECK_EQUAL(1100000000, tree.status("result/acme").st_mtim.tv_sec);
}

TEST(EtcConversion, merges_owner_and_mode_beside_the_contents) {
    // The administrator only changed modes; the new image changed contents and group.
    tree.file("old/etc/motd", "a", 0644);
    tree.file("upper/motd", "a", 0600);
    tree.file("new/etc/motd", "b", 0644, 0, 5);
    tree.file("old/etc/gone", "a", 0644);
    tree.file("upper/gone", "a", 0600);
    tree.directory("old/etc/d");
    tree.directory("new/etc/d");
    tree.directory("upper/d");
    CHECK_EQUAL(0, chmod((tree / "upper/d").c_str(), 0700));
    convert();
    STRCMP_EQUAL("b", result("motd").c_str());
    CHECK_EQUAL(0600U, tree.status("result/motd").st_mode & 07777U);
    CHECK_EQUAL(5U, tree.status("result/motd").st_gid);
    STRCMP_EQUAL("a", result("gone").c_str());
    CHECK_EQUAL(0700U, tree.status("result/d").st_mode & 07777U);
    STRCMP_CONTAINS("carried: owner or mode", reported(report(), "d").c_str());
}

TEST(EtcConversion, translates_owners_by_name) {
    tree.file("old/etc/passwd", "pg:x:104:104::/:/b\nold:x:110:110::/:/b\n");
    tree.file("new/etc/passwd", "pg:x:107:107::/:/b\n");
    tree.file("old/etc/group", "pg:x:104:\n");
    tree.file("new/etc/group", "pg:x:108:\n");
    tree.file("upper/a", "x", 0644, 104, 104);
    tree.file("upper/b", "x", 0644, 110, 4711);
    convert();
    CHECK_EQUAL(107U, tree.status("result/a").st_uid);
    CHECK_EQUAL(108U, tree.status("result/a").st_gid);
    CHECK_EQUAL(110U, tree.status("result/b").st_uid);
    CHECK_EQUAL(4711U, tree.status("result/b").st_gid);
}

TEST(EtcConversion, takes_a_directory_for_replaced_only_if_there_was_one) {
    // overlayfs marks every directory it makes, so the first mark says nothing about removals.
    tree.opaque("upper/acme");
    tree.file("upper/acme/mine", "x");
    tree.file("new/etc/acme/theirs", "y");
    tree.file("old/etc/skel/base", "x");
    tree.opaque("upper/skel");
    tree.file("upper/skel/mine", "x");
    tree.file("new/etc/skel/theirs", "y");
    convert();
    CHECK_FALSE(tree.has_attribute("result/acme", "trusted.overlay.opaque"));
    CHECK_TRUE(tree.has_attribute("result/skel", "trusted.overlay.opaque"));
    STRCMP_EQUAL("x", result("skel/mine").c_str());
    STRCMP_CONTAINS("carried: replaced as a whole", reported(report(), "skel").c_str());
}

TEST(EtcConversion, starts_without_the_marks_of_the_old_upper_directory) {
    tree.attribute("upper", "trusted.overlay.origin", "the old image");
    tree.attribute("result", "trusted.overlay.origin",
                   "the old image"); // as the updater makes it, after the source
    CHECK_EQUAL(0, chmod((tree / "upper").c_str(), 0751));
    convert();
    CHECK_FALSE(tree.has_attribute("result", "trusted.overlay.origin"));
    CHECK_EQUAL(0751U, tree.status("result").st_mode & 07777U);
}

TEST(EtcConversion, refuses_marks_that_point_into_the_old_image) {
    tree.directory("upper/a");
    tree.attribute("upper/a", "trusted.overlay.redirect", "/b");
    CHECK_THROWS(ConversionFailed, convert());
}

TEST(EtcConversion, keeps_host_keys_that_came_with_the_old_image) {
    tree.file("old/etc/ssh/ssh_host_rsa_key", "12", 0600);
    tree.file("new/etc/ssh/ssh_host_rsa_key", "13", 0600);
    tree.file("old/etc/ssh/ssh_host_old_key", "12", 0600);
    tree.file("old/etc/ssh/ssh_host_removed_key", "12", 0600);
    tree.whiteout("upper/ssh/ssh_host_removed_key");
    tree.file("old/etc/ssh/moduli", "12");
    convert();
    STRCMP_EQUAL("12", result("ssh/ssh_host_rsa_key").c_str());
    CHECK_EQUAL(0600U, tree.status("result/ssh/ssh_host_rsa_key").st_mode & 07777U);
    STRCMP_EQUAL("12", result("ssh/ssh_host_old_key").c_str());
    STRCMP_EQUAL("(none)", result("ssh/ssh_host_removed_key").c_str());
    STRCMP_EQUAL("(none)", result("ssh/moduli").c_str());
}

TEST(EtcConversion, keeps_a_changed_sysctl_conf_in_force) {
    tree.file("old/etc/sysctl.conf", "a\n");
    tree.link("old/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
    tree.file("upper/sysctl.conf", "b\n");
    convert();
    STRCMP_EQUAL("-> ../sysctl.conf", result("sysctl.d/99-sysctl.conf").c_str());
}

TEST(EtcConversion, never_looks_through_links_of_the_images) {
    // Entries below a link do not exist, even if it leads to a file with the same contents.
    tree.file("outside/a", "x");
    tree.link("new/etc/acme", tree / "outside");
    tree.file("upper/acme/a", "x");
    convert();
    STRCMP_EQUAL("x", result("acme/a").c_str());
    STRCMP_EQUAL("x", tree.look("outside/a").c_str());
}

TEST(EtcConversion, writes_unusual_names_on_one_line) {
    tree.file("upper/a\nb c", "x");
    convert();
    STRCMP_EQUAL("carried: the administrator's own", reported(report(), "a\\012b c").c_str());
    STRCMP_EQUAL("x", result("a\nb c").c_str());
}

TEST(EtcConversion, reports_even_if_nothing_was_changed) {
    convert();
    STRCMP_CONTAINS("carried\n  nothing\n", report().c_str());
    CHECK_TRUE(fixture.noted("carried 0, merged 0, conflicts 0, left behind 0\n"));
}
