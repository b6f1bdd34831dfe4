// No number belongs to two accounts of the new system that did not share it before: the administrator's
// account, and all its files, get a free number. Where that is not possible, nothing is converted.
#include "hooks/access_list.hpp"
#include "hooks/etc/account_numbers.hpp"
#include "hooks/etc/etc_conversion.hpp"
#include "tests/hooks/access_lists.hpp"
#include "tests/hooks/var_fixture.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;
using namespace hooks::var;

namespace {

struct NumbersCase {
    const char *what;
    AccountTexts base, mine, theirs, result;
    const char *renumbered; // text of the only one; empty: none
};

const NumbersCase numbers_cases[] = {
    {"a user's number is given to a daemon",
     {},
     {"own:x:115:8::/:/b\n", ""},
     {"sync:x:115:8::/:/b\n", ""},
     {"sync:x:115:8::/:/b\nown:x:999:8::/:/b\n", ""},
     "user own has number 999 now, because 115 is sync's in the new system"},
    {"the number is free in both systems, for users and groups",
     {"old:x:999:1::/:/b\n", "old:x:998:\n"},
     {"old:x:999:1::/:/b\nown:x:115:8::/:/b\n", "old:x:998:\n"},
     {"sync:x:115:8::/:/b\n", "new:x:997:\n"},
     {"sync:x:115:8::/:/b\nold:x:999:1::/:/b\nown:x:996:8::/:/b\n", "new:x:997:\nold:x:998:\n"},
     "user own has number 996 now, because 115 is sync's in the new system"},
    {"a person's number",
     {},
     {"own:x:1000:8::/:/b\n", ""},
     {"new:x:1000:8::/:/b\n", ""},
     {"new:x:1000:8::/:/b\nown:x:1001:8::/:/b\n", ""},
     "user own has number 1001 now, because 1000 is new's in the new system"},
    {"a group, and who has it as first group",
     {},
     {"own:x:1000:115::/:/b\n", "own:x:115:\n"},
     {"", "sync:x:115:\n"},
     {"own:x:1000:999::/:/b\n", "sync:x:115:\nown:x:999:\n"},
     "group own has number 999 now, because 115 is sync's in the new system"},
    {"the first group is one of the image's that moved",
     {"", "mail:x:8:\n"},
     {"own:x:1000:8::/:/b\n", "mail:x:8:\n"},
     {"", "mail:x:9:\nnew:x:8:\n"},
     {"own:x:1000:9::/:/b\n", "mail:x:9:\nnew:x:8:\n"},
     ""},
    {"the first group has no name, and its number is somebody's now",
     {},
     {"own:x:1000:115::/:/b\n", ""},
     {"", "sync:x:115:\n"},
     {"own:x:1000:1879048307::/:/b\n", "sync:x:115:\n"},
     ""},
    {"one who shares a number of the image's follows it",
     {"r:x:0:0::/:/b\na:x:5:0::/:/b\n", ""},
     {"r:x:0:0::/:/b\na:x:5:0::/:/b\ntoor:x:0:0::/:/b\nalso:x:5:0::/:/b\n", ""},
     {"r:x:0:0::/:/b\na:x:6:0::/:/b\nnew:x:5:0::/:/b\n", ""},
     {"r:x:0:0::/:/b\na:x:6:0::/:/b\nnew:x:5:0::/:/b\ntoor:x:0:0::/:/b\nalso:x:6:0::/:/b\n", ""},
     ""},
    {"one of the image's that the administrator moved goes back",
     {"a:x:5:0::/:/b\n", ""},
     {"a:x:115:0::/:/b\n", ""},
     {"a:x:5:0::/:/b\nsync:x:115:0::/:/b\n", ""},
     {"a:x:5:0::/:/b\nsync:x:115:0::/:/b\n", ""},
     "user a has number 5 now, because 115 is sync's in the new system"},
    {"one that the administrator moved to where nobody is stays",
     {"a:x:5:0::/:/b\n", ""},
     {"a:x:115:0::/:/b\n", ""},
     {"a:x:5:0::/:/b\n", ""},
     {"a:x:115:0::/:/b\n", ""},
     ""},
    {"made on both sides with different numbers",
     {},
     {"new:x:1000:8::/:/mine\n", ""},
     {"new:x:115:8::/:/theirs\n", ""},
     {"new:x:115:8::/:/mine\n", ""},
     "user new has number 115 now, as in the new system; it was 1000"},
    {"no number is taken",
     {},
     {"own:x:1000:1000::/:/b\n", "own:x:1000:\n"},
     {"sync:x:115:115::/:/b\n", "sync:x:115:\n"},
     {"sync:x:115:115::/:/b\nown:x:1000:1000::/:/b\n", "sync:x:115:\nown:x:1000:\n"},
     ""},
    {"lines that are none",
     {},
     {"own\n:::\nown2:x:y:z\n", "\n"},
     {"", ""},
     {"own\n:::\nown2:x:y:z\n", ""},
     ""},
};

} // namespace

