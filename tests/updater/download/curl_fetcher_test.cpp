// Downloads from a real web server: what arrives, and what a person is told when nothing does.
#include "partitions/posix_storage.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/updater/download/web_server.hpp"
#include "updater/cancelled.hpp"
#include "updater/download/curl_fetcher.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;

namespace {

std::string read_file(const std::filesystem::path &path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string large_contents() {
    std::string contents(3000000, '\0');
    for (std::size_t position = 0; position < contents.size(); ++position)
        contents[position] = static_cast<char>(position * 7 / 5);
    return contents;
}

} // namespace

TEST_GROUP(CurlFetcher) {
    WebServer server;
    TemporaryFolder folder;
    partitions::PosixStorage storage;
    const std::filesystem::path target = folder / "target";
    const std::string contents = large_contents();

    void setup() override {
        std::ofstream(server.www() / "good", std::ios::binary) << "firmware";
        std::ofstream(server.www() / "large", std::ios::binary) << contents;
        std::ofstream(server.www() / "nothing", std::ios::binary);
    }

    void fetch(const std::string &url, DownloadLimits limits = {}) {
        CurlFetcher(storage, server.certificate_authority(), limits).fetch(url, target, nullptr, {});
    }

    bool folder_is_empty() const {
        return std::filesystem::is_empty(folder.path());
    }

    /// What it is told, and by whom; the folder must be as before.
    void expect_failure(const std::function<void()> &work, DownloadFailure kind,
                        const std::string &in_message) const {
        try {
            work();
            FAIL(("worked, without: " + in_message).c_str());
        } catch (const DownloadFailed &error) {
            STRCMP_CONTAINS(in_message.c_str(), error.what());
            LONGS_EQUAL_TEXT(static_cast<int>(kind), static_cast<int>(error.kind()), error.what());
        }
        CHECK_TRUE_TEXT(folder_is_empty(), in_message.c_str());
    }
};

TEST(CurlFetcher, gets_the_file_and_nothing_else) {
    fetch(server.url("/large"));
    CHECK_TRUE(read_file(target) == contents);
    fetch(server.url("/good"));
    STRCMP_EQUAL("firmware", read_file(target).c_str());
    fetch(server.url("/elsewhere"));
    STRCMP_EQUAL("firmware", read_file(target).c_str());
    fetch(server.url("/nothing"));
    STRCMP_EQUAL("", read_file(target).c_str());
    CHECK_FALSE(std::filesystem::exists(target.string() + ".part"));
}

TEST(CurlFetcher, reports_progress_to_the_end) {
    std::vector<std::uint64_t> seen;
    const auto progress = [&](std::uint64_t bytes_done, std::optional<std::uint64_t> bytes_all) {
        CHECK_TRUE(bytes_all == contents.size());
        CHECK_TRUE(seen.empty() || seen.back() < bytes_done);
        seen.push_back(bytes_done);
    };
    CurlFetcher(storage, server.certificate_authority()).fetch(server.url("/large"), target, progress, {});
    CHECK_TRUE(seen.size() > 1);
    UNSIGNED_LONGS_EQUAL(contents.size(), seen.back());
}

TEST(CurlFetcher, says_what_is_wrong_and_leaves_nothing_behind) {
    const std::string closed = "https://localhost:" + std::to_string(WebServer::closed_port()) + "/good";
    struct Case {
        std::string url;
        DownloadFailure kind;
        std::string message;
    };
    const Case cases[] = {
        {server.url("/absent"), DownloadFailure::not_on_server, "does not have it (404)"},
        {server.url("/nobody"), DownloadFailure::server_refused, "does not allow it (403)"},
        {server.url("/empty-answer"), DownloadFailure::server_refused, "status 204"},
        {server.url("/to-http"), DownloadFailure::url_not_allowed, "sends us on to http://localhost"},
        {server.url("/to-file"), DownloadFailure::url_not_allowed, "only https is allowed"},
        {server.url("/around"), DownloadFailure::url_not_allowed, "sends us on"},
        {server.url_by_wrong_name("/good"), DownloadFailure::certificate_refused, "right one"},
        {closed, DownloadFailure::connection_failed, "no connection"},
        {"https://no-such-host.invalid/good", DownloadFailure::host_not_found, "DNS"},
        {"http://localhost/good", DownloadFailure::url_not_allowed, "begin with https://"},
        {"file:///etc/passwd", DownloadFailure::url_not_allowed, "begin with https://"},
        {"/etc/passwd", DownloadFailure::url_not_allowed, "begin with https://"},
        {"", DownloadFailure::url_not_allowed, "begin with https://"},
        {"https://", DownloadFailure::url_not_allowed, "https://"},
        {"https://name:secret@localhost:" + std::to_string(WebServer::closed_port()) + "/x",
         DownloadFailure::connection_failed, "https://localhost"},
    };
    for (const Case &one : cases)
        expect_failure([&] { fetch(one.url); }, one.kind, one.message);
}

TEST(CurlFetcher, never_shows_a_password) {
    try {
        fetch("https://name:secret@localhost:" + std::to_string(WebServer::closed_port()) + "/x");
        FAIL("worked");
    } catch (const DownloadFailed &error) {
        CHECK_TRUE(std::string(error.what()).find("secret") == std::string::npos);
    }
}

TEST(CurlFetcher, trusts_no_other_certificate_authority) {
    const WebServer stranger;
    CurlFetcher fetcher(storage, stranger.certificate_authority());
    expect_failure([&] { fetcher.fetch(server.url("/good"), target, nullptr, {}); },
                   DownloadFailure::certificate_refused, "could not prove");
    CurlFetcher without(storage, folder / "absent.pem");
    expect_failure([&] { without.fetch(server.url("/good"), target, nullptr, {}); },
                   DownloadFailure::storage_failed, "absent.pem");
}

TEST(CurlFetcher, refuses_what_is_too_large_whether_announced_or_not) {
    const DownloadLimits exact{.most_bytes = contents.size()};
    const DownloadLimits less{.most_bytes = contents.size() - 1};
    for (const char *const path : {"/large", "/no-length"}) {
        fetch(server.url(path), exact);
        CHECK_TRUE(read_file(target) == contents);
        std::filesystem::remove(target);
        expect_failure([&] { fetch(server.url(path), less); }, DownloadFailure::too_large, "larger");
    }
}

TEST(CurlFetcher, gives_up_when_next_to_nothing_arrives) {
    const DownloadLimits limits{.stall_time = std::chrono::seconds(2), .least_bytes_per_second = 1000000};
    expect_failure([&] { fetch(server.url("/slow"), limits); }, DownloadFailure::too_slow, "2 seconds");
}

TEST(CurlFetcher, stops_within_a_second_when_asked_to) {
    std::stop_source stop;
    CurlFetcher fetcher(storage, server.certificate_authority());
    std::chrono::steady_clock::time_point asked;
    const std::jthread asking([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        asked = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    CHECK_THROWS(Cancelled, fetcher.fetch(server.url("/slow"), target, nullptr, stop.get_token()));
    CHECK_TRUE(std::chrono::steady_clock::now() - asked < std::chrono::seconds(1));
    CHECK_TRUE(folder_is_empty());
    CHECK_THROWS(Cancelled, fetcher.fetch(server.url("/good"), target, nullptr, stop.get_token()));
    CHECK_TRUE(folder_is_empty());
}

TEST(CurlFetcher, passes_on_what_progress_throws) {
    struct Enough {};
    CurlFetcher fetcher(storage, server.certificate_authority());
    const auto progress = [](std::uint64_t, std::optional<std::uint64_t>) { throw Enough(); };
    CHECK_THROWS(Enough, fetcher.fetch(server.url("/large"), target, progress, {}));
    CHECK_TRUE(folder_is_empty());
}

TEST(CurlFetcher, keeps_the_older_file_when_it_fails) {
    std::ofstream(target) << "older";
    CHECK_THROWS(DownloadFailed, fetch(server.url("/absent")));
    STRCMP_EQUAL("older", read_file(target).c_str());
    CHECK_FALSE(std::filesystem::exists(target.string() + ".part"));
}

TEST(CurlFetcher, says_that_the_disk_is_full_or_broken) {
    struct Case {
        partitions_test::FakeStorage::Failure failure;
        const char *operation;
        const char *message;
    };
    const Case cases[] = {
        {partitions_test::FakeStorage::Failure::full, "/spool/target.part", "the disk is full"},
        {partitions_test::FakeStorage::Failure::broken, "sync /spool/target.part", "/spool/target.part"},
        {partitions_test::FakeStorage::Failure::broken, "rename", "/spool/target.part"},
    };
    for (const Case &one : cases) {
        partitions_test::FakeStorage disk;
        disk.put_file("/spool/target", "older");
        disk.put_file("/authority.pem", server.connection().certificate_authority);
        disk.fail_when(one.operation, one.failure);
        CurlFetcher fetcher(disk, "/authority.pem");
        expect_failure([&] { fetcher.fetch(server.url("/large"), "/spool/target", nullptr, {}); },
                       DownloadFailure::storage_failed, one.message);
        STRCMP_EQUAL("older", disk.contents("/spool/target").c_str());
    }
}
