// Ranges from a real web server: what arrives, in how many requests.
#include "tests/updater/download/http_fixture.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::download;

namespace {

constexpr std::uint64_t kib = 1024;

std::vector<firmware::ByteRange> scattered(std::size_t count, std::uint64_t distance, std::uint64_t length) {
    std::vector<firmware::ByteRange> ranges;
    for (std::size_t number = 0; number < count; ++number)
        ranges.push_back({number * distance, length});
    return ranges;
}

} // namespace

TEST_GROUP(HttpSource) {
    HttpFixture fixture;
    const std::string contents = noise(16 * mib + 17);

    void setup() override {
        fixture.put("file", contents);
    }

    std::vector<std::string> both_protocols(const std::string &path) const {
        return {fixture.server.url(path), fixture.server.url_http2(path)};
    }

    void expect_right(const std::string &url, const std::vector<firmware::ByteRange> &ranges,
                      HttpSourceSettings settings) {
        HttpSource source(url, std::move(settings));
        Collected collected(ranges);
        source.read(ranges, collected.sink(), {});
        CHECK_TRUE_TEXT(collected.is_right(contents), url.c_str());
    }
};

TEST(HttpSource, delivers_the_ranges_and_nothing_else) {
    const std::vector<std::vector<firmware::ByteRange>> cases = {
        {},
        {{5, 0}},
        {{0, 1}},
        {{0, contents.size()}},
        {{contents.size() - 1, 1}},
        {{0, 100}, {100, 100}, {300, 100}, {10000, 1}},
        {{7, 3 * mib}, {4 * mib, 5}, {5 * mib, 4 * mib}, {10 * mib, 6 * mib + 17}},
        {{1, 200 * kib}, {300 * kib, 5 * mib}, {6 * mib, 10}, {7 * mib, 300 * kib}, {8 * mib, 1}},
        scattered(300, 50000, 20000),
    };
    for (const std::string &url : both_protocols("/file"))
        for (const auto &ranges : cases)
            expect_right(url, ranges, fixture.settings());
    LONGS_EQUAL(0, fixture.lines.size());
}

TEST(HttpSource, reads_many_times_over_one_connection) {
    HttpSource source(fixture.server.url_http2("/file"), fixture.settings());
    for (std::uint64_t offset = 0; offset < 20; ++offset)
        STRCMP_EQUAL(contents.substr(offset * mib / 2, 10).c_str(),
                     firmware::read_all(source, {offset * mib / 2, 10}).c_str());
    UNSIGNED_LONGS_EQUAL(200, source.fetched_bytes());
    STRCMP_EQUAL(fixture.server.url_http2("/file").c_str(), source.name().c_str());
}

TEST(HttpSource, mixes_small_and_large_ranges_from_the_first_moment_on) {
    // Small ones over HTTP/2, large ones over HTTP/1.1: neither may come upon a connection of the other kind.
    std::vector<firmware::ByteRange> ranges;
    for (std::uint64_t offset = 0; offset + 2 * mib <= contents.size(); offset += 2 * mib)
        ranges.insert(ranges.end(), {{offset, 100}, {offset + 10 * kib, 1000}, {offset + 40 * kib, mib}});
    for (int round = 0; round < 50; ++round) {
        HttpSource source(fixture.server.url_http2("/file"), fixture.settings());
        for (int again = 0; again < 3; ++again) {
            Collected collected(ranges);
            source.read(ranges, collected.sink(), {});
            CHECK_TRUE(collected.is_right(contents));
        }
    }
}

TEST(HttpSource, fetches_small_gaps_and_does_not_deliver_them) {
    const std::vector<firmware::ByteRange> ranges = {{0, 1000}, {1000 + 512, 1000}, {2512 + 513, 1000}};
    HttpSource source(fixture.server.url("/file"), fixture.settings());
    Collected collected(ranges);
    source.read(ranges, collected.sink(), {});
    CHECK_TRUE(collected.is_right(contents));
    UNSIGNED_LONGS_EQUAL(3000 + 512, source.fetched_bytes());
    LONGS_EQUAL(2, fixture.server.requests("/file").size());
}