TEST_GROUP(AccountNumbers) {
    VarFixture fixture;
    const ScratchTree &tree = fixture.tree;

    // 115 is a user and a group of the administrator's, and the new image's daemon.
    void setup() override {
        tree.file("old/etc/passwd", "root:x:0:0::/:/b\n");
        tree.file("old/etc/group", "root:x:0:\n");
        tree.file("upper/passwd", "root:x:0:0::/:/b\nbackup:x:115:115::/:/b\nboth:x:1500:0::/:/b\n");
        tree.file("upper/group", "root:x:0:\nbackup:x:115:\n");
        tree.file("new/etc/passwd", "root:x:0:0::/:/b\nsync:x:115:115::/:/b\nboth:x:150:0::/:/b\n");
        tree.file("new/etc/group", "root:x:0:\nsync:x:115:\n");
    }
    void convert() {
        convert_etc(fixture.storage, fixture.request(), fixture.log);
    }
    // Calls one conversion after the other, as the updater does.
    void convert_etc_and_var() {
        convert();
        ConversionRequest request = fixture.request();
        request.source = tree / "result";
        request.target = tree / "next";
        tree.directory("next");
        convert_var(fixture.storage, request, fixture.log);
    }
    std::string owners(const std::string &path) {
        const struct stat status = tree.status(path);
        return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
    }
    std::string reason_of_refusal() {
        try {
            convert();
        } catch (const ConversionFailed &error) {
            return error.what();
        }
        return "";
    }
};

TEST(AccountNumbers, are_merged_together) {
    for (const NumbersCase &row : numbers_cases) {
        const AccountNumbersMerge merge = merge_account_numbers(row.base, row.mine, row.theirs);
        STRCMP_EQUAL_TEXT(row.result.passwd.c_str(), merge.passwd.text.c_str(), row.what);
        STRCMP_EQUAL_TEXT(row.result.group.c_str(), merge.group.text.c_str(), row.what);
        LONGS_EQUAL_TEXT(*row.renumbered == '\0' ? 0 : 1, merge.renumbered.size(), row.what);
        if (!merge.renumbered.empty())
            STRCMP_EQUAL_TEXT(row.renumbered, merge.renumbered[0].text().c_str(), row.what);
    }
}

TEST(AccountNumbers, take_all_files_of_the_account_along) {
    tree.file("upper/backup/key", "k", 0600, 115, 115);
    tree.file("upper/ssl/key", "k", 0640, 0, 0);
    tree.attribute("upper/ssl/key", "system.posix_acl_access", readable_by(115));
    tree.file("upper/subuid", "backup:100000:65536\n115:300000:65536\n");
    tree.file("old-var/lib/backup/list", "l", 0600, 115, 115);
    tree.directory("old-var/lib/backup/folder");
    tree.attribute("old-var/lib/backup/folder", "system.posix_acl_default", readable_by(115));
    convert_etc_and_var();
    STRCMP_EQUAL("root:x:0:0::/:/b\nsync:x:115:115::/:/b\nboth:x:150:0::/:/b\nbackup:x:999:999::/:/b\n",
                 tree.look("next/passwd").c_str());
    STRCMP_EQUAL("root:x:0:\nsync:x:115:\nbackup:x:999:\n", tree.look("next/group").c_str());
    STRCMP_EQUAL("backup:100000:65536\n999:300000:65536\n", tree.look("next/subuid").c_str());
    STRCMP_EQUAL("999:999", owners("next/backup/key").c_str());
    CHECK_TRUE(readable_by(999) == attribute_at(tree / "next/ssl/key", "system.posix_acl_access"));
    STRCMP_EQUAL("999:999", owners("new-var/lib/backup/list").c_str());
    CHECK_TRUE(readable_by(999) ==
               attribute_at(tree / "new-var/lib/backup/folder", "system.posix_acl_default"));
    CHECK_TRUE(fixture.noted("conflict /etc/passwd: merged, but look at user backup has number 999 now"));
}

TEST(AccountNumbers, are_not_left_to_another_when_they_have_no_name) {
    tree.file("upper/passwd", "root:x:0:0::/:/b\nbob:x:1000:0::/:/b\n");
    tree.file("upper/group", "root:x:0:\nbob:x:1000:\n");
    tree.file("upper/ssl/key", "k", 0640, 115, 0);
    tree.attribute("upper/ssl/key", "system.posix_acl_access", readable_by(115));
    tree.file("old-var/lib/list", "l", 0600, 0, 115);
    tree.attribute("old-var/lib/list", "system.posix_acl_access", readable_by(116));
    convert_etc_and_var();
    STRCMP_EQUAL("1879048307:0", owners("next/ssl/key").c_str());
    CHECK_TRUE(readable_by(1879048307) == attribute_at(tree / "next/ssl/key", "system.posix_acl_access"));
    STRCMP_EQUAL("0:1879048307", owners("new-var/lib/list").c_str());
    CHECK_TRUE(readable_by(116) == attribute_at(tree / "new-var/lib/list", "system.posix_acl_access"));
    CHECK_TRUE(fixture.noted("warning: /etc/ssl/key: user 115 has no name, and the number is that of sync"));
    CHECK_TRUE(fixture.noted("warning: group 115 has no name, and the number is that of sync"));
}

