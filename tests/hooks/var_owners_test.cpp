// Files in /var belong to the same account names in the new system, whatever the numbers are there.
#include "hooks/access_list.hpp"
#include "hooks/etc/etc_conversion.hpp"
#include "tests/hooks/access_lists.hpp"
#include "tests/hooks/var_fixture.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;
using namespace hooks::var;

TEST_GROUP(VarOwners) {
    VarFixture fixture;
    const ScratchTree &tree = fixture.tree;
    std::string owners(const std::string &path) {
        const struct stat status = tree.status("new-var/" + path);
        return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
    }
    void convert() {
        fixture.copy_new_image();
        fixture.convert();
    }
};

TEST(VarOwners, are_translated_by_name) {
    // Two numbers are swapped; one account changes its number, one is removed, the administrator's own has
    // its line in the upper directory only, and 4321 has no name.
    tree.file("old/etc/passwd",
              "a:x:104:1::/:/b\nb:x:105:1::/:/b\nmoved:x:106:1::/:/b\ngone:x:107:1::/:/b\n");
    tree.file("new/etc/passwd", "a:x:105:1::/:/b\nb:x:104:1::/:/b\nmoved:x:999:1::/:/b\n");
    tree.file("upper/passwd", tree.look("new/etc/passwd") + "own:x:106:1::/:/b\n");
    tree.file("old/etc/group", "a:x:104:\nmail:x:8:\n");
    tree.file("new/etc/group", "a:x:204:\nmail:x:8:\n");
    tree.file("old-var/lib/a", "1", 0600, 104, 104);
    tree.file("old-var/lib/b", "1", 0600, 105, 8);
    tree.file("old-var/lib/moved", "1", 04700, 106, 4321);
    tree.file("old-var/lib/gone", "1", 0600, 107, 0);
    tree.file("old-var/lib/nobodys", "1", 0600, 4321, 4321);
    tree.file("old-var/lib/of-own", "1", 0600, 5000, 104);
    tree.directory("old-var/lib/folder");
    tree.link("old-var/lib/link", "a");
    CHECK_EQUAL(0, lchown((tree / "old-var/lib/link").c_str(), 104, 104));
    CHECK_EQUAL(0, lchown((tree / "old-var/lib/folder").c_str(), 104, 104));
    convert();
    STRCMP_EQUAL("105:204", owners("lib/a").c_str());
    STRCMP_EQUAL("104:8", owners("lib/b").c_str());
    STRCMP_EQUAL("999:4321", owners("lib/moved").c_str());
    CHECK_EQUAL(04700U, tree.status("new-var/lib/moved").st_mode & 07777U);
    STRCMP_EQUAL("107:0", owners("lib/gone").c_str());
    STRCMP_EQUAL("4321:4321", owners("lib/nobodys").c_str());
    STRCMP_EQUAL("5000:204", owners("lib/of-own").c_str());
    STRCMP_EQUAL("105:204", owners("lib/folder").c_str());
    STRCMP_EQUAL("105:204", owners("lib/link").c_str());
}

TEST(VarOwners, are_those_of_the_converted_configuration) {
    tree.file("old/etc/passwd", "root:x:0:0::/:/b\nmailer:x:104:1::/:/b\n");
    tree.file("upper/passwd", "root:x:0:0::/:/b\nmailer:x:104:1::/:/b\nbob:x:1000:1::/:/b\n");
    tree.file("new/etc/passwd", "root:x:0:0::/:/b\nmailer:x:204:1::/:/b\n");
    tree.file("old-var/mail/bob", "x", 0600, 1000, 0);
    tree.file("old-var/lib/mailer", "x", 0600, 104, 0);
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    ConversionRequest request = fixture.request();
    request.source = tree / "result";
    request.target = tree / "next";
    tree.directory("next");
    fixture.copy_new_image();
    convert_var(fixture.storage, request, fixture.log);
    STRCMP_EQUAL("1000:0", owners("mail/bob").c_str());
    STRCMP_EQUAL("204:0", owners("lib/mailer").c_str());
}

TEST(VarOwners, are_translated_in_access_lists) {
    tree.file("old/etc/passwd", "a:x:104:1::/:/b\n");
    tree.file("new/etc/passwd", "a:x:105:1::/:/b\n");
    tree.file("old/etc/group", "a:x:104:\n");
    tree.file("new/etc/group", "a:x:205:\n");
    tree.file("old-var/lib/x", "1", 0660);
    tree.attribute("old-var/lib/x", "system.posix_acl_access", readable_by(104, 104));
    tree.directory("old-var/lib/folder");
    tree.attribute("old-var/lib/folder", "system.posix_acl_default", readable_by(104, 4321));
    convert();
    CHECK_TRUE(readable_by(105, 205) == attribute_at(tree / "new-var/lib/x", "system.posix_acl_access"));
    CHECK_TRUE(readable_by(105, 4321) ==
               attribute_at(tree / "new-var/lib/folder", "system.posix_acl_default"));
}

TEST(VarOwners, stay_in_an_access_list_that_is_not_understood) {
    const OwnerTranslation owners("a:x:1:1::/:/b\n", "a:x:2:1::/:/b\n", "", "");
    for (const std::string &list :
         {std::string("\x02\0", 2), std::string("\x03\0\0\0\x02\0\x06\0\x01\0\0\0", 12),
          std::string("\x02\0\0\0\x02\0\x06\0\x01\0\0", 11), std::string()}) {
        std::map<std::string, std::string> extended{{"system.posix_acl_access", list}};
        translate_numbers_in_attributes(owners, extended);
        CHECK_TRUE(list == extended["system.posix_acl_access"]);
    }
}

TEST(VarOwners, whose_number_is_anothers_now_are_named) {
    tree.file("old/etc/passwd",
              "dkim:x:110:1::/:/b\nkept:x:111:1::/:/b\nrenamed:x:112:1::/:/b\nsame:x:112:1::/:/b\n");
    tree.file("new/etc/passwd", "other:x:110:1::/:/b\nkept:x:111:1::/:/b\nsame:x:112:1::/:/b\n");
    tree.file("old-var/lib/dkim/key", "1", 0600, 110, 0);
    tree.file("old-var/lib/kept", "1", 0600, 111, 0);
    tree.file("old-var/lib/same", "1", 0600, 112, 0);
    convert();
    CHECK_TRUE(
        fixture.noted("warning: user dkim is no more, its number 110 is that of other in the new system; "
                      "what it had in /var"));
    CHECK_FALSE(fixture.noted("kept is"));
    CHECK_FALSE(fixture.noted("same is"));
    CHECK_FALSE(fixture.noted("renamed is"));
}
