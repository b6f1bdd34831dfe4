// How long a system took to start.
#include "updater/agent/system_start.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::agent;
using namespace std::chrono_literals;

TEST_GROUP(SystemStart){};

TEST(SystemStart, of_a_machine_begins_with_its_kernel_and_counts_the_firmware_if_that_is_known) {
    const StartTimes times{.kernel = 1'700'000'000s, .userspace = 3s};
    CHECK(time_since_start(times, 40s) == 40s);
    CHECK(time_since_start({.firmware = 90s, .kernel = times.kernel, .userspace = 3s}, 40s) == 130s);
}

TEST(SystemStart, of_a_container_does_not_count_how_long_its_host_runs) {
    CHECK(time_since_start({.userspace = 86'400s}, 86'404s) == 4s);
}

TEST(SystemStart, is_never_negative) {
    CHECK(time_since_start({.userspace = 10s}, 9s) == 0s);
}