TEST(AccountNumbers, are_refused_while_files_keep_them) {
    struct Case {
        const char *what, *path;
        uid_t user;
        gid_t group;
        unsigned in_access_list; // 0: none
        const char *refusal;     // part of it; nullptr: converted
    };
    const Case cases[] = {
        {"a shared place", "old/data/shared/log/backup.log", 115, 0, 0,
         "such as /data/shared/log/backup.log. Give it a number that is right in both: usermod -u 999 backup "
         "&& "
         "find "},
        {"a group's file", "old/data/shared/log/backup.log", 0, 115, 0, "the group backup of this appliance"},
        {"an access list", "old/data/archive/x", 0, 0, 115, "such as /data/archive/x"},
        {"a message store in the old generation", "old-var/lib/store/x", 115, 0, 0,
         "such as /var/lib/store/x"},
        {"a user that the new image has with another number", "old/data/x", 1500, 0, 0,
         "has the number 1500, and 150 in the new system; files that both systems use would no longer be its "
         "own: 1, "
         "such as /data/x. Give it a number that is right in both: usermod -u 150 both && find "},
        {"somebody else's", "old/data/shared/log/backup.log", 1000, 1000, 1000, nullptr},
        {"a generation, which is translated", "old/data/generations/2.8.0.0-1/var/lib/x", 115, 115, 0,
         nullptr},
        {"the rest of /var", "old-var/lib/other/x", 115, 115, 0, nullptr},
    };
    for (const Case &row : cases) {
        tree.file("old/usr/share/update-control/appliance.xml",
                  "<appliance><store path=\"/var/lib/store\"/></appliance>");
        tree.file(row.path, "x", 0640, row.user, row.group);
        if (row.in_access_list != 0)
            tree.attribute(row.path, "system.posix_acl_access", readable_by(row.in_access_list));
        const std::string reason = reason_of_refusal();
        CHECK_EQUAL_TEXT(row.refusal != nullptr, !reason.empty(), row.what);
        if (row.refusal != nullptr)
            STRCMP_CONTAINS_TEXT(row.refusal, reason.c_str(), row.what);
        for (const char *folder : {"old/data", "old-var/lib", "result"})
            std::filesystem::remove_all(tree / folder);
        tree.directory("result");
    }
}

TEST(AccountNumbers, that_have_no_name_are_looked_for_where_files_keep_them) {
    tree.file("upper/passwd", "root:x:0:0::/:/b\nbob:x:1000:0::/:/b\n");
    tree.file("upper/group", "root:x:0:\nbob:x:1000:\n");
    tree.file("old/data/shared/log/a.log", "x", 0640, 115, 0);
    tree.file("old/data/shared/log/b.log", "x", 0640, 0, 0);
    tree.attribute("old/data/shared/log/b.log", "system.posix_acl_access", readable_by(115));
    tree.file("old/data/shared/log/c.log", "x", 0640, 116, 1000);
    ConversionRequest request = fixture.request();
    request.rehearsal = true;
    convert_etc(fixture.storage, request, fixture.log);
    CHECK_TRUE(fixture.noted(
        "warning: user 115 has no name, and the number is that of sync in the new system, and so "
        "are files that both systems use then: 2, such as /data/shared/log/a.log; give them an "
        "owner"));
    CHECK_FALSE(fixture.noted("group 115"));
    CHECK_FALSE(fixture.noted("116"));
}

TEST(AccountNumbers, are_looked_for_only_when_they_change) {
    tree.file("upper/passwd", "root:x:0:0::/:/b\nbackup:x:1000:1000::/:/b\n");
    tree.file("upper/group", "root:x:0:\nbackup:x:1000:\n");
    tree.file("old/data/shared/log/backup.log", "x", 0640, 115, 115);
    STRCMP_EQUAL("", reason_of_refusal().c_str());
    STRCMP_EQUAL("root:x:0:0::/:/b\nsync:x:115:115::/:/b\nboth:x:150:0::/:/b\nbackup:x:1000:1000::/:/b\n",
                 tree.look("result/passwd").c_str());
}

TEST(AccountNumbers, are_translated_in_the_capability_of_a_namespace) {
    const OwnerTranslation owners("a:x:1000:\n", "a:x:1001:\n", "", "");
    const std::string begin("\x01\0\0\x03\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05\0\0\0", 20);
    struct Case {
        const char *what;
        std::string before, after;
    };
    const Case cases[] = {
        {"its root", begin + std::string("\xe8\x03\0\0", 4), begin + std::string("\xe9\x03\0\0", 4)},
        {"without a root", std::string("\x01\0\0\x02", 4) + begin.substr(4),
         std::string("\x01\0\0\x02", 4) + begin.substr(4)},
        {"too short", begin, begin},
    };
    for (const Case &row : cases) {
        std::map<std::string, std::string> extended{{"security.capability", row.before},
                                                    {"user.x", row.before}};
        translate_numbers_in_attributes(owners, extended);
        CHECK_TRUE_TEXT(row.after == extended["security.capability"], row.what);
        CHECK_TRUE_TEXT(row.before == extended["user.x"], row.what);
    }
}
