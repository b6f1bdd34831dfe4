// Servers that send less or more than they say, or hardly anything: what is taken of it, and when it is given
// up.
#include "tests/updater/download/http_fixture.hpp"
#include "tests/updater/download/odd_server.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

namespace {

/// The range that a request asks for; as nginx passes it on.
firmware::ByteRange range_in(const std::string &request) {
    const std::size_t place = request.find("bytes=");
    const std::uint64_t first = std::stoull(request.substr(place + 6));
    const std::uint64_t last = std::stoull(request.substr(request.find('-', place) + 1));
    return {first, last - first + 1};
}

} // namespace

TEST_GROUP_BASE(OddAnswers, HttpTest) {
    const firmware::ByteRange wanted{100, 1000};
    std::string got;

    /// Headers for the range that was asked for, of the file whose length is the contents'.
    std::string partial(const firmware::ByteRange &range) const {
        return "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(range.offset_bytes) +
               "-" + std::to_string(range.offset_bytes + range.length_bytes - 1) + "/" +
               std::to_string(contents.size()) + "\r\n";
    }
    static std::string length(std::uint64_t bytes) {
        return "Content-Length: " + std::to_string(bytes) + "\r\n\r\n";
    }
    std::string part(const firmware::ByteRange &range, std::uint64_t bytes) const {
        return contents.substr(range.offset_bytes, bytes);
    }

    void read(HttpSource & source) {
        got.clear();
        source.read({&wanted, 1},
                    [this](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
                        UNSIGNED_LONGS_EQUAL(wanted.offset_bytes + got.size(), offset_bytes);
                        got.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
                    },
                    {});
    }

    HttpSource behind(std::chrono::seconds give_up_time) {
        HttpSourceSettings settings = fixture.settings();
        settings.connection.stall_time = 1s;
        settings.connection.give_up_time = give_up_time;
        return {fixture.server.url("/behind/file"), settings};
    }

    std::string failure_of_reading(HttpSource & source, DownloadFailure kind) {
        try {
            read(source);
        } catch (const DownloadFailed &error) {
            LONGS_EQUAL_TEXT(static_cast<int>(kind), static_cast<int>(error.kind()), error.what());
            CHECK_TRUE(got == contents.substr(wanted.offset_bytes, got.size()));
            CHECK_TRUE(got.size() < wanted.length_bytes);
            return error.what();
        }
        return "worked";
    }
};

TEST(OddAnswers, that_are_shorter_or_longer_than_announced_are_put_together) {
    bool announces_less = false;
    const OddServer odd(fixture.server.behind_port(), [&](const std::string &request) -> OddServer::Answer {
        const firmware::ByteRange range = range_in(request);
        const std::uint64_t half = (range.length_bytes + 1) / 2;
        if (announces_less)
            return {.text = partial(range) + length(half) + part(range, range.length_bytes)};
        return {.text = partial(range) + length(range.length_bytes) + part(range, half)};
    });
    for (const bool less : {false, true}) {
        announces_less = less;
        HttpSource source = behind(900s);
        read(source);
        CHECK_TRUE(got == contents.substr(wanted.offset_bytes, wanted.length_bytes));
        STRCMP_CONTAINS("connection to localhost lost", all_lines().c_str());
        fixture.lines.clear();
    }
}

TEST(OddAnswers, that_announce_more_than_ever_comes_are_given_up) {
    const OddServer odd(fixture.server.behind_port(), [&](const std::string &request) -> OddServer::Answer {
        const firmware::ByteRange range = range_in(request);
        const std::string beginning = range.offset_bytes == wanted.offset_bytes ? part(range, 300) : "";
        return {.text = partial(range) + length(range.length_bytes) + beginning};
    });
    HttpSource source = behind(1s);
    STRCMP_CONTAINS("there is no connection to the server, or it was lost",
                    failure_of_reading(source, DownloadFailure::connection_failed).c_str());
    UNSIGNED_LONGS_EQUAL(300, got.size());
}

TEST(OddAnswers, that_end_before_the_range_does_are_no_whole_file) {
    const OddServer odd(fixture.server.behind_port(), [&](const std::string &) -> OddServer::Answer {
        return {.text = "HTTP/1.1 200 OK\r\n" + length(600) + contents.substr(0, 600)};
    });
    HttpSource source = behind(1s);
    CHECK_THROWS(firmware::FirmwareDamaged, read(source));
    STRCMP_EQUAL("", got.c_str());
}

TEST(OddAnswers, without_an_end_are_left_where_the_range_ends) {
    bool whole = false;
    const OddServer odd(fixture.server.behind_port(), [&](const std::string &request) -> OddServer::Answer {
        if (whole)
            return {.text = "HTTP/1.1 200 OK\r\n\r\n" + contents.substr(0, 2 * mib), .endless = true};
        const firmware::ByteRange range = range_in(request);
        return {.text = partial(range) + "\r\n" + part(range, 2 * mib), .endless = true};
    });
    for (const bool all : {false, true}) {
        whole = all;
        HttpSource source = behind(1s);
        read(source);
        CHECK_TRUE(got == contents.substr(wanted.offset_bytes, wanted.length_bytes));
        CHECK_TRUE(source.fetched_bytes() <= 4 * mib);
        STRCMP_EQUAL("", all_lines().c_str());
    }
}

TEST(OddAnswers, of_a_byte_a_second_are_given_up) {
    // Both before the first wanted byte and after some of them.
    for (const std::size_t at_once : {0U, 300U}) {
        const OddServer odd(fixture.server.behind_port(),
                            [&](const std::string &request) -> OddServer::Answer {
                                const firmware::ByteRange range = range_in(request);
                                return {.text = partial(range) + length(range.length_bytes) +
                                                part(range, range.offset_bytes == 100 ? at_once : 0),
                                        .dribbles = true};
                            });
        HttpSource source = behind(3s);
        std::string message;
        try {
            const std::vector<firmware::ByteRange> ranges = {wanted};
            source.read(ranges, [](auto, auto) {}, {});
            FAIL("worked");
        } catch (const DownloadFailed &error) {
            message = error.what();
            CHECK_TRUE_TEXT(error.kind() == DownloadFailure::too_slow, error.what());
        }
        STRCMP_CONTAINS("sent almost nothing for 1 seconds", message.c_str());
        STRCMP_CONTAINS("check the network", message.c_str());
        CHECK_TRUE(source.fetched_bytes() < at_once + 50);
        STRCMP_CONTAINS("almost nothing came for 1 s", all_lines().c_str());
        fixture.lines.clear();
    }
}
