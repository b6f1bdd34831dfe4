// Text from outside becomes lines that fit, and nothing in it moves the cursor.
#include "updater/wizard/text_lines.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater::wizard;

namespace {

std::string joined_lines(const std::vector<std::string> &lines) {
    std::string text;
    for (const std::string &line : lines)
        text += line + "|";
    return text;
}

} // namespace

TEST_GROUP(TextLines){};

TEST(TextLines, are_broken_between_words) {
    const struct {
        const char *text;
        std::size_t columns;
        std::size_t indent;
        const char *lines;
    } cases[] = {
        {"", 10, 0, ""},
        {"short", 10, 0, "short|"},
        {"two\n\nlines", 10, 0, "two||lines|"},
        {"one two three", 7, 0, "one two|three|"},
        {"one two three", 8, 0, "one two|three|"},
        {"abcdefghij", 4, 0, "abcd|efgh|ij|"},
        {"PASS  version is new", 10, 2, "PASS|  version|  is new|"},
        {"  abcdefghij", 6, 2, "  abcd|  efgh|  ij|"},
        {"über öfter", 5, 0, "über|öfter|"},
        {"one two     ", 7, 0, "one two|"},
        {"wide", 0, 3, "wide|"},
    };
    for (const auto &row : cases)
        STRCMP_EQUAL_TEXT(row.lines, joined_lines(lines_of(row.text, row.columns, row.indent)).c_str(),
                          row.text);
}

TEST(TextLines, hold_no_control_characters) {
    STRCMP_EQUAL("a[2Jb c|d|", joined_lines(lines_of("a\x1b[2J\x07\x7f"
                                                     "b\tc\r\nd",
                                                     20))
                                   .c_str());
    STRCMP_EQUAL("2Jé", without_controls("\xc2\x9b"
                                         "2Jé")
                            .c_str());
    STRCMP_EQUAL("", without_controls(std::string_view("\0\x01", 2)).c_str());
}

TEST(TextLines, have_a_bound) {
    const auto lines = lines_of(std::string(2 * max_shown_bytes, 'x'), 64);
    LONGS_EQUAL(max_shown_bytes / 64 + 1, lines.size());
    STRCMP_EQUAL("(the rest is too long to be shown)", lines.back().c_str());
}
