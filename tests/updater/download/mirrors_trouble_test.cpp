// Real servers with the same file, of which some are down, slow, strange or have another one.
#include "tests/updater/download/bad_line.hpp"
#include "tests/updater/download/http_fixture.hpp"
#include "tests/updater/download/odd_server.hpp"
#include "updater/download/http_source.hpp"
#include "updater/download/mirrored_source.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

namespace {

/// As the agent does it, but for the program in between that talks to the servers.
std::unique_ptr<firmware::ByteSource> open_mirrors(const std::vector<std::string> &urls,
                                                   HttpSourceSettings settings) {
    settings.connection = share_of_time(settings.connection, urls.size());
    settings.first_contact_time = std::min(settings.first_contact_time, settings.connection.give_up_time);
    const auto open = [settings](const std::string &url) {
        return std::make_unique<HttpSource>(url, settings);
    };
    return std::make_unique<MirroredSource>(urls, open, settings.report);
}

} // namespace

TEST_GROUP_BASE(MirrorsTrouble, HttpTest) {
    const std::vector<firmware::ByteRange> ranges = {{0, 100}, {mib, 5 * mib}, {10 * mib, 100000}};
    const std::string nowhere = "https://localhost:" + std::to_string(WebServer::closed_port()) + "/file";

    HttpSourceSettings impatient() {
        HttpSourceSettings settings = fixture.settings();
        settings.connection.stall_time = 1s;
        settings.connection.give_up_time = 2s;
        return settings;
    }

    /// The line that says why the first mirror was left for the good one.
    std::string line_when_left(const std::string &first, const HttpSourceSettings &settings) {
        fixture.lines.clear();
        const auto source = open_mirrors({first, fixture.server.url("/file")}, settings);
        Collected collected(ranges);
        source->read(ranges, collected.sink(), {});
        CHECK_TRUE_TEXT(collected.is_right(contents), all_lines().c_str());
        STRCMP_EQUAL(fixture.server.url("/file").c_str(), source->name().c_str());
        CHECK_FALSE_TEXT(fixture.lines.empty(), first.c_str());
        return fixture.lines.back();
    }
};

TEST(MirrorsTrouble, leaves_what_is_down_or_refuses_for_the_next) {
    const WebServer stranger;
    fixture.put("is-busy", "");
    fixture.put("short", contents.substr(0, 3 * mib));
    struct Case {
        std::string url;
        std::string reason;
    };
    const Case cases[] = {
        {nowhere, "there is no connection to the server"},
        {"https://no-such-host.invalid/file", "name of the server was not found"},
        {fixture.server.url("/absent"), "does not have it (404)"},
        {fixture.server.url("/nobody"), "does not allow it (403)"},
        {fixture.server.url("/busy/file"), "answered with status 503"},
        {fixture.server.url("/to-http"), "redirects to http://localhost"},
        {fixture.server.url("/around"), "redirects again and again"},
        {fixture.server.url("/short"), "is not whole: it ends after"},
        {stranger.url("/file"), "could not prove that it is the right one"},
        {fixture.server.url_expired("/file"), "certificate has expired"},
        {"http://localhost/file", "only addresses that begin with https://"},
    };
    for (const Case &one : cases) {
        const std::string line = line_when_left(one.url, impatient());
        STRCMP_CONTAINS(one.reason.c_str(), line.c_str());
        STRCMP_CONTAINS(("; continuing with " + fixture.server.url("/file")).c_str(), line.c_str());
    }
}

TEST(MirrorsTrouble, leaves_what_breaks_or_hardly_sends_and_asks_for_nothing_twice) {
    for (const auto end : {BadLine::End::torn_down, BadLine::End::silent}) {
        BadLine line(fixture.server.port());
        const std::size_t before = fixture.server.requests("/file").size();
        std::deque<BadLine::Fate> fates(1000, {.after_bytes = 0, .end = end});
        fates.front() = {};
        fates[1].after_bytes = 2 * mib;
        line.plan(fates);
        const auto source = open_mirrors({line.url("/file"), fixture.server.url("/file")}, impatient());
        Collected collected(ranges);
        source->read(ranges, collected.sink(), {});
        CHECK_TRUE_TEXT(collected.is_right(contents), all_lines().c_str());
        // Early bytes of later ranges may come from both.
        CHECK_TRUE(source->fetched_bytes() <= 100 + 5 * mib + 2 * 100000);
        CHECK_TRUE(fixture.server.requests("/file").size() > before);
        STRCMP_CONTAINS("; continuing with ", fixture.lines.back().c_str());
    }
    const OddServer odd(fixture.server.behind_port(), [](const std::string &) -> OddServer::Answer {
        return {.text = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-99/16777216\r\n\r\n",
                .dribbles = true};
    });
    // The reader would take those bytes for wrong ones; here it is only the time that counts.
    fixture.lines.clear();
    const auto source =
        open_mirrors({fixture.server.url("/behind/file"), fixture.server.url("/file")}, impatient());
    std::uint64_t bytes_got = 0;
    source->read({ranges.data(), 1}, [&](auto, auto bytes) { bytes_got += bytes.size(); }, {});
    UNSIGNED_LONGS_EQUAL(100, bytes_got);
    STRCMP_CONTAINS("sent almost nothing for 1 seconds", fixture.lines.back().c_str());
    STRCMP_EQUAL(fixture.server.url("/file").c_str(), source->name().c_str());
}

TEST(MirrorsTrouble, reads_from_another_when_told_that_the_file_is_not_the_right_one) {
    const std::string another = noise(16 * mib + 1).substr(1);
    fixture.put("another", another);
    const auto source =
        open_mirrors({fixture.server.url("/another"), fixture.server.url("/file")}, impatient());
    struct Wrong {};
    std::string got;
    const auto check = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
        if (std::memcmp(contents.data() + offset, bytes.data(), bytes.size()) != 0)
            throw Wrong();
        got.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    };
    const std::vector<firmware::ByteRange> whole = {{0, contents.size()}};
    CHECK_THROWS(Wrong, source->read(whole, check, {}));
    STRCMP_EQUAL("", got.c_str());
    CHECK_TRUE(source->distrust());
    source->read(whole, check, {});
    CHECK_TRUE(got == contents);
    LONGS_EQUAL(1, fixture.server.requests("/another").size());
    CHECK_FALSE(source->distrust());
}

TEST(MirrorsTrouble, tells_of_each_server_when_none_has_it) {
    const auto source = open_mirrors(
        {nowhere, fixture.server.url("/absent"), fixture.server.url_expired("/file")}, impatient());
    try {
        source->read(ranges, [](auto, auto) { FAIL("nobody has it"); }, {});
        FAIL("worked");
    } catch (const DownloadFailed &error) {
        const std::string text = error.what();
        STRCMP_CONTAINS("none of the 3 servers delivered the whole firmware:\n", text.c_str());
        STRCMP_CONTAINS(("\ncannot download " + nowhere + ": there is no connection").c_str(), text.c_str());
        STRCMP_CONTAINS("/absent: the server does not have it (404)", text.c_str());
        STRCMP_CONTAINS("certificate has expired", text.c_str());
        LONGS_EQUAL(3, std::ranges::count(text, '\n'));
    }
    UNSIGNED_LONGS_EQUAL(0, source->fetched_bytes());
}
