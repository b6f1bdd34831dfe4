// Small documents from a real web server, and from servers that are up to something.
#include "tests/updater/download/http_fixture.hpp"
#include "tests/updater/download/odd_server.hpp"
#include "updater/cancelled.hpp"
#include "updater/download/fetch_document.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

namespace {

constexpr std::uint64_t max_bytes = 3000000;

} // namespace

TEST_GROUP(FetchDocument) {
    HttpFixture fixture;
    const std::string contents = noise(max_bytes);

    void setup() override {
        fixture.put("good", "a document");
        fixture.put("large", contents);
        fixture.put("nothing", "");
    }

    std::string fetch(const std::string &url, std::uint64_t max = max_bytes) const {
        return fetch_document(url, max, fixture.server.connection(), {});
    }

    static void expect_failure(const std::function<void()> &work, DownloadFailure kind,
                               const std::string &in_message) {
        try {
            work();
            FAIL(("worked, without: " + in_message).c_str());
        } catch (const DownloadFailed &error) {
            STRCMP_CONTAINS(in_message.c_str(), error.what());
            LONGS_EQUAL_TEXT(static_cast<int>(kind), static_cast<int>(error.kind()), error.what());
        }
    }
};

TEST(FetchDocument, gets_the_document_and_nothing_else) {
    STRCMP_EQUAL("a document", fetch(fixture.server.url("/good")).c_str());
    STRCMP_EQUAL("a document", fetch(fixture.server.url("/elsewhere")).c_str());
    STRCMP_EQUAL("a document", fetch(fixture.server.url_http2("/good")).c_str());
    STRCMP_EQUAL("", fetch(fixture.server.url("/nothing")).c_str());
    CHECK_TRUE(fetch(fixture.server.url("/large")) == contents);
    CHECK_TRUE(fetch(fixture.server.url("/no-length")) == contents);
}

TEST(FetchDocument, says_what_is_wrong_and_does_not_try_again) {
    struct Case {
        std::string url;
        DownloadFailure kind;
        std::string message;
    };
    const WebServer &server = fixture.server;
    const Case cases[] = {
        {server.url("/absent"), DownloadFailure::not_on_server, "does not have it (404)"},
        {server.url("/nobody"), DownloadFailure::server_refused, "does not allow it (403)"},
        {server.url("/always-busy"), DownloadFailure::server_refused, "status 503; try again later"},
        {server.url("/empty-answer"), DownloadFailure::server_refused, "status 204"},
        {server.url("/to-http"), DownloadFailure::url_not_allowed, "redirects to http://localhost"},
        {server.url("/to-file"), DownloadFailure::url_not_allowed, "only https is allowed"},
        {server.url("/around"), DownloadFailure::url_not_allowed, "redirects again and again"},
        {server.url_by_wrong_name("/good"), DownloadFailure::certificate_refused, "right one"},
        {server.url_expired("/good"), DownloadFailure::certificate_refused, "certificate has expired"},
        {"https://localhost:" + std::to_string(WebServer::closed_port()) + "/good",
         DownloadFailure::connection_failed, "no connection"},
        {"https://no-such-host.invalid/good", DownloadFailure::host_not_found, "DNS"},
        {"http://localhost/good", DownloadFailure::url_not_allowed, "begin with https://"},
        {"", DownloadFailure::url_not_allowed, "begin with https://"},
    };
    for (const Case &one : cases)
        expect_failure([&] { fetch(one.url); }, one.kind, one.message);
    LONGS_EQUAL(1, server.requests("/always-busy").size());
}

TEST(FetchDocument, refuses_what_is_too_large_announced_or_endless) {
    const OddServer odd(fixture.server.behind_port(), [](const std::string &) -> OddServer::Answer {
        return {.text = "HTTP/1.1 200 OK\r\n\r\n", .endless = true};
    });
    for (const char *const path : {"/large", "/no-length", "/behind/endless"})
        expect_failure([&] { fetch(fixture.server.url(path), max_bytes - 1); }, DownloadFailure::too_large,
                       "larger than it may be");
}

TEST(FetchDocument, does_not_take_half_of_one_for_the_whole) {
    const OddServer odd(fixture.server.behind_port(), [](const std::string &) -> OddServer::Answer {
        return {.text = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(999, 'x')};
    });
    expect_failure([&] { fetch(fixture.server.url("/behind/half")); }, DownloadFailure::connection_failed,
                   "or it was lost");
}

TEST(FetchDocument, gives_up_when_next_to_nothing_arrives_or_it_takes_too_long) {
    const OddServer odd(fixture.server.behind_port(), [](const std::string &) -> OddServer::Answer {
        return {.text = "HTTP/1.1 200 OK\r\n\r\n", .dribbles = true};
    });
    Connection connection = fixture.server.connection();
    connection.stall_time = 2s;
    expect_failure([&] { fetch_document(fixture.server.url("/behind/slow"), max_bytes, connection, {}); },
                   DownloadFailure::too_slow, "sent almost nothing for 2 seconds");
    connection = fixture.server.connection();
    connection.give_up_time = 2s;
    expect_failure([&] { fetch_document(fixture.server.url("/slow"), max_bytes, connection, {}); },
                   DownloadFailure::too_slow, "did not answer in time");
}

TEST(FetchDocument, keeps_to_the_limit_on_bandwidth) {
    Connection connection = fixture.server.connection();
    connection.max_bytes_per_second = max_bytes / 2;
    const double seconds = seconds_of([&] {
        CHECK_TRUE(contents == fetch_document(fixture.server.url("/large"), max_bytes, connection, {}));
    });
    CHECK_TRUE(seconds > 1);
}

TEST(FetchDocument, stops_within_a_second_when_asked_to) {
    const StopSoon stop;
    const Connection connection = fixture.server.connection();
    CHECK_THROWS(Cancelled, fetch_document(fixture.server.url("/slow"), max_bytes, connection, stop.token()));
    CHECK_TRUE(stop.was_obeyed());
    CHECK_THROWS(Cancelled, fetch_document(fixture.server.url("/good"), max_bytes, connection, stop.token()));
}
