// The lookup of words, in both directions.
#include "updater/text/word_table.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;

namespace {

enum class Colour { red, green, grey };

constexpr auto colour_words =
    std::to_array<text::Word<Colour>>({{Colour::red, "red"}, {Colour::green, "green"}});

} // namespace

TEST_GROUP(WordTable){};

TEST(WordTable, gives_the_word_of_a_value_and_the_value_of_a_word) {
    CHECK(text::word_of(colour_words, Colour::green) == "green");
    CHECK(text::value_of(colour_words, "red") == Colour::red);
}

TEST(WordTable, knows_no_value_of_an_unknown_word) {
    for (const char *word : {"", "re", "redd", "RED"})
        CHECK_FALSE(text::value_of(colour_words, word).has_value());
}

TEST(WordTable, refuses_a_value_without_a_word) {
    CHECK_THROWS(std::logic_error, text::word_of(colour_words, Colour::grey));
}
