// A hook's output is split into lines of bounded length, and progress lines are parsed.
#include "hooks/runner/line_reader.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::runner;

namespace {

std::vector<std::string> lines_of(const std::vector<std::string> &pieces) {
    std::vector<std::string> lines;
    LineReader reader([&](std::string_view line) { lines.emplace_back(line); });
    for (const std::string &piece : pieces)
        reader.add(piece);
    reader.finish();
    return lines;
}

} // namespace

TEST_GROUP(HookOutput){};

TEST(HookOutput, lines_are_whole_however_they_arrive) {
    CHECK((lines_of({"one\ntwo\n"}) == std::vector<std::string>{"one", "two"}));
    CHECK((lines_of({"o", "ne\nt", "", "wo"}) == std::vector<std::string>{"one", "two"}));
    CHECK((lines_of({"\n\nx\n"}) == std::vector<std::string>{"", "", "x"}));
    CHECK(lines_of({}).empty());
}

TEST(HookOutput, an_endless_line_is_cut_and_the_next_one_is_whole) {
    const auto lines = lines_of({std::string(3 * max_line_bytes, 'a'), "\nnext\n"});
    LONGS_EQUAL(2, lines.size());
    LONGS_EQUAL(max_line_bytes, lines[0].size());
    CHECK(lines[1] == "next");
}

TEST(HookOutput, control_characters_cannot_reach_terminals_and_logs) {
    CHECK((lines_of({"a\x1b[31mb\rc\td\x7f\n"}) == std::vector<std::string>{"a?[31mb?c\td?"}));
}

TEST(HookOutput, a_line_that_makes_its_reader_throw_does_not_come_again) {
    int calls = 0;
    LineReader reader([&](std::string_view) {
        if (++calls == 1)
            throw std::runtime_error("no");
    });
    CHECK_THROWS(std::runtime_error, reader.add("one\n"));
    reader.finish();
    LONGS_EQUAL(1, calls);
}

TEST(HookOutput, progress_is_a_percentage_and_a_text) {
    struct Case {
        const char *line;
        std::optional<ProgressLine> progress;
    };
    const std::vector<Case> cases = {
        {"progress 0 begins", ProgressLine{0, "begins"}},
        {"progress 100 all tables", ProgressLine{100, "all tables"}},
        {"progress 7", ProgressLine{7, ""}},
        {"progress 101 too much", std::nullopt},
        {"progress -1 too little", std::nullopt},
        {"progress 5% text", std::nullopt},
        {"progress much", std::nullopt},
        {"in progress 5", std::nullopt},
        {"progress", std::nullopt},
        {"", std::nullopt},
    };
    for (const Case &one : cases)
        CHECK_TEXT(parse_progress(one.line) == one.progress, one.line);
}
