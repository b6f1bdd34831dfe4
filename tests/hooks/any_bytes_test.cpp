// Names and passwords with any bytes go through a conversion of /etc as they are.
#include "hooks/etc/etc_conversion.hpp"

#include "tests/hooks/conversion_fixture.hpp"
#include "tests/support/file_contents.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

TEST_GROUP(AnyBytes) {
    ConversionFixture fixture;

    std::string converted(const std::string &name) {
        return test_files::read_file(fixture.tree / ("result/" + name));
    }
};

TEST(AnyBytes, of_a_name_are_carried) {
    const std::string names[] = {"\xff\xfe",
                                 "line\nbreak",
                                 "-rf",
                                 "a b",
                                 "%n%s",
                                 "$(reboot)",
                                 "`x`",
                                 "'\"",
                                 "\x1b[2J",
                                 "Gr\xc3\xbc\xc3\x9f"
                                 "e",
                                 "*",
                                 "\\012",
                                 ";",
                                 "~"};
    for (const std::string &name : names)
        fixture.tree.file("upper/opt/" + name, "of " + name);
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    for (const std::string &name : names)
        STRCMP_EQUAL(("of " + name).c_str(), converted("opt/" + name).c_str());
}

TEST(AnyBytes, of_a_name_do_not_break_a_line_of_the_log) {
    fixture.tree.file("old/etc/line\nbreak", "old");
    fixture.tree.file("upper/line\nbreak", "mine");
    fixture.tree.file("new/etc/line\nbreak", "new");
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    CHECK(fixture.noted("conflict /etc/line\\012break: "));
    STRCMP_EQUAL("mine", converted("line\nbreak").c_str());
}

TEST(AnyBytes, of_a_password_are_carried_and_merged) {
    std::string password;
    for (int byte = 1; byte < 256; ++byte)
        if (byte != '\n' && byte != '\r')
            password += static_cast<char>(byte);
    fixture.tree.file("upper/opt/secret", password);
    // Its first byte may not be a blank or a comment, as in any file of this kind.
    const std::string value = "x%s$$'\"\\&|;(){}<>!~^=:,#" + std::string("\xff\xfe\x7f") + "x";
    fixture.tree.file("old/etc/postfix/main.cf", "banner = old\nkeep = 1\nmiddle = 1\npassword = p\n");
    fixture.tree.file("upper/postfix/main.cf",
                      "banner = old\nkeep = 1\nmiddle = 1\npassword = " + value + "\n");
    fixture.tree.file("new/etc/postfix/main.cf", "banner = new\nkeep = 1\nmiddle = 1\npassword = p\n");
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    STRCMP_EQUAL(password.c_str(), converted("opt/secret").c_str());
    STRCMP_EQUAL(("banner = new\nkeep = 1\nmiddle = 1\npassword = " + value + "\n").c_str(),
                 converted("postfix/main.cf").c_str());
    CHECK_FALSE(fixture.noted(value));
}
