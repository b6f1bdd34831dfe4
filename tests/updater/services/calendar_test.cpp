// Which expressions systemd is not even asked about.
#include "updater/refusal.hpp"
#include "updater/services/calendar.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::services;

TEST_GROUP(Calendar){};

TEST(Calendar, takes_what_could_be_an_expression) {
    for (const std::string &expression :
         {std::string("Sun 03:00"), std::string("*-*-* 03:00:00 Europe/Berlin"), std::string("@1795000000"),
          std::string(max_calendar_bytes, '*')})
        check_calendar_expression(expression);
}

TEST(Calendar, lets_nothing_through_that_could_be_a_line_of_a_unit_of_its_own) {
    for (const std::string &expression :
         {std::string(), std::string("Sun\nUnit=reboot.service"), std::string("Sun\0", 4),
          std::string("Sun\x7f"), std::string("S\xc3\xb6n"), std::string(max_calendar_bytes + 1, '*')})
        CHECK_THROWS(Refused, check_calendar_expression(expression));
}
