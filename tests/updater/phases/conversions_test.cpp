// What a conversion program writes, as it gets into the log.
#include "tests/support/fake_hook_runner.hpp"
#include "updater/phases/conversions.hpp"

#include <string>
#include <utility>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;
using job::Severity;

TEST_GROUP(ConversionLines) {
    updater_test::FakeHookRunner programs;
    partitions::Layout layout;
    Conversions conversions{programs, layout, std::chrono::seconds(60)};
    job::JobFacts facts;
    std::vector<std::pair<Severity, std::string>> lines;

    /// What is in the log of a conversion whose program writes this line.
    std::pair<Severity, std::string> logged(const std::string &line) {
        const firmware::Conversion conversion{
            .name = "etc", .kind = {}, .program = "etc-program", .from = "1", .to = "2"};
        programs.install(layout.hooks / "etc-program", {.standard_error = {line}, .effect = nullptr});
        lines.clear();
        job::PhaseRun run{
            .facts = facts,
            .save_facts = [] {},
            .progress = [](int, std::string_view) {},
            .log = [this](Severity severity, std::string_view text) { lines.emplace_back(severity, text); },
            .stop = {}};
        conversions.convert(conversion, "/source", "/target", {}, run, {0, 100});
        return lines.back();
    }
};

TEST(ConversionLines, are_logged_at_the_level_that_their_first_word_says) {
    const struct {
        const char *line;
        Severity severity;
        const char *text;
    } cases[] = {
        {"12 files are carried", Severity::info, "etc: 12 files are carried"},
        {"warning: /etc/x is not carried", Severity::warning, "etc: /etc/x is not carried"},
        {"warning:/etc/x is not carried", Severity::warning, "etc: /etc/x is not carried"},
        {"warning:", Severity::warning, "etc: "},
        {"debug: consider running vacuumdb", Severity::debug, "etc: consider running vacuumdb"},
        {"no warning: all is well", Severity::info, "etc: no warning: all is well"},
        {"WARNING: as another program says it", Severity::info, "etc: WARNING: as another program says it"}};
    for (const auto &row : cases) {
        const auto [severity, text] = logged(row.line);
        CHECK_TRUE_TEXT(severity == row.severity, row.line);
        STRCMP_EQUAL(row.text, text.c_str());
    }
}
