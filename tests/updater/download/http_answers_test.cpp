// Answers that say no, or are not what was asked for: what is tried again, and what is told.
#include "tests/updater/download/http_fixture.hpp"
#include "tests/updater/download/odd_server.hpp"

#include <algorithm>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

TEST_GROUP_BASE(HttpAnswers, HttpTest){};

TEST(HttpAnswers, comes_back_when_a_busy_server_wants_it) {
    fixture.put("is-busy", "");
    HttpSourceSettings settings = fixture.settings();
    settings.report = [&](const std::string &line) {
        fixture.lines.push_back(line);
        std::filesystem::remove(fixture.server.www() / "is-busy");
    };
    HttpSource source(fixture.server.url("/busy/file"), settings);
    const double seconds = seconds_of([&] { expect_right(source, {{0, 100}, {5 * mib, mib}}); });
    STRCMP_EQUAL("localhost answered with status 503 after 0 bytes; trying again in 2 s\n",
                 all_lines().c_str());
    CHECK_TRUE(seconds > 2);
    CHECK_TRUE(seconds < 10);
    fixture.put("is-busy", "");
    settings.connection.give_up_time = 1s;
    HttpSource hasty(fixture.server.url("/busy/file"), settings);
    expect_failure(hasty, {{0, 1}}, DownloadFailure::server_refused, "status 503");
}

TEST(HttpAnswers, does_not_try_again_what_cannot_work) {
    struct Case {
        std::string url;
        DownloadFailure kind;
        std::string message;
    };
    const Case cases[] = {
        {fixture.server.url("/absent"), DownloadFailure::not_on_server, "does not have it (404)"},
        {fixture.server.url_http2("/absent"), DownloadFailure::not_on_server, "does not have it (404)"},
        {fixture.server.url("/nobody"), DownloadFailure::server_refused, "does not allow it (403)"},
        {fixture.server.url("/empty-answer"), DownloadFailure::wrong_answer, "status 204"},
        {fixture.server.url("/to-http"), DownloadFailure::url_not_allowed, "redirects to http://localhost"},
        {fixture.server.url("/to-file"), DownloadFailure::url_not_allowed, "only https is allowed"},
        {fixture.server.url("/around"), DownloadFailure::url_not_allowed, "redirects again and again"},
        {fixture.server.url_by_wrong_name("/file"), DownloadFailure::certificate_refused, "right one"},
    };
    for (const Case &one : cases)
        expect_failure(one.url, one.kind, one.message);
    for (const char *const url : {"http://localhost/file", "file:///etc/passwd", "/etc/passwd", ""})
        CHECK_THROWS(DownloadFailed, HttpSource(url, fixture.settings()));
}

TEST(HttpAnswers, never_shows_a_password) {
    HttpSourceSettings settings = fixture.settings();
    settings.first_contact_time = 0s;
    HttpSource source("https://name:secret@localhost:" + std::to_string(WebServer::closed_port()) + "/x",
                      settings);
    try {
        firmware::read_all(source, {0, 1});
        FAIL("worked");
    } catch (const DownloadFailed &error) {
        const std::string told = error.what() + all_lines() + source.name();
        CHECK_TRUE(told.find("secret") == std::string::npos);
        CHECK_TRUE(told.find("name:") == std::string::npos);
    }
}

TEST(HttpAnswers, notices_that_the_file_was_replaced) {
    struct Case {
        std::string newer;
        const char *what;
    };
    const Case cases[] = {
        {noise(16 * mib), "same length, other time"}, {noise(1000), "shorter"}, {noise(20 * mib), "longer"}};
    for (const Case &one : cases) {
        fixture.put("replaced", contents);
        HttpSource source(fixture.server.url("/replaced"), fixture.settings());
        expect_right(source, {{0, 1000}, {mib, mib}});
        std::filesystem::remove(fixture.server.www() / "replaced");
        fixture.put("replaced", one.newer);
        std::filesystem::last_write_time(fixture.server.www() / "replaced",
                                         std::filesystem::file_time_type::clock::now() + 5s);
        expect_failure(source, {{5 * mib, 1000}}, DownloadFailure::replaced_on_server,
                       "was replaced while it was being fetched");
    }
    STRCMP_EQUAL("", all_lines().c_str());
}

TEST(HttpAnswers, cuts_off_what_goes_on_after_the_range) {
    const OddServer odd(fixture.server.behind_port(), [](const std::string &) -> OddServer::Answer {
        return {"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100-1099/5000\r\n\r\n", true};
    });
    HttpSource source(fixture.server.url("/behind/file"), fixture.settings());
    constexpr std::uint64_t max_at_once = 32UL * 1024;
    for (unsigned reads = 1; reads <= 10; ++reads) {
        STRCMP_EQUAL(std::string(1000, 'x').c_str(), firmware::read_all(source, {100, 1000}).c_str());
        CHECK_TRUE(source.fetched_bytes() <= reads * max_at_once);
    }
    STRCMP_EQUAL("", all_lines().c_str());
}

TEST(HttpAnswers, refuses_answers_that_were_not_asked_for) {
    struct Case {
        std::string headers;
        DownloadFailure kind;
        std::string message;
    };
    const std::string part = "206 Partial Content\r\nContent-Range: ";
    const Case cases[] = {
        {part + "bytes 0-999/5000\r\n", DownloadFailure::wrong_answer,
         "another part of the file (bytes 0-999/5000)"},
        {part + "bytes 100-1098/5000\r\n", DownloadFailure::wrong_answer, "another part"},
        {part + "bytes 100-1100/5000\r\n", DownloadFailure::wrong_answer, "another part"},
        {part + "bytes 100-1099/1099\r\n", DownloadFailure::wrong_answer, "without saying which"},
        {part + "bytes 100-1099/*\r\n", DownloadFailure::wrong_answer, "without saying which"},
        {part + "pages 100-1099/5000\r\n", DownloadFailure::wrong_answer, "without saying which"},
        {"206 Partial Content\r\n", DownloadFailure::wrong_answer, "without saying which"},
        {part + "bytes 100-1099/5000\r\nContent-Encoding: gzip\r\n", DownloadFailure::wrong_answer,
         "encoded as gzip"},
        {"201 Created\r\n", DownloadFailure::wrong_answer, "status 201"},
    };
    std::string headers;
    const OddServer odd(fixture.server.behind_port(), [&](const std::string &) -> OddServer::Answer {
        return {"HTTP/1.1 " + headers + "\r\n" + std::string(2000, 'y'), false};
    });
    for (const Case &one : cases) {
        headers = one.headers;
        expect_failure(fixture.server.url("/behind/file"), one.kind, one.message);
    }
}
