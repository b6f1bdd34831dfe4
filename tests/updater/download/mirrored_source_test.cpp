// Several servers with the same file: who is asked for what when one of them fails.
#include "tests/updater/download/bad_line.hpp"
#include "tests/updater/download/http_fixture.hpp"
#include "updater/cancelled.hpp"
#include "updater/download/mirrored_source.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

namespace {

const std::string file = "0123456789abcdefghijklmnopqrstuvwxyz";

/// A server that fails after so many bytes of each answer.
struct FakeServer {
    std::string bytes = file;
    std::vector<std::size_t> sends; ///< answer by answer; later ones are whole
    std::string reason = "broken";
    bool too_short = false;
    std::vector<std::vector<firmware::ByteRange>> asked = {};
};

class FakeSource : public firmware::ByteSource {
  public:
    FakeSource(FakeServer &server, std::string name) : server_(server), name_(std::move(name)) {}

    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override {
        if (stop.stop_requested())
            throw Cancelled();
        server_.asked.emplace_back(ranges.begin(), ranges.end());
        const std::size_t answer = server_.asked.size() - 1;
        std::size_t left = answer < server_.sends.size() ? server_.sends[answer] : file.size();
        for (const firmware::ByteRange &range : ranges)
            for (std::uint64_t done = 0; done < range.length_bytes; ++done) {
                if (left-- == 0 && server_.too_short)
                    throw firmware::FirmwareDamaged(name_ + " is too short");
                if (left + 1 == 0)
                    throw DownloadFailed(DownloadFailure::too_slow, name_ + " is " + server_.reason);
                ++fetched_bytes_;
                sink(range.offset_bytes + done,
                     std::as_bytes(std::span(server_.bytes).subspan(range.offset_bytes + done, 1)));
            }
    }
    std::uint64_t fetched_bytes() const override { return fetched_bytes_; }
    const std::string &name() const override { return name_; }

  private:
    FakeServer &server_;
    std::string name_;
    std::uint64_t fetched_bytes_ = 0;
};

} // namespace

TEST_GROUP(MirroredSource) {
    std::map<std::string, FakeServer> servers = {
        {"https://a/f", {}}, {"https://b/f", {}}, {"https://c/f", {}}};
    std::vector<std::string> urls = {"https://a/f", "https://b/f", "https://c/f"};
    std::vector<std::string> lines;

    MirroredSource source() {
        return {urls,
                [this](const std::string &url) -> std::unique_ptr<firmware::ByteSource> {
                    if (!servers.contains(url))
                        throw DownloadFailed(DownloadFailure::url_not_allowed, url + " is not allowed");
                    return std::make_unique<FakeSource>(servers.at(url), url);
                },
                [this](const std::string &line) { lines.push_back(line); }};
    }

    static std::string read(MirroredSource & source, const std::vector<firmware::ByteRange> &ranges) {
        std::string got;
        source.read(ranges,
                    [&](std::uint64_t, std::span<const std::byte> bytes) {
                        got.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
                    },
                    {});
        return got;
    }

    template <class Error> static std::string message_of(const std::function<void()> &work) {
        try {
            work();
        } catch (const Error &error) {
            return error.what();
        }
        return "worked";
    }
};

TEST(MirroredSource, asks_the_first_alone_while_that_works) {
    auto mirrors = source();
    STRCMP_EQUAL("https://a/f", mirrors.name().c_str());
    STRCMP_EQUAL("0189", read(mirrors, {{0, 2}, {8, 2}}).c_str());
    STRCMP_EQUAL("45", read(mirrors, {{4, 2}}).c_str());
    UNSIGNED_LONGS_EQUAL(6, mirrors.fetched_bytes());
    CHECK_TRUE(servers["https://b/f"].asked.empty());
    CHECK_TRUE(lines.empty());
}

