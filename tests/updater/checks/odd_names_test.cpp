// Names with bytes that no terminal shows.
#include "tests/support/fake_storage.hpp"
#include "updater/checks/odd_names.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::checks;

TEST_GROUP(OddNames) {
    partitions_test::FakeStorage storage;

    Finding found() {
        Findings findings;
        check_names_in_etc(storage, "/upper", findings);
        STRCMP_EQUAL("names in /etc", findings.all().at(0).check.c_str());
        return findings.all().at(0);
    }
};

TEST(OddNames, are_none_among_names_that_can_be_shown) {
    for (const char *name :
         {"hosts", "opt/mail notice.txt", "opt/Grüße", "opt/100%", "opt/$(date)", "opt/'\"`"})
        storage.put_file(std::filesystem::path("/upper") / name, "");
    const Finding finding = found();
    CHECK(finding.verdict == Verdict::pass);
    STRCMP_CONTAINS("7 files and folders of /etc are this appliance's own", finding.text.c_str());
}

TEST(OddNames, are_none_where_nothing_was_changed) {
    CHECK(found().verdict == Verdict::pass);
}

TEST(OddNames, are_shown_byte_by_byte_and_do_not_break_the_line) {
    storage.put_file("/upper/a\nb", "");
    storage.put_file("/upper/d\xff/e\x1b[2J", "");
    const Finding finding = found();
    CHECK(finding.verdict == Verdict::notice);
    STRCMP_CONTAINS("/etc/a\\012b, /etc/d\\377, /etc/d\\377/e\\033[2J", finding.text.c_str());
}

TEST(OddNames, are_named_up_to_a_bound) {
    for (int index = 0; index < 9; ++index)
        storage.put_file("/upper/\t" + std::to_string(index), "");
    STRCMP_CONTAINS("/etc/\\0114 and 4 more", found().text.c_str());
}

TEST(OddNames, have_one_spelling_each) {
    STRCMP_EQUAL("/etc/a b", visible_path("/etc/a b").c_str());
    STRCMP_EQUAL("/etc/a\\134012", visible_path("/etc/a\\012\x7f").substr(0, 13).c_str());
}