TEST(HttpSource, asks_once_for_each_range_however_many) {
    // More than nginx serves on one connection (keepalive_requests).
    const auto ranges = scattered(1500, 11000, 5000);
    for (const std::string &url : both_protocols("/file"))
        expect_right(url, ranges, fixture.settings());
    const auto requests = fixture.server.requests("/file");
    LONGS_EQUAL(3000, requests.size());
    LONGS_EQUAL(1500, std::ranges::count(requests, "206 5000 HTTP/1.1"));
    LONGS_EQUAL(1500, std::ranges::count(requests, "206 5000 HTTP/2.0"));
    LONGS_EQUAL(0, fixture.lines.size());
}

TEST(HttpSource, asks_for_a_large_range_in_one_request) {
    expect_right(fixture.server.url_http2("/file"), {{0, contents.size()}}, fixture.settings());
    LONGS_EQUAL(1, fixture.server.requests("/file").size());
}

TEST(HttpSource, follows_redirects_once_and_again_when_they_change) {
    const auto ranges = scattered(20, 100000, 5000);
    HttpSource source(fixture.server.url_http2("/moved/file"), fixture.settings());
    Collected first(ranges);
    source.read(ranges, first.sink(), {});
    CHECK_TRUE(first.is_right(contents));
    LONGS_EQUAL(1, fixture.server.requests("/moved/file").size());
    LONGS_EQUAL(20, fixture.server.requests("/for-a-while/file").size());
    fixture.put("is-over", "");
    Collected second(ranges);
    source.read(ranges, second.sink(), {});
    CHECK_TRUE(second.is_right(contents));
    LONGS_EQUAL(0, fixture.lines.size());
}

TEST(HttpSource, reads_behind_four_gigabytes) {
    fixture.put("huge", "");
    constexpr std::uint64_t huge = 5000000000;
    std::filesystem::resize_file(fixture.server.www() / "huge", huge);
    std::fstream file(fixture.server.www() / "huge", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(huge - 4);
    file << "last";
    file.close();
    HttpSource source(fixture.server.url("/huge"), fixture.settings());
    STRCMP_EQUAL("last", firmware::read_all(source, {huge - 4, 4}).c_str());
}

TEST(HttpSource, says_that_the_file_ends_too_early) {
    for (const firmware::ByteRange range :
         {firmware::ByteRange{contents.size() - 10, 11}, firmware::ByteRange{contents.size(), 1},
          firmware::ByteRange{contents.size() + mib, 1}}) {
        HttpSource source(fixture.server.url("/file"), fixture.settings());
        CHECK_THROWS(firmware::FirmwareDamaged, firmware::read_all(source, range));
        STRCMP_EQUAL(contents.substr(0, 5).c_str(), firmware::read_all(source, {0, 5}).c_str());
    }
    LONGS_EQUAL(0, fixture.lines.size());
}

TEST(HttpSource, passes_on_what_the_sink_throws_and_can_go_on) {
    struct Enough {};
    const auto ranges = scattered(30, 400000, 100000);
    HttpSource source(fixture.server.url_http2("/file"), fixture.settings());
    unsigned calls = 0;
    CHECK_THROWS(Enough, source.read(ranges,
                                     [&](auto, auto) {
                                         if (++calls == 5)
                                             throw Enough();
                                     },
                                     {}));
    LONGS_EQUAL(5, calls);
    Collected collected(ranges);
    source.read(ranges, collected.sink(), {});
    CHECK_TRUE(collected.is_right(contents));
}

TEST(HttpSource, gets_a_file_from_a_server_without_ranges) {
    const std::vector<std::vector<firmware::ByteRange>> cases = {
        {{0, contents.size()}}, {{3 * mib, 5}}, {{0, 10}, {mib, 10}, {2 * mib, 9 * mib}, {12 * mib, 1}}};
    for (const auto &ranges : cases) {
        HttpSource source(fixture.server.url("/whole-only/file"), fixture.settings());
        Collected collected(ranges);
        source.read(ranges, collected.sink(), {});
        CHECK_TRUE(collected.is_right(contents));
        CHECK_TRUE(source.fetched_bytes() >= ranges.back().offset_bytes + ranges.back().length_bytes);
        CHECK_TRUE(source.fetched_bytes() <= contents.size());
    }
    LONGS_EQUAL(0, fixture.lines.size());
}
