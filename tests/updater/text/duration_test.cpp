// Lengths of time as reports, logs and questions say them.
#include "updater/text/duration.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using std::chrono::milliseconds;

namespace {

struct Duration {
    long milliseconds;
    const char *text;
};

} // namespace

TEST_GROUP(DurationText){};

TEST(DurationText, is_exact_to_the_second_below_an_hour) {
    for (const Duration &row : {Duration{0, "0 s"},
                                {1'499, "1 s"},
                                {59'000, "59 s"},
                                {59'600, "1 min 0 s"},
                                {125'000, "2 min 5 s"},
                                {3'599'000, "59 min 59 s"},
                                {3'780'000, "1 h 3 min"}})
        STRCMP_EQUAL(row.text, text::duration_text(milliseconds(row.milliseconds)).c_str());
}

TEST(DurationText, is_rough_where_people_are_asked) {
    for (const Duration &row : {Duration{0, "less than a minute"},
                                {44'999, "less than a minute"},
                                {45'000, "1 minute"},
                                {89'000, "1 minute"},
                                {230'000, "4 minutes"},
                                {4'200'000, "1 h 10 min"}})
        STRCMP_EQUAL(row.text, text::rough_duration_text(milliseconds(row.milliseconds)).c_str());
}
