// When requests are retried together, and when they are given up.
#include "updater/download/retry_policy.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

TEST_GROUP(RetryPolicy) {
    const RetryPolicy::Time begin{};
    const TransferResult lost{CURLE_RECV_ERROR, 206, 0, "reset by peer", {}};
    const TransferResult unreachable{CURLE_COULDNT_CONNECT, 0, 0, "refused", {}};
    std::vector<std::string> lines;
    HttpSourceSettings settings{.first_retry_delay = 1s,
                                .max_retry_delay = 1s,
                                .report = [this](const std::string &line) { lines.push_back(line); }};
    RetryPolicy policy{"example.net", settings};

    void setup() override {
        policy.begin(begin);
        policy.waiting_begins(begin);
    }
    bool retry(const TransferResult &result, RetryPolicy::Time now, bool answered = true) {
        return policy.retry(result, 0s, answered, 0, now);
    }
};

TEST(RetryPolicy, retries_together_what_fails_together) {
    CHECK_TRUE(policy.may_request(begin));
    CHECK_TRUE(retry(lost, begin));
    CHECK_TRUE(retry(lost, begin));
    LONGS_EQUAL(1, lines.size());
    CHECK_FALSE(policy.may_request(begin + 499ms));
    CHECK_TRUE(policy.time_to_retry(begin, 200ms) == 200ms);
    CHECK_TRUE(policy.time_to_retry(begin + 2s, 200ms) == 0ms);
    CHECK_TRUE(policy.may_request(begin + 1s));
    CHECK_TRUE(policy.time_to_retry(begin + 1s, 200ms) == 200ms);
}

TEST(RetryPolicy, gives_up_sooner_when_the_server_has_never_answered) {
    CHECK_FALSE(retry(unreachable, begin + settings.first_contact_time, false));
    CHECK_TRUE(retry(unreachable, begin + settings.first_contact_time));
    CHECK_TRUE(policy.may_request(begin + settings.first_contact_time + 1s));
    CHECK_FALSE(retry(unreachable, begin + settings.connection.give_up_time));
}

TEST(RetryPolicy, counts_only_enough_wanted_bytes_as_progress) {
    const auto now = begin + settings.connection.give_up_time;
    policy.received(5999, now);
    CHECK_FALSE(retry(lost, now));
    policy.received(1, now);
    CHECK_TRUE(retry(lost, now));
}

TEST(RetryPolicy, sees_a_stall_later_once_it_is_connected) {
    CHECK_FALSE(policy.stall(false, begin + settings.connection.connect_time).has_value());
    CHECK_TRUE(policy.stall(false, begin + settings.connection.connect_time + 1s).has_value());
    CHECK_FALSE(policy.stall(true, begin + settings.connection.stall_time).has_value());
    policy.dropped(6000, begin + settings.connection.stall_time);
    CHECK_FALSE(policy.stall(true, begin + settings.connection.stall_time + 1s).has_value());
    policy.server_had_to_wait(begin, begin + 100s);
    CHECK_FALSE(policy.stall(true, begin + 2 * settings.connection.stall_time + 100s).has_value());
    CHECK_TRUE(policy.stall(true, begin + 2 * settings.connection.stall_time + 101s).has_value());
}

TEST(RetryPolicy, retries_at_once_when_the_server_had_to_wait_for_us) {
    policy.server_had_to_wait(begin, begin + 100s);
    CHECK_TRUE(retry(lost, begin + 100s));
    LONGS_EQUAL(0, lines.size());
    CHECK_TRUE(policy.may_request(begin + 100s));
    CHECK_TRUE(retry(lost, begin + 100s)); // but only once
    LONGS_EQUAL(1, lines.size());
    CHECK_FALSE(policy.may_request(begin + 100s));
}
