// A limit on what is fetched per second. Only that it is not exceeded can be said of the time on a machine
// that does other things, too; the arithmetic is that of the pacer, and is tested with a clock of its own.
#include "tests/updater/download/http_fixture.hpp"
#include "updater/cancelled.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

TEST_GROUP_BASE(Bandwidth, HttpTest){};

TEST(Bandwidth, is_shared_by_all_requests) {
    HttpSourceSettings settings = fixture.settings();
    settings.connection.max_bytes_per_second = 8 * mib;
    std::vector<firmware::ByteRange> small;
    for (std::uint64_t number = 0; number < 80; ++number)
        small.push_back({number * 200000, 100000});
    const std::vector<std::vector<firmware::ByteRange>> cases = {{{0, 8 * mib}}, small};
    for (const auto &ranges : cases)
        for (const std::string &url : {fixture.server.url("/file"), fixture.server.url_http2("/file")}) {
            HttpSource source(url, settings);
            const double seconds = seconds_of([&] { expect_right(source, ranges); });
            CHECK_TRUE(seconds > 0.6);
            CHECK_TRUE(source.fetched_bytes() >= 8000000);
            STRCMP_EQUAL("", all_lines().c_str());
        }
}

TEST(Bandwidth, is_kept_when_a_server_without_ranges_sends_more_than_is_wanted) {
    HttpSourceSettings settings = fixture.settings();
    settings.connection.max_bytes_per_second = 4 * mib;
    HttpSource source(fixture.server.url("/whole-only/file"), settings);
    CHECK_TRUE(seconds_of([&] { expect_right(source, {{8 * mib, 100}}); }) > 1.5);
}

TEST(Bandwidth, that_is_small_makes_no_server_look_stalled) {
    HttpSourceSettings settings = fixture.settings();
    // Less than a record of TLS per second, so each is followed by a wait beyond the time for a stall.
    settings.connection.max_bytes_per_second = 5000;
    settings.connection.stall_time = 1s;
    settings.connection.give_up_time = 1s;
    for (const std::string &url : {fixture.server.url("/file"), fixture.server.url_http2("/file")}) {
        HttpSource source(url, settings);
        CHECK_TRUE(seconds_of([&] { expect_right(source, {{0, 10000}, {mib, 3000}}); }) > 2);
        STRCMP_EQUAL("", all_lines().c_str());
    }
}

TEST(Bandwidth, that_is_small_does_not_keep_anybody_from_stopping) {
    HttpSourceSettings settings = fixture.settings();
    settings.connection.max_bytes_per_second = 100;
    HttpSource source(fixture.server.url("/file"), settings);
    const StopSoon stop;
    const std::vector<firmware::ByteRange> ranges = {{0, contents.size()}};
    CHECK_THROWS(Cancelled, source.read(
                                ranges, [](auto, auto) {}, stop.token()));
    CHECK_TRUE(stop.was_obeyed());
    CHECK_TRUE(source.fetched_bytes() < mib);
}
