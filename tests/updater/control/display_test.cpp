// What is written while a job is followed, byte by byte.
#include "updater/control/display.hpp"

#include <chrono>
#include <sstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;
using nlohmann::json;

namespace {

std::size_t forty() {
    return 40;
}

json event(int phase, const char *level, const char *text) {
    return {{"time", "T"}, {"phase", phase}, {"phase_name", "clean up"}, {"level", level}, {"text", text}};
}

const json some_events = {
    {"format", 1},
    {"events", {event(9, "info", "begins"), event(9, "warning", "slow"), event(9, "info", "done in 0.1 s")}}};

json state(int percent) {
    return {{"phase", 9}, {"phase_name", "clean up"}, {"percent", percent}, {"step", ""}};
}

const auto moment = std::chrono::steady_clock::now();

} // namespace

TEST_GROUP(Display) {
    std::ostringstream output;
};

TEST(Display, a_plain_output_gets_every_event_and_a_percent_line_now_and_then) {
    Display display(output, DisplayMode::plain, forty);
    display.events(some_events.dump(), some_events);
    for (const int percent : {0, 5, 10, 15, 20})
        display.progress(state(percent), moment);
    display.text("the end\n");
    display.document("{}");
    STRCMP_EQUAL("T phase 9 clean up: info: begins\n"
                 "T phase 9 clean up: warning: slow\n"
                 "T phase 9 clean up: info: done in 0.1 s\n"
                 "phase 9 of 10 clean up: 10 %\n"
                 "phase 9 of 10 clean up: 20 %\n"
                 "the end\n",
                 output.str().c_str());
}

TEST(Display, a_terminal_gets_one_line_that_is_redrawn_below_what_matters) {
    Display display(output, DisplayMode::terminal, forty);
    display.progress(state(0), moment);
    display.progress(state(0), moment); // nothing new, nothing written
    display.events(some_events.dump(), some_events);
    display.progress(state(100), moment);
    display.text("the end\n");
    const std::string blanks(39, ' ');
    const std::string expected = "\rphase 9 of 10 clean up [........]   0 %\r";
    CHECK(output.str().find("begins") == std::string::npos);
    const std::string text = output.str();
    STRCMP_EQUAL("\rphase 9 of 10 clean up   0 %\r"
                 "\r                            \r"
                 "T phase 9 clean up: warning: slow\n"
                 "T phase 9 clean up: info: done in 0.1 s\n"
                 "\rphase 9 of 10 clean up 100 %\r"
                 "\r                            \r"
                 "the end\n",
                 text.c_str());
}

TEST(Display, a_shorter_line_leaves_nothing_of_the_longer_one) {
    Display display(output, DisplayMode::terminal, forty);
    json with_step = state(0);
    with_step["step"] = "removing";
    display.progress(with_step, moment);
    display.progress(state(0), moment);
    STRCMP_EQUAL("\rphase 9 of 10 clean up   0 % removing\r"
                 "\rphase 9 of 10 clean up   0 %         \r",
                 output.str().c_str());
}

TEST(Display, json_is_the_agents_documents_and_nothing_else) {
    Display display(output, DisplayMode::json_documents, forty);
    display.text("for people");
    display.progress(state(50), moment);
    const json none = {{"format", 1}, {"events", json::array()}};
    display.events(none.dump(), none);
    display.events(some_events.dump(), some_events);
    display.document("{\"format\":1}");
    STRCMP_EQUAL((some_events.dump() + "\n{\"format\":1}\n").c_str(), output.str().c_str());
}

TEST(Display, a_reader_that_is_gone_is_noticed) {
    output.setstate(std::ios::badbit);
    Display display(output, DisplayMode::plain, forty);
    CHECK_THROWS(OutputLost, display.text("x"));
}
