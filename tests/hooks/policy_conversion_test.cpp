// The policies of a configuration are converted, and every file that their macros name is carried.
#include "hooks/policy/policy_conversion.hpp"

#include "hooks/overlay/overlay_format.hpp"
#include "hooks/policy/policy_1_to_2.hpp"
#include "hooks/policy/policy_format.hpp"
#include "tests/hooks/access_lists.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <openssl/evp.h>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::overlay;
using namespace hooks::policy;

namespace {

std::string policy_with(std::string_view text) {
    std::string value((text.size() + 2) / 3 * 4 + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char *>(value.data()),
                        reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
    value.resize(static_cast<std::size_t>(length));
    return "<policy format='1' name='p'><list type='words'>" + value + "</list><action>tag</action></policy>";
}

} // namespace

TEST_GROUP(PolicyConversionOfATree) {
    ConversionFixture fixture;
    const ScratchTree &tree = fixture.tree;
    void policy(const std::string &name, const std::string &text) {
        tree.file("upper/mailsec/policies/" + name, policy_with(text), 0640, 0, 33);
    }
    void convert() {
        convert_policies(fixture.storage, fixture.request(), fixture.log);
    }
};

TEST(PolicyConversionOfATree, rewrites_policies_and_copies_everything_else) {
    policy("a.xml", "word\n");
    tree.file("upper/mailsec/policies/note.txt", policy_with("not a policy"));
    tree.file("upper/motd", "hello", 0604);
    tree.whiteout("upper/issue");
    tree.link("upper/localtime", "/usr/share/zoneinfo/UTC");
    tree.opaque("upper/skel");
    CHECK_EQUAL(0, chmod((tree / "upper").c_str(), 0751));
    convert();
    CHECK_EQUAL(0751U, tree.status("result").st_mode & 07777U);
    STRCMP_EQUAL("(none)", tree.look("result/.copying").c_str());
    CHECK_TRUE(read_policy_format_2(tree.look("result/mailsec/policies/a.xml")) ==
               read_policy_format_1(policy_with("word\n")));
    CHECK_EQUAL(0640U, tree.status("result/mailsec/policies/a.xml").st_mode & 07777U);
    CHECK_EQUAL(33U, tree.status("result/mailsec/policies/a.xml").st_gid);
    STRCMP_EQUAL(policy_with("not a policy").c_str(), tree.look("result/mailsec/policies/note.txt").c_str());
    STRCMP_EQUAL("hello", tree.look("result/motd").c_str());
    CHECK_EQUAL(0604U, tree.status("result/motd").st_mode & 07777U);
    STRCMP_EQUAL("(whiteout)", tree.look("result/issue").c_str());
    STRCMP_EQUAL("-> /usr/share/zoneinfo/UTC", tree.look("result/localtime").c_str());
    CHECK_TRUE(tree.has_attribute("result/skel", "trusted.overlay.opaque"));
}

TEST(PolicyConversionOfATree, does_nothing_to_a_configuration_without_policies) {
    tree.file("upper/motd", "hello");
    convert();
    STRCMP_EQUAL("hello", tree.look("result/motd").c_str());
    CHECK_TRUE(fixture.noted("policies: 0 converted, 0 already in format 2, 0 macros"));
}

TEST(PolicyConversionOfATree, leaves_format2_as_it_is) {
    const std::string text = convert_policy_1_to_2(policy_with("x")) + "<!-- mine -->\n";
    tree.file("upper/mailsec/policies/a.xml", text);
    convert();
    STRCMP_EQUAL(text.c_str(), tree.look("result/mailsec/policies/a.xml").c_str());
}

TEST(PolicyConversionOfATree, names_the_policy_it_cannot_convert) {
    tree.file("upper/mailsec/policies/bad.xml", "<policy format='1'");
    try {
        convert();
        FAIL("a broken policy was accepted");
    } catch (const ConversionFailed &error) {
        STRCMP_CONTAINS("/etc/mailsec/policies/bad.xml", error.what());
    }
}

TEST(PolicyConversionOfATree, carries_files_wherever_they_are) {
    policy("a.xml", "1$(FILE:/etc/acme/list one.txt)");
    policy("b.xml", "22$(FILE:/etc/image-list)$(FILE:/var/lib/lists/senders)");
    policy("c.xml", "333$(FILE:/var/log/shared)\n$(FILE:/usr/share/list)");
    tree.file("upper/acme/list one.txt", "1");
    tree.file("old/etc/image-list", "2", 0640, 0, 5);
    tree.file("old-var/lib/lists/senders", "3", 0600, 104, 104);
    tree.attribute("old-var/lib/lists/senders", "user.note", "x");
    tree.attribute("old-var/lib/lists/senders", "system.posix_acl_access", readable_by(104));
    tree.file("old/usr/share/update-control/shared-places", "# shared\nlog /var/log\n");
    tree.file("old/usr/share/list", "4");
    tree.file("new/usr/share/list", "4");
    tree.file("old/etc/passwd", "f:x:104:104::/:/b\n");
    tree.file("new/etc/passwd", "f:x:109:109::/:/b\n");
    convert();
    STRCMP_EQUAL("1", tree.look("result/acme/list one.txt").c_str());
    STRCMP_EQUAL("2", tree.look("result/image-list").c_str());
    CHECK_EQUAL(5U, tree.status("result/image-list").st_gid);
    STRCMP_EQUAL("3", tree.look("new-var/lib/lists/senders").c_str());
    CHECK_EQUAL(0444U, tree.status("new-var/lib/lists/senders").st_mode & 07777U);
    CHECK_EQUAL(109U, tree.status("new-var/lib/lists/senders").st_uid);
    CHECK_TRUE(tree.has_attribute("new-var/lib/lists/senders", "user.note"));
    CHECK_TRUE(readable_by(109) ==
               read_attributes(tree / "new-var/lib/lists/senders").extended["system.posix_acl_access"]);
    STRCMP_EQUAL("(none)", tree.look("new-var/log").c_str());
    CHECK_TRUE(fixture.noted("5 macros; files named by them: 3 there already, 2 copied, 0 not carried"));
}

TEST(PolicyConversionOfATree, gives_files_their_owners_also_beside_accounts_of_the_administrator) {
    policy("a.xml", "$(FILE:/var/lists/x)");
    tree.file("old-var/lists/x", "1", 0600, 104, 0);
    tree.file("old/etc/passwd", "f:x:104:104::/:/b\n");
    tree.file("new/etc/passwd", "f:x:109:109::/:/b\n");
    tree.file("upper/passwd",
              "f:x:109:109::/:/b\nbob:x:1000:1000::/:/b\n"); // as the conversion of /etc makes it
    convert();
    CHECK_EQUAL(109U, tree.status("new-var/lists/x").st_uid);
}

TEST(PolicyConversionOfATree, carries_the_links_on_the_way_to_a_file) {
    policy("a.xml", "$(FILE:/etc/lists/now)");
    policy("b.xml", "$(FILE:/var/lib/link/x)");
    tree.link("old/etc/lists/now", "../../var/lib/lists/now");
    tree.link("old-var/lib/lists/now", "today.txt");
    tree.file("old-var/lib/lists/today.txt", "1");
    tree.link("old-var/lib/link", "/var/lib/lists2");
    tree.file("old-var/lib/lists2/x", "2");
    convert();
    STRCMP_EQUAL("-> ../../var/lib/lists/now", tree.look("result/lists/now").c_str());
    STRCMP_EQUAL("-> today.txt", tree.look("new-var/lib/lists/now").c_str());
    STRCMP_EQUAL("1", tree.look("new-var/lib/lists/today.txt").c_str());
    STRCMP_EQUAL("-> /var/lib/lists2", tree.look("new-var/lib/link").c_str());
    STRCMP_EQUAL("2", tree.look("new-var/lib/lists2/x").c_str());
}

TEST(PolicyConversionOfATree, warns_of_what_it_cannot_carry) {
    struct Case {
        const char *path;
        const char *warning;
    };
    const Case cases[] = {
        {"/etc/missing",
         "warning: /etc/missing, read by the policy /etc/mailsec/policies/a.xml, was missing before"},
        {"/srv/list", "belongs to the old image"},
        {"/run/list", "is gone with every restart"},
        {"list", "is not absolute"},
        {"/etc/../../../etc/shadow", "no macro path"},
        {"/etc/loop", "too many symbolic links"},
        {"/etc/folder", "is no regular file"},
        {"/etc/removed", "was missing before"},
        {"/etc/file/below", "/etc/file is no directory"},
    };
    for (const Case &row : cases) {
        ConversionFixture one;
        one.tree.file("upper/mailsec/policies/a.xml", policy_with("$(FILE:" + std::string(row.path) + ")"));
        one.tree.file("old/srv/list", "x");
        one.tree.file("old/etc/removed", "x");
        one.tree.file("new/etc/removed", "x");
        one.tree.whiteout("upper/removed");
        one.tree.link("upper/loop", "loop");
        one.tree.directory("upper/folder");
        one.tree.file("upper/file", "x");
        convert_policies(one.storage, one.request(), one.log);
        CHECK_TRUE_TEXT(one.noted(row.warning), row.path);
        CHECK_TRUE_TEXT(one.noted("1 not carried"), row.path);
    }
}

TEST(PolicyConversionOfATree, of_a_snapshot_says_nothing_of_what_no_snapshot_holds) {
    struct Case {
        const char *path;
        const char *told; ///< nullptr: nothing
        bool warns;
    };
    const Case cases[] = {
        {"/usr/share/list", nullptr, false},
        {"/opt/list", "/opt/list is outside of /etc, so no snapshot holds it", true},
        {"/var/lib/elsewhere/list", "/var/lib/elsewhere/list stays as it is here", false},
        {"/var/lib/lists/gone", "was missing before", true},
        {"/etc/gone", "was missing before", true},
    };
    for (const Case &row : cases) {
        ConversionFixture one;
        one.tree.file("upper/mailsec/policies/a.xml", policy_with("$(FILE:" + std::string(row.path) + ")"));
        one.tree.directory("old/usr/share/update-control");
        one.tree.directory("old-var/lib/lists");
        one.tree.file("new/usr/share/list", "x");
        one.tree.file("new/usr/share/update-control/snapshot-places", "/var/lib/lists\n");
        ConversionRequest request = one.request();
        request.only_settings = true;
        convert_policies(one.storage, request, one.log);
        CHECK_TRUE_TEXT(row.told == nullptr || one.noted(row.told), row.path);
        CHECK_EQUAL_TEXT(row.warns, one.noted("warning: "), row.path);
    }
}

TEST(PolicyConversionOfATree, never_follows_a_link_out_of_the_old_system) {
    // /etc/hostname exists on the machine that converts, but not in the old system.
    tree.link("upper/up", "../../../../../../../../../../../../etc/hostname");
    tree.link("old-var/outside", tree / "secret");
    tree.file("secret", "not of the old system");
    policy("a.xml", "$(FILE:/etc/up)$(FILE:/var/outside)");
    convert();
    STRCMP_EQUAL("(none)", tree.look("result/hostname").c_str());
    STRCMP_EQUAL("-> ", tree.look("new-var/outside").substr(0, 3).c_str());
    CHECK_TRUE(fixture.noted("2 not carried"));
}

TEST(PolicyConversionOfATree, never_writes_through_a_link_of_the_new_system) {
    policy("a.xml", "$(FILE:/var/lists/x)");
    tree.file("old-var/lists/x", "1");
    tree.directory("elsewhere");
    tree.link("new-var/lists", tree / "elsewhere");
    CHECK_THROWS(ConversionFailed, convert());
    STRCMP_EQUAL("(none)", tree.look("elsewhere/x").c_str());
}

TEST(PolicyConversionOfATree, prefers_the_administrators_file_in_var) {
    policy("a.xml", "$(FILE:/var/changed)$(FILE:/var/as-shipped)");
    tree.file("old/var/changed", "1");
    tree.file("old-var/changed", "mine");
    tree.file("new-var/changed", "2");
    tree.file("old/var/as-shipped", "1");
    tree.file("old-var/as-shipped", "1");
    tree.file("new-var/as-shipped", "2");
    convert();
    STRCMP_EQUAL("mine", tree.look("new-var/changed").c_str());
    STRCMP_EQUAL("2", tree.look("new-var/as-shipped").c_str());
}