TEST(MirroredSource, does_not_go_round_for_ever_for_a_byte_each) {
    const std::string all(10'000, 'x');
    for (auto &[url, server] : servers) {
        server.bytes = all;
        server.sends.assign(10'000, 1);
    }
    auto mirrors = source();
    const std::string text = message_of<DownloadFailed>([&] { read(mirrors, {{0, all.size()}}); });
    STRCMP_CONTAINS("is broken", text.c_str());
    STRCMP_CONTAINS("fails again and again", text.c_str());
    CHECK(lines.size() <= 100);
}

TEST(MirroredSource, asks_the_next_for_exactly_what_is_missing) {
    const std::vector<firmware::ByteRange> ranges = {{0, 5}, {10, 5}, {20, 5}};
    struct Case {
        std::size_t sent;
        std::vector<firmware::ByteRange> rest;
    };
    const Case cases[] = {{0, {{0, 5}, {10, 5}, {20, 5}}},
                          {3, {{3, 2}, {10, 5}, {20, 5}}},
                          {5, {{5, 0}, {10, 5}, {20, 5}}},
                          {7, {{12, 3}, {20, 5}}},
                          {14, {{24, 1}}}};
    for (const bool too_short : {false, true})
        for (const Case &one : cases) {
            servers["https://a/f"] = {.sends = {one.sent}, .too_short = too_short};
            servers["https://b/f"] = {.sends = {}};
            lines.clear();
            auto mirrors = source();
            STRCMP_EQUAL("01234abcdeklmno", read(mirrors, ranges).c_str());
            CHECK_TRUE(servers["https://b/f"].asked.front() == one.rest);
            UNSIGNED_LONGS_EQUAL(15, mirrors.fetched_bytes());
            STRCMP_EQUAL("https://b/f", mirrors.name().c_str());
            LONGS_EQUAL(1, lines.size());
            STRCMP_EQUAL(too_short ? "https://a/f is too short; continuing with https://b/f"
                                   : "https://a/f is broken; continuing with https://b/f",
                         lines.front().c_str());
        }
}

TEST(MirroredSource, comes_back_to_the_first_as_long_as_bytes_come) {
    servers["https://a/f"].sends = {1, 1, 1};
    servers["https://b/f"].sends = {1, 1, 1};
    servers["https://c/f"].sends = {0, 0, 0};
    auto mirrors = source();
    STRCMP_EQUAL("0123456789", read(mirrors, {{0, 10}}).c_str());
    STRCMP_EQUAL("https://a/f", mirrors.name().c_str());
    LONGS_EQUAL(9, lines.size());
    LONGS_EQUAL(3, servers["https://c/f"].asked.size());
}

TEST(MirroredSource, gives_up_when_all_have_failed_since_the_last_byte_came) {
    servers["https://a/f"] = {.sends = {2}, .reason = "down"};
    servers["https://b/f"] = {.sends = {0}, .too_short = true};
    urls[2] = "http://c/f";
    auto mirrors = source();
    const std::string message = message_of<DownloadFailed>([&] { read(mirrors, {{0, 10}}); });
    STRCMP_EQUAL(
        "none of the 3 servers delivered the whole firmware:\nhttps://a/f is down\nhttps://b/f is too "
        "short\nhttp://c/f is not allowed",
        message.c_str());
    LONGS_EQUAL(1, servers["https://a/f"].asked.size());
    LONGS_EQUAL(2, lines.size());
    STRCMP_EQUAL_TEXT("0123", read(mirrors, {{0, 4}}).c_str(), "later it can work again");
}

TEST(MirroredSource, says_that_the_file_is_too_short_when_it_is_everywhere) {
    for (auto &[url, server] : servers)
        server = {.sends = {3, 0}, .too_short = true};
    auto mirrors = source();
    STRCMP_CONTAINS("https://c/f is too short", message_of<firmware::FirmwareDamaged>([&] {
                                                    read(mirrors, {{0, 10}});
                                                }).c_str());
}

TEST(MirroredSource, does_not_ask_again_whom_it_was_told_to_distrust) {
    auto mirrors = source();
    CHECK_TRUE(mirrors.distrust());
    STRCMP_EQUAL("https://b/f", mirrors.name().c_str());
    servers["https://b/f"].sends = {1, 0};
    servers["https://c/f"].sends = {1};
    STRCMP_EQUAL("none of the 3 servers delivered the whole firmware:\nhttps://a/f sent data that was not "
                 "signed\nhttps://b/f is broken\nhttps://c/f is broken",
                 message_of<DownloadFailed>([&] {
                     read(mirrors, {{0, 10}});
                 }).c_str());
    CHECK_TRUE(mirrors.distrust());
    STRCMP_EQUAL("01", read(mirrors, {{0, 2}}).c_str());
    const std::string last = mirrors.name();
    CHECK_FALSE(mirrors.distrust());
    STRCMP_EQUAL(last.c_str(), mirrors.name().c_str());
    CHECK_TRUE(servers["https://a/f"].asked.empty());
}

TEST(MirroredSource, passes_on_what_the_sink_throws_and_what_one_server_alone_says) {
    auto mirrors = source();
    const std::vector<firmware::ByteRange> ranges = {{0, 10}};
    const auto damaged = [](auto, auto) { throw firmware::FirmwareDamaged("wrong bytes"); };
    STRCMP_CONTAINS("wrong bytes", message_of<firmware::FirmwareDamaged>([&] {
                                       mirrors.read(ranges, damaged, {});
                                   }).c_str());
    const auto failed = [](auto, auto) { throw DownloadFailed(DownloadFailure::other, "disk"); };
    STRCMP_EQUAL("disk", message_of<DownloadFailed>([&] { mirrors.read(ranges, failed, {}); }).c_str());
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(Cancelled, mirrors.read(
                                ranges, [](auto, auto) {}, stop.get_token()));
    CHECK_TRUE(lines.empty());

    urls = {"https://b/f"};
    servers["https://b/f"].sends = {0};
    auto alone = source();
    STRCMP_EQUAL("https://b/f is broken", message_of<DownloadFailed>([&] { read(alone, ranges); }).c_str());
    CHECK_FALSE(alone.distrust());
}

TEST(MirroredSource, shares_the_time_among_the_mirrors) {
    struct Case {
        std::size_t mirrors;
        std::chrono::seconds expected;
    };
    for (const Case &one : {Case{1, 900s}, Case{3, 300s}, Case{100, 60s}})
        CHECK_TRUE(share_of_time({}, one.mirrors).give_up_time == one.expected);
    CHECK_TRUE(share_of_time({.give_up_time = 5s}, 3).give_up_time == 5s);
}
