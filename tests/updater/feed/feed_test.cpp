// What a feed may say, and that nothing else gets through.
#include "tests/support/feed_fixture.hpp"

#include "updater/text/utc_time.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::feed;

namespace {

std::string with(std::string text, const std::string &what, const std::string &instead) {
    const std::size_t place = text.find(what);
    CHECK_TRUE_TEXT(place != std::string::npos, what.c_str());
    return text.replace(place, what.size(), instead);
}

std::string outcome(const std::string &xml) {
    return feed_outcome_of([&] { parse_feed(xml, feed_url); });
}

} // namespace

TEST_GROUP(Feed) {
    const Feed feed = feed_of(17, {entry("2.9.0.0", "2.8.1.0"), entry("2.8.1.0", "2.8.0.0")});
    const std::string xml = write_feed(feed);
};

TEST(Feed, is_read_back_as_it_was_written) {
    CHECK_TRUE(parse_feed(xml, feed_url) == feed);
    const Feed none = feed_of(1);
    CHECK_TRUE(parse_feed(write_feed(none), feed_url) == none);
}

TEST(Feed, has_the_newest_version_first_whatever_the_order_was) {
    const Feed turned = feed_of(17, {entry("2.8.1.0", "2.8.0.0"), entry("2.9.0.0", "2.8.1.0")});
    CHECK_TRUE(parse_feed(write_feed(turned), feed_url) == feed);
}

TEST(Feed, names_firmware_beside_itself) {
    const std::string relative = with(xml, "https://updates.example/list/2.9.0.0.fw", "2.9.0.0.fw");
    CHECK_TRUE(parse_feed(relative, feed_url) == feed);
}

TEST(Feed, bounds_the_url_that_is_meant_not_the_name_that_is_written) {
    const std::string beside = "https://updates.example/list/";
    const std::string written = beside + "2.9.0.0.fw";
    for (const std::size_t length : {2048UL, 2049UL}) {
        const std::string name(length - beside.size(), 'x');
        const char *const expected = length == 2048 ? "accepted" : "wrong_feed";
        STRCMP_EQUAL(expected, outcome(with(xml, written, name)).c_str());
        STRCMP_EQUAL(expected, outcome(with(xml, written, beside + name)).c_str());
    }
}

TEST(Feed, refuses_what_it_does_not_know_or_cannot_be) {
    const struct {
        const char *what;
        const char *instead;
    } cases[] = {
        {"serial=\"17\"", "serial=\"0\""},
        {"serial=\"17\"", "serial=\"-1\""},
        {"serial=\"17\"", ""},
        {"serial=\"17\"", "serial=\"17\" colour=\"red\""},
        {"issued=\"2026-11-21T00:00:00Z\"", "issued=\"2026-11-21\""},
        {"issued=\"2026-11-21T00:00:00Z\"", "issued=\"2026-11-31T00:00:00Z\""},
        {"expires=\"2026-12-21T00:00:00Z\"", "expires=\"2026-11-20T00:00:00Z\""},
        {"version=\"2.9.0.0\"", "version=\"2.9\""},
        {"version=\"2.9.0.0\"", "version=\"2.8.1.0\""}, // is there already
        {"minimum-version=\"2.8.1.0\"", "minimum-version=\"2.9.0.1\""},
        {"stepping-stone=\"no\"", "stepping-stone=\"maybe\""},
        {"bytes=\"1000\"", "bytes=\"0\""},
        {"bytes=\"1000\"", "bytes=\"99999999999999999\""},
        {"sha256=\"00", "sha256=\"0x"},
        {"https://updates.example/list/2.9.0.0.fw", "http://updates.example/list/2.9.0.0.fw"},
        {"https://updates.example/list/2.9.0.0.fw", "file:///etc/shadow"},
        {"https://updates.example/list/2.9.0.0.fw", "../2.9.0.0.fw"},
        {"https://updates.example/list/2.9.0.0.fw", "/2.9.0.0.fw"},
        {"https://updates.example/list/2.9.0.0.fw", "a b"},
        {"https://updates.example/list/2.9.0.0.fw", ""},
        {"<license>A license</license>", ""},
        {"<license>A license</license>", "<license>A license</license><license>B</license>"},
        {"<license>A license</license>", "<license><b/></license>"},
        {"<license>A license</license>", "<license>\x1b[2J</license>"},
        {"<license>A license</license>", "<license>A license</license><reboot/>"},
        {"</feed>", ""},
        {"</feed>", "</feed><feed/>"},
        {"</feed>", "</feed>text"},
        {"<feed ", "<!DOCTYPE feed><feed "},
        {"<feed ", "<food "},
    };
    for (const auto &each : cases)
        STRCMP_EQUAL_TEXT("wrong_feed", outcome(with(xml, each.what, each.instead)).c_str(), each.instead);
    STRCMP_EQUAL("unsupported_format", outcome(with(xml, "format=\"1\"", "format=\"2\"")).c_str());
    STRCMP_EQUAL("wrong_feed", outcome(xml + std::string(1, '\0')).c_str());
    STRCMP_EQUAL("accepted", outcome(xml + "<!-- the end -->\n").c_str());
    STRCMP_EQUAL("wrong_feed", outcome("").c_str());
    STRCMP_EQUAL("wrong_feed", outcome(std::string(max_feed_bytes + 1, ' ')).c_str());
}

TEST(Feed, says_where_the_mistake_is) {
    try {
        parse_feed(with(xml, "bytes=\"1000\"", "bytes=\"many\""), feed_url);
        FAIL("not refused");
    } catch (const FeedRefused &refusal) {
        STRCMP_CONTAINS("line 3", refusal.what());
        STRCMP_CONTAINS("bytes", refusal.what());
    }
}

TEST(Feed, writes_times_in_one_way_only) {
    CHECK_TRUE(text::parse_utc("2026-11-21T00:00:00Z") == today);
    STRCMP_EQUAL("2026-11-21T00:00:00Z", text::utc_text(today).c_str());
    for (const char *text : {"", "2026-11-21T00:00:00", "2026-11-21 00:00:00Z", "2026-11-21T00:00:00+00:00",
                             "2026-11-21T00:00:60Z", "2026-11-21T24:00:00Z", "2026-1-21T00:00:00Z",
                             "2026-02-29T00:00:00Z", "2026-11-21T00:00:00Z "})
        CHECK_FALSE_TEXT(text::parse_utc(text).has_value(), text);
}
