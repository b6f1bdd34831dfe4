// Broken connections, replaced files and odd servers: what is tried again, what is given up, what is told.
#include "tests/updater/download/bad_line.hpp"
#include "tests/updater/download/http_fixture.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

TEST_GROUP_BASE(HttpTrouble, HttpTest){};

TEST(HttpTrouble, goes_on_where_the_connection_broke) {
    const std::string large = noise(100 * mib);
    fixture.put("large", large);
    // The server's log is the measure: what it had to send is what people pay for. The line can not hold back
    // much, or the log would count what was lost in the line's own buffers when it was cut.
    BadLine line(fixture.server.narrow_port(), 4096);
    const auto seed = std::random_device{}();
    const std::string seed_text = "seed " + std::to_string(seed);
    std::mt19937_64 random(seed);
    std::deque<BadLine::Fate> fates;
    // All of them have to come before the end.
    for (int cut = 0; cut < 50; ++cut)
        fates.push_back({.after_bytes = 2000 + random() % (large.size() / 53)});
    line.plan(fates);
    HttpSource source(line.url("/large"), fixture.settings());
    std::uint64_t next = 0;
    bool right = true;
    const auto sink = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
        right = right && offset == next && std::memcmp(large.data() + next, bytes.data(), bytes.size()) == 0;
        next += bytes.size();
    };
    const std::vector<firmware::ByteRange> ranges = {{0, large.size()}};
    source.read(ranges, sink, {});
    CHECK_TRUE_TEXT(right, seed_text.c_str());
    UNSIGNED_LONGS_EQUAL(large.size(), next);
    UNSIGNED_LONGS_EQUAL(large.size(), source.fetched_bytes());
    LONGS_EQUAL_TEXT(50, line.ended(), seed_text.c_str());
    LONGS_EQUAL_TEXT(50, fixture.lines.size(), (seed_text + "\n" + all_lines()).c_str());
    STRCMP_CONTAINS("connection to localhost lost after ", fixture.lines.back().c_str());
    STRCMP_CONTAINS("; trying again in 1 s", fixture.lines.back().c_str());
    const auto requests = fixture.server.requests("/large");
    std::uint64_t sent = 0;
    for (const std::string &request : requests)
        sent += std::stoull(request.substr(request.find(' ') + 1));
    CHECK_TRUE(sent >= large.size());
    CHECK_TRUE_TEXT(sent <= large.size() + large.size() / 100,
                    (seed_text + ": " + std::to_string(sent) + " bytes in " +
                     std::to_string(requests.size()) + " answers")
                        .c_str());
}

TEST(HttpTrouble, goes_on_with_many_requests_under_way) {
    std::vector<firmware::ByteRange> ranges;
    for (std::uint64_t number = 0; number < 320; ++number)
        ranges.push_back({number * 50000, 40000 + number % 7});
    std::mt19937_64 random(20);
    for (const int port : {fixture.server.port(), fixture.server.http2_port()}) {
        BadLine line(port);
        std::deque<BadLine::Fate> fates;
        for (int cut = 0; cut < 20; ++cut)
            fates.push_back({.after_bytes = random() % 1000000,
                             .end = cut % 2 == 0 ? BadLine::End::cut : BadLine::End::torn_down});
        line.plan(fates);
        HttpSource source(line.url("/file"), fixture.settings());
        expect_right(source, ranges);
        CHECK_TRUE(line.ended() > 5);
        CHECK_TRUE(!fixture.lines.empty());
        fixture.lines.clear();
    }
}

TEST(HttpTrouble, leaves_a_connection_that_fell_silent) {
    HttpSourceSettings settings = fixture.settings();
    settings.connection.stall_time = 1s;
    const BadLine::Fate silent{.after_bytes = 50000, .end = BadLine::End::silent};
    const std::vector<firmware::ByteRange> ranges = {
        {0, 100000}, {200000, 100000}, {400000, 100000}, {mib, 100000}, {2 * mib, mib}};
    const std::deque<BadLine::Fate> plans[] = {{silent}, {{}, silent}};
    for (const int port : {fixture.server.port(), fixture.server.http2_port()})
        for (const auto &plan : plans) {
            BadLine line(port);
            line.plan(plan);
            HttpSource source(line.url("/file"), settings);
            expect_right(source, ranges);
            LONGS_EQUAL(1, line.ended());
            CHECK_TRUE(!fixture.lines.empty());
            STRCMP_CONTAINS("nothing came for 1 s", fixture.lines.front().c_str());
            fixture.lines.clear();
        }
}

