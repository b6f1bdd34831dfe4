// Work of a request that must not take too long.
#include "updater/agent/time_limit.hpp"

#include <future>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

using namespace updater::agent;

TEST_GROUP(TimeLimit){};

TEST(TimeLimit, is_not_felt_by_work_that_ends_before) {
    bool stopped = true;
    within(std::chrono::hours(1), [&](const std::stop_token &stop) { stopped = stop.stop_requested(); });
    CHECK_FALSE(stopped);
}

TEST(TimeLimit, stops_work_that_goes_on_and_lets_its_exception_through) {
    CHECK_THROWS(std::runtime_error, within(std::chrono::milliseconds(0), [](const std::stop_token &stop) {
                     std::promise<void> told;
                     const std::stop_callback on_stop(stop, [&told] { told.set_value(); });
                     told.get_future().wait();
                     throw std::runtime_error("stopped");
                 }));
}
