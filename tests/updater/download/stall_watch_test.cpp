// When a server counts as stalled.
#include "updater/download/stall_watch.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

TEST_GROUP(StallWatch) {
    const StallWatch::Time begin{};
    StallWatch watch{6000};

    void setup() override {
        watch.restart(begin);
    }
};

TEST(StallWatch, takes_only_enough_bytes_for_progress) {
    for (auto second = 1s; second < 100s; ++second) {
        CHECK_FALSE(watch.received(60, begin + second));
        CHECK_TRUE(watch.waiting(begin + second) == second);
    }
    CHECK_TRUE(watch.received(60, begin + 100s));
    CHECK_TRUE(watch.waiting(begin + 100s) == 0s);
    CHECK_FALSE(watch.received(5999, begin + 101s));
    CHECK_TRUE(watch.received(1, begin + 102s));
}

TEST(StallWatch, restarts_when_something_else_is_waited_for) {
    CHECK_FALSE(watch.received(5999, begin + 1s));
    watch.restart(begin + 2s);
    CHECK_FALSE(watch.received(5999, begin + 3s));
    CHECK_TRUE(watch.waiting(begin + 3s) == 1s);
}

TEST(StallWatch, does_not_count_the_time_of_others) {
    watch.not_waited(20s);
    CHECK_TRUE(watch.waiting(begin + 30s) == 10s);
}