TEST(HttpTrouble, does_not_take_its_own_slowness_for_the_servers) {
    HttpSourceSettings settings = fixture.settings();
    settings.connection.stall_time = 2s;
    settings.connection.connect_time = 2s;
    const std::vector<firmware::ByteRange> ranges = {
        {0, 100}, {mib, mib}, {3 * mib, 100}, {4 * mib, 5 * mib}};
    for (const std::string &url : {fixture.server.url("/file"), fixture.server.url_http2("/file")}) {
        HttpSource source(url, settings);
        Collected collected(ranges);
        unsigned calls = 0;
        const auto take = collected.sink();
        const auto slowly = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
            if (++calls == 2)
                std::this_thread::sleep_for(2500ms);
            take(offset, bytes);
        };
        source.read(ranges, slowly, {});
        CHECK_TRUE(collected.is_right(contents));
        STRCMP_EQUAL("", all_lines().c_str());
    }
}

TEST(HttpTrouble, gives_up_when_nothing_arrives_for_too_long) {
    BadLine line(fixture.server.port());
    HttpSourceSettings settings = fixture.settings();
    settings.connection.give_up_time = 2s;
    HttpSource source(line.url("/file"), settings);
    STRCMP_EQUAL(contents.substr(0, 3).c_str(), firmware::read_all(source, {0, 3}).c_str());
    line.plan(std::deque<BadLine::Fate>(1000, {.after_bytes = 0, .end = BadLine::End::torn_down}));
    line.end_all();
    const double seconds = seconds_of([&] {
        expect_failure(source, {{0, mib}}, DownloadFailure::connection_failed, "check the network");
    });
    CHECK_TRUE(seconds > 1.5);
    CHECK_TRUE(seconds < 10);
    CHECK_TRUE(fixture.lines.size() > 3);
    CHECK_TRUE(fixture.lines.size() < 150);
}

TEST(HttpTrouble, gives_a_server_that_never_answered_less_time) {
    HttpSourceSettings settings = fixture.settings();
    settings.first_contact_time = 1s;
    HttpSource source("https://localhost:" + std::to_string(WebServer::closed_port()) + "/file", settings);
    const double seconds = seconds_of([&] {
        expect_failure(source, {{0, mib}}, DownloadFailure::connection_failed, "no connection");
    });
    CHECK_TRUE(seconds > 0.5);
    CHECK_TRUE(seconds < 10);
    STRCMP_CONTAINS("no connection to localhost after 0 bytes", fixture.lines.front().c_str());
}

TEST(HttpTrouble, says_that_a_server_without_ranges_cannot_go_on) {
    BadLine line(fixture.server.port());
    line.plan({{}, {.after_bytes = 5 * mib}, {.after_bytes = 3 * mib}});
    HttpSource source(line.url("/whole-only/file"), fixture.settings());
    expect_failure(source, {{0, contents.size()}}, DownloadFailure::ranges_not_supported,
                   "download the whole file first");
    LONGS_EQUAL(1, fixture.lines.size());
    expect_right(source, {{0, contents.size()}});
}

TEST(HttpTrouble, stops_within_a_second_whatever_it_is_doing) {
    BadLine silent(fixture.server.port());
    silent.plan(std::deque<BadLine::Fate>(10, {.after_bytes = 0, .end = BadLine::End::silent}));
    BadLine torn(fixture.server.port());
    torn.plan(std::deque<BadLine::Fate>(10, {.after_bytes = 0, .end = BadLine::End::torn_down}));
    fixture.put("is-busy", "");
    fixture.put("large", contents);
    HttpSourceSettings settings = fixture.settings();
    settings.first_retry_delay = 50s;
    for (const std::string &url : {silent.url("/file"), torn.url("/file"), fixture.server.url("/busy/file"),
                                   fixture.server.url("/slow")}) {
        HttpSource source(url, settings);
        const StopSoon stop;
        const std::vector<firmware::ByteRange> ranges = {{0, contents.size()}};
        CHECK_THROWS(Cancelled, source.read(
                                    ranges, [](auto, auto) {}, stop.token()));
        CHECK_TRUE_TEXT(stop.was_obeyed(), url.c_str());
        CHECK_THROWS(Cancelled, source.read(
                                    ranges, [](auto, auto) {}, stop.token()));
    }
}
