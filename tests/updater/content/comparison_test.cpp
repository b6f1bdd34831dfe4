// Which versions of content an upgrade has to look into.
#include "updater/content/comparison.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::content;

TEST_GROUP(ContentComparison){};

TEST(ContentComparison, finds_what_is_older_changed_or_missing_and_nothing_else) {
    struct Case {
        SeenVersions seen;
        std::string expected; ///< of the differences
    };
    const Case cases[] = {
        {{{}, {}, {}}, ""},
        {{{{"words", "9"}}, Versions{{"words", "9"}}, {{"words", "9"}}}, ""},
        // The new image may bring newer ones, and new ones.
        {{{{"words", "9"}}, Versions{{"words", "10"}}, {{"words", "10"}}}, ""},
        {{{}, Versions{}, {{"words", "1"}}}, ""},
        {{{{"words", "9"}}, {}, {{"words", "10"}}}, "words is 10, was 9 when the new system started; "},
        {{{{"words", "10"}}, {}, {{"words", "9"}}}, "words is 9, was 10 before the upgrade; "},
        {{{{"words", "10"}}, Versions{{"words", "9"}}, {{"words", "9"}}},
         "words is 9, was 10 before the upgrade; "},
        {{{{"words", "9"}}, Versions{{"words", "10"}}, {{"words", "11"}}},
         "words is 11, was 10 when the new system started; "},
        {{{{"words", "9"}}, Versions{}, {}}, "words is missing, was 9; "},
        {{{{"a", "1"}, {"b", "1"}}, Versions{{"a", "1"}, {"b", "1"}}, {{"a", "2"}, {"b", "0"}}},
         "a is 2, was 1 when the new system started; b is 0, was 1 before the upgrade; "},
    };
    for (const auto &each : cases) {
        std::string text;
        for (const auto &difference : differences(each.seen))
            text += difference.name + " " + difference.text + "; ";
        STRCMP_EQUAL(each.expected.c_str(), text.c_str());
    }
}
