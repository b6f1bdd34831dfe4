// How often callers are answered that may change nothing.
#include "tests/support/served_agent.hpp"
#include "tests/updater/bus/bus_call.hpp"
#include "updater/bus/caller_limit.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::bus;

TEST_GROUP(CallerLimit) {
    std::chrono::steady_clock::time_point now{};
    CallerLimit limit{[this] { return now; }};

    int answers_of(uid_t user, int questions) {
        int answers = 0;
        for (; questions > 0; --questions)
            answers += limit.allows(user) ? 1 : 0;
        return answers;
    }
};

TEST(CallerLimit, answers_some_at_once_and_others_as_time_goes_on) {
    CHECK_EQUAL(60, answers_of(1000, 10'000));
    CHECK_EQUAL(60, answers_of(1001, 100));
    now += std::chrono::seconds(1);
    CHECK_EQUAL(30, answers_of(1000, 100));
    now += std::chrono::hours(1);
    CHECK_EQUAL(60, answers_of(1000, 100));
}

TEST(CallerLimit, keeps_answering_many_followers) {
    for (int half_second = 0; half_second < 1000; ++half_second) {
        CHECK_EQUAL(10, answers_of(1000, 10)); // five followers
        now += std::chrono::milliseconds(500);
    }
}

TEST(CallerLimit, remembers_no_more_users_than_it_has_room_for) {
    for (uid_t user = 0; user < 10'000; ++user) {
        now += std::chrono::milliseconds(1);
        CHECK_EQUAL(60, answers_of(user, 60));
    }
    CHECK_EQUAL(0, answers_of(9'999, 1));
}

TEST_GROUP(BusServiceAsked) {
    PrivateBus bus;
    ServedAgent served{bus};
};

TEST(BusServiceAsked, too_often_still_accepts_a_cancel_and_answers_root) {
    const BusConnection anybody = bus.connect_as("nobody");
    std::string error;
    for (const char *method : {"GetState", "GetFirmware", "Cancel"}) {
        error.clear();
        for (int question = 0; question < 500; ++question)
            if (const Reply reply = call(anybody.get(), method); !reply.error.empty())
                error = reply.error;
        STRCMP_EQUAL_TEXT(SD_BUS_ERROR_LIMITS_EXCEEDED, error.c_str(), method);
    }
    const BusConnection root = bus.connect();
    STRCMP_EQUAL("org.updatecontrol.Error.NotPossible", call(root.get(), "Cancel").error.c_str());
    for (int question = 0; question < 200; ++question)
        STRCMP_EQUAL("", call(root.get(), "GetState").error.c_str());
}
