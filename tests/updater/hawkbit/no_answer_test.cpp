// What is told, and with which exit code, when the running service gives no answer.
#include "updater/hawkbit/no_answer.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::hawkbit;

TEST_GROUP(NoAnswer){};

TEST(NoAnswer, of_a_service_that_says_no_is_no_question_whether_it_runs) {
    const struct {
        const char *error_name;
        int exit_code;
        const char *advice;
    } cases[] = {
        {"org.freedesktop.DBus.Error.AccessDenied", 1, "Only root may do that.\n"},
        {"org.updatecontrol.Error.NotPossible", 1, ""},
        {"org.updatecontrol.Error.Failed", 1, ""},
        {"org.freedesktop.DBus.Error.ServiceUnknown", 7,
         "Does the service run? See: systemctl status update-hawkbit\n"},
        {"System.Error.2", 7, "Does the service run? See: systemctl status update-hawkbit\n"},
        {"", 7, "Does the service run? See: systemctl status update-hawkbit\n"},
    };
    for (const auto &row : cases) {
        const NoAnswer told = what_no_answer_means(row.error_name);
        LONGS_EQUAL_TEXT(row.exit_code, told.exit_code, row.error_name);
        STRCMP_EQUAL_TEXT(row.advice, told.advice.c_str(), row.error_name);
    }
}
