// How long to wait before a request is tried again, and which is.
#include "updater/download/retry.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

TEST_GROUP(Retry){};

TEST(Retry, waits_twice_as_long_each_time_up_to_the_most) {
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
        Backoff backoff(1s, 10s, seed);
        const Backoff::Time now{};
        backoff.progress(now);
        for (const auto max : {1s, 2s, 4s, 8s, 10s, 10s}) {
            const auto delay = backoff.next(now, 0s, 900s);
            CHECK_TRUE(delay && *delay >= max / 2 && *delay <= max);
        }
        backoff.progress(now);
        CHECK_TRUE(*backoff.next(now, 0s, 900s) <= 1s);
    }
}

TEST(Retry, differs_from_appliance_to_appliance) {
    const auto delay = [](std::uint32_t seed) { return *Backoff(60s, 60s, seed).next({}, 0s, 900s); };
    CHECK_TRUE(delay(1) != delay(2));
}

TEST(Retry, waits_as_long_as_the_server_wants_or_gives_up) {
    Backoff backoff(1s, 10s, 1);
    CHECK_TRUE(backoff.next({}, 30s, 60s) == 30s);
    CHECK_FALSE(backoff.next({}, 61s, 60s).has_value());
    CHECK_FALSE(backoff.next({}, std::chrono::seconds::max(), 60s).has_value());
}

TEST(Retry, gives_up_when_there_was_no_progress_for_too_long) {
    Backoff backoff(1s, 1s, 1);
    const Backoff::Time begin{};
    CHECK_TRUE(backoff.next(begin + 59s, 0s, 60s).has_value());
    CHECK_FALSE(backoff.next(begin + 60s, 0s, 60s).has_value());
    backoff.progress(begin + 60s);
    CHECK_TRUE(backoff.next(begin + 100s, 0s, 60s).has_value());
    CHECK_FALSE(backoff.next(begin + 120s, 0s, 60s).has_value());
    backoff.not_waited(20s);
    CHECK_TRUE(backoff.next(begin + 130s, 0s, 60s).has_value());
}

TEST(Retry, is_for_what_can_pass) {
    const auto status = [](long number) {
        return TransferResult{CURLE_HTTP_RETURNED_ERROR, number, 0, {}, {}};
    };
    const auto proxy_status = [](long number) { return TransferResult{CURLE_RECV_ERROR, 0, number, {}, {}}; };
    for (const long number : {408L, 429L, 500L, 502L, 503L, 504L})
        CHECK_TRUE(may_pass(status(number)));
    for (const long number : {400L, 401L, 403L, 404L, 410L, 416L})
        CHECK_FALSE(may_pass(status(number)));
    for (const CURLcode code : {CURLE_COULDNT_CONNECT, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
                                CURLE_HTTP2_STREAM, CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_RESOLVE_HOST})
        CHECK_TRUE(may_pass({code, 0, 0, {}, {}}));
    for (const CURLcode code : {CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_OUT_OF_MEMORY,
                                CURLE_UNSUPPORTED_PROTOCOL, CURLE_TOO_MANY_REDIRECTS})
        CHECK_FALSE(may_pass({code, 0, 0, {}, {}}));
    for (const long number : {200L, 502L, 503L})
        CHECK_TRUE(may_pass(proxy_status(number)));
    for (const long number : {403L, 407L})
        CHECK_FALSE(may_pass(proxy_status(number)));
}

TEST(Retry, is_told_in_one_line) {
    const TransferResult lost{CURLE_RECV_ERROR, 206, 0, "reset by peer", {}};
    STRCMP_EQUAL("connection to example.net lost after 12.0 MiB (reset by peer); trying again in 4 s",
                 retry_line("example.net", lost, 12 * 1024 * 1024 + 5, 3500ms).c_str());
}
