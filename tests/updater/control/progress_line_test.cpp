// How a running job looks in one line.
#include "updater/control/progress_line.hpp"

#include <chrono>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;
using nlohmann::json;

namespace {

json state(int phase, const char *name, int percent, const char *step) {
    return {{"phase", phase}, {"phase_name", name}, {"percent", percent}, {"step", step}};
}

} // namespace

TEST_GROUP(ProgressLine){};

TEST(ProgressLine, the_line_shows_less_on_a_narrower_terminal) {
    const json install = state(2, "install the new OS", 37, "writing");
    const struct {
        std::size_t columns;
        const char *line;
    } cases[] = {
        {100, "phase 2 of 10 install the new OS [##############..........................]  37 % writing"},
        {80, "phase 2 of 10 install the new OS [###########....................]  37 % writing"},
        {60, "phase 2 of 10 install the new OS [####.......]  37 % writing"},
        {53, "phase 2 of 10 install the new OS [####........]  37 %"},
        {45, "phase 2 of 10 install the new OS  37 %"},
        {38, "phase 2 of 10 install the new OS  37 %"},
        {30, "phase 2 of 10 install...  37 %"},
        {20, "2/10  37 %"},
        {10, "2/10  37 %"},
        {4, "2..."},
        {1, "2"},
    };
    for (const auto &row : cases)
        STRCMP_EQUAL(row.line, progress_line(install, row.columns).c_str());
}

TEST(ProgressLine, says_when_the_job_ends_or_mail_flows_again_where_there_is_room) {
    json install = state(2, "install the new OS", 37, "writing");
    install["expected_end"] = "2026-11-21T03:25:04+00:00";
    STRCMP_EQUAL(
        "phase 2 of 10 install the new OS [##########..................]  37 % (end about 03:25) writing",
        progress_line(install, 95).c_str());
    STRCMP_EQUAL("phase 2 of 10 install the new OS  37 %", progress_line(install, 45).c_str());
    STRCMP_EQUAL("phase 2 of 10 install the new OS: 37 % writing (end about 03:25)",
                 percent_line(install).c_str());
    install["mail"] = "stopped";
    install["expected_mail_start"] = "2026-11-21T03:24:04+00:00";
    STRCMP_EQUAL("phase 2 of 10 install the new OS: 37 % writing (mail about 03:24)",
                 percent_line(install).c_str());
    for (const char *odd : {"", "soon", "2026"}) {
        install["expected_mail_start"] = odd;
        install["expected_end"] = odd;
        STRCMP_EQUAL("phase 2 of 10 install the new OS: 37 % writing", percent_line(install).c_str());
    }
}

TEST(ProgressLine, it_is_never_wider_than_asked_for) {
    for (const char *step :
         {"", "short", "a very long step that tells much more than there is room for in a line",
          "größere Schritte € € € €"})
        for (const int percent : {-5, 0, 9, 99, 100, 250})
            for (std::size_t columns = 1; columns <= 200; ++columns) {
                const std::string line =
                    progress_line(state(4, "prepare the message store migration", percent, step), columns);
                CHECK(width_of(line) <= columns);
                CHECK(!line.empty());
            }
}

TEST(ProgressLine, the_bar_is_empty_at_0_and_full_at_100) {
    STRCMP_EQUAL("phase 9 of 10 clean up [........................................]   0 %",
                 progress_line(state(9, "clean up", 0, ""), 80).c_str());
    STRCMP_EQUAL("phase 9 of 10 clean up [########################################] 100 %",
                 progress_line(state(9, "clean up", 100, ""), 80).c_str());
}

TEST(ProgressLine, before_the_first_phase_there_is_none) {
    STRCMP_EQUAL("", progress_line(json{{"phase", nullptr}}, 80).c_str());
}

TEST(ProgressLine, a_plain_percent_line_is_a_whole_sentence) {
    STRCMP_EQUAL("phase 2 of 10 install the new OS: 37 % writing",
                 percent_line(state(2, "install the new OS", 37, "writing")).c_str());
    STRCMP_EQUAL("phase 2 of 10 install the new OS: 37 %",
                 percent_line(state(2, "install the new OS", 37, "")).c_str());
}

TEST(ProgressLine, an_event_looks_as_it_does_in_the_log) {
    const json event = {{"sequence", 3},   {"time", "2026-11-21T03:00:04+00:00"},
                        {"phase", 9},      {"phase_name", "clean up"},
                        {"level", "info"}, {"text", "done in 0.2 s"}};
    STRCMP_EQUAL("2026-11-21T03:00:04+00:00 phase 9 clean up: info: done in 0.2 s",
                 event_line(event).c_str());
    CHECK(ends_a_phase(event));
    json outside = event;
    outside["phase"] = 0;
    STRCMP_EQUAL("2026-11-21T03:00:04+00:00 job: info: done in 0.2 s", event_line(outside).c_str());
    CHECK_FALSE(ends_a_phase(outside));
}

TEST(ProgressLine, percent_lines_come_after_10_percent_or_10_seconds) {
    PercentLines lines;
    const auto start = std::chrono::steady_clock::now();
    const struct {
        int second, phase, percent;
        bool due;
    } looks[] = {{0, 1, 0, false},   {1, 1, 9, false},   {2, 1, 10, true},    {3, 1, 12, false},
                 {11, 1, 12, false}, {12, 1, 12, true},  {13, 1, 13, false},  {60, 1, 13, true},
                 {61, 1, 60, true},  {61, 1, 69, false}, {62, 2, 0, false},   {63, 2, 5, false},
                 {72, 2, 6, true},   {73, 2, 100, true}, {99, 2, 100, false}, {100, 0, 50, false}};
    for (const auto &look : looks)
        CHECK_EQUAL_TEXT(
            look.due,
            lines.due(state(look.phase, "p", look.percent, ""), start + std::chrono::seconds(look.second)),
            ("at second " + std::to_string(look.second)).c_str());
}
