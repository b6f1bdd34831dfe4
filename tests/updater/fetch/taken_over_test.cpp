// An update-fetch that somebody has taken over: whatever it sends, and however, it gets little said, holds
// the agent for a bounded time only, and can be cancelled meanwhile.
#include "tests/support/fetch_fixture.hpp"
#include "updater/available/fetched_feed.hpp"
#include "updater/cancelled.hpp"

#include <CppUTest/TestHarness.h>

#include <atomic>
#include <poll.h>
#include <sys/socket.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::fetch;
using updater_test::FetchThreads;

namespace {

const std::string firmware_url = "https://updates.lan.test/f.fw";
constexpr std::chrono::milliseconds grace{600};

/// No time but the grace.
download::Connection hurried() {
    download::Connection connection;
    connection.connect_time = connection.stall_time = connection.give_up_time = 0s;
    return connection;
}

std::string message(char kind, const std::string &contents) {
    std::string text(1, kind);
    for (std::size_t place = 0; place < 4; ++place)
        text += static_cast<char>(contents.size() >> (8 * place));
    return text + contents;
}

std::string bytes_message(std::uint64_t place, const std::string &contents) {
    const auto start = write_place(place);
    return message(fetch_message::bytes,
                   std::string(reinterpret_cast<const char *>(start.data()), start.size()) + contents);
}

/// Sends what `next` gives, to the agent's end, with `pause` after each; answers the order that opens a
/// source.
FetchThreads::Side sending(std::function<std::string()> next, std::chrono::milliseconds pause,
                           bool open_first) {
    return [=](const partitions::base::FileDescriptor &socket) {
        const auto send = [&](const std::string &text) {
            for (std::size_t done = 0; done < text.size();) {
                const ssize_t sent =
                    ::send(socket.number(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
                if (sent < 0)
                    return false;
                done += static_cast<std::size_t>(sent);
            }
            return true;
        };
        if (open_first && !send(message(fetch_message::done, write_order_done({}))))
            return;
        while (send(next())) {
            pollfd look{.fd = socket.number(), .events = POLLRDHUP, .revents = 0};
            if (::poll(&look, 1, static_cast<int>(pause.count())) > 0)
                return;
        }
    };
}

struct Misbehaviour {
    const char *what;
    std::function<std::string()> next;
    std::chrono::milliseconds pause;
};

std::vector<Misbehaviour> misbehaviours() {
    const auto byte_by_byte = [whole = message('B', std::string(100'000, 'x')),
                               place = std::make_shared<std::size_t>(0)] {
        return std::string(1, whole[(*place)++ % whole.size()]);
    };
    return {
        {"says nothing", [] { return std::string(); }, 50ms},
        {"sends reports without end", [] { return message('L', "line"); }, 0ms},
        {"sends a report now and then", [] { return message('L', "line"); }, 50ms},
        {"sends empty reports now and then", [] { return message('L', ""); }, 50ms},
        {"sends a message byte by byte", byte_by_byte, 20ms},
        {"sends empty bytes without end", [] { return bytes_message(0, ""); }, 0ms},
        {"sends bytes without place now and then", [] { return message('B', ""); }, 50ms},
    };
}

template <typename Work> std::string failure_of(const Work &work) {
    try {
        work();
        return "none";
    } catch (const download::DownloadFailed &failed) {
        return failed.what();
    } catch (const feed::FeedNotFetched &failed) {
        return failed.what();
    }
}

std::chrono::milliseconds since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
}

} // namespace

TEST_GROUP(TakenOverUpdateFetch) {
    std::vector<std::string> lines;
    FetchedSource source(FetchThreads & threads) {
        return {threads.opener(),
                {.url = firmware_url, .connection = hurried(), .known = false},
                [this](const std::string &line) { lines.push_back(line); },
                grace};
    }
    static void read(firmware::ByteSource & from, std::uint64_t bytes, const std::stop_token &stop = {}) {
        const firmware::ByteRange range{0, bytes};
        from.read(
            {&range, 1}, [](std::uint64_t, std::span<const std::byte>) {}, stop);
    }
};

TEST(TakenOverUpdateFetch, holds_up_a_download_for_a_bounded_time_and_says_little) {
    for (const auto &[what, next, pause] : misbehaviours()) {
        lines.clear();
        FetchThreads threads(sending(next, pause, true));
        FetchedSource from = source(threads);
        const auto begun = std::chrono::steady_clock::now();
        const std::string failure = failure_of([&] { read(from, 1'000'000); });
        STRCMP_CONTAINS_TEXT("update-fetch) does not work correctly", failure.c_str(), what);
        CHECK_TEXT(since(begun) < 10s, what);
        CHECK_TEXT(lines.size() <= ReportLimit::lines_at_once, what);
    }
}

TEST(TakenOverUpdateFetch, holds_up_no_check_of_the_feed) {
    for (const auto &[what, next, pause] : misbehaviours()) {
        FetchThreads threads(sending(next, pause, false));
        available::FetchedFeedSource feed(threads.opener(), hurried, "https://updates.lan.test/feed.xml",
                                          grace);
        const auto begun = std::chrono::steady_clock::now();
        STRCMP_CONTAINS_TEXT("does not work correctly", failure_of([&] { feed.fetch(1, {}); }).c_str(), what);
        CHECK_TEXT(since(begun) < 10s, what);
    }
}

TEST(TakenOverUpdateFetch, holds_up_no_check_by_key_lists_without_end) {
    const auto serving = [](std::chrono::milliseconds pause, std::size_t length) {
        return [=](partitions::base::FileDescriptor socket) {
            serve_fetches(std::move(socket),
                          {.open = nullptr, .document = [=](const DocumentOrder &order, const auto &) {
                               std::this_thread::sleep_for(pause);
                               return std::string(std::min<std::uint64_t>(length, order.max_bytes), 'x');
                           }});
        };
    };
    // Each within its time, but too many of them.
    FetchThreads slow(serving(grace / 2, 10));
    available::FetchedFeedSource slow_feed(slow.opener(), hurried, "https://updates.lan.test/feed.xml",
                                           grace);
    const auto begun = std::chrono::steady_clock::now();
    STRCMP_CONTAINS("it took too long", failure_of([&] { slow_feed.fetch(1, {}); }).c_str());
    CHECK(since(begun) < 10s);
    FetchThreads large(serving(0ms, feed::max_key_list_bytes));
    available::FetchedFeedSource large_feed(
        large.opener(), [] { return download::Connection(); }, "https://updates.lan.test/feed.xml");
    STRCMP_CONTAINS("are read; tell the vendor", failure_of([&] { large_feed.fetch(1, {}); }).c_str());
}

TEST(TakenOverUpdateFetch, holds_up_nobody_who_cancels) {
    for (const auto &[what, next, pause] : misbehaviours()) {
        FetchThreads threads(sending(next, pause, true));
        FetchedSource from(threads.opener(), {.url = firmware_url, .connection = {}, .known = false},
                           nullptr);
        std::stop_source stop;
        const std::jthread canceller([&] {
            std::this_thread::sleep_for(100ms);
            stop.request_stop();
        });
        const auto begun = std::chrono::steady_clock::now();
        try {
            read(from, 1'000'000, stop.get_token());
            FAIL("it read");
        } catch (const Cancelled &) {
        } catch (const download::DownloadFailed &) { // it was seen through before
        }
        CHECK_TEXT(since(begun) < 2s, what);
    }
}

TEST(TakenOverUpdateFetch, holds_up_nobody_by_taking_no_orders) {
    FetchThreads threads([](const partitions::base::FileDescriptor &socket) {
        const std::string opened = message(fetch_message::done, write_order_done({}));
        CHECK(::send(socket.number(), opened.data(), opened.size(), MSG_NOSIGNAL) > 0);
        pollfd look{.fd = socket.number(), .events = POLLRDHUP, .revents = 0};
        ::poll(&look, 1, 20'000);
    });
    FetchedSource from = source(threads);
    std::vector<firmware::ByteRange> ranges;
    for (std::uint64_t place = 0; place < 1'000'000; ++place)
        ranges.push_back({place * 10, 1});
    const auto begun = std::chrono::steady_clock::now();
    STRCMP_CONTAINS(
        "it took too long",
        failure_of([&] { from.read(ranges, [](std::uint64_t, std::span<const std::byte>) {}, {}); }).c_str());
    CHECK(since(begun) < 10s);
}

TEST(TakenOverUpdateFetch, is_not_taken_for_one_that_is_slow_or_is_made_to_wait) {
    // In all it takes several times the patience, but each 100 ms some bytes come.
    std::atomic<std::uint64_t> place = 0;
    FetchThreads threads(sending(
        [&] {
            const std::uint64_t now = place.fetch_add(1000);
            return now < 20'000 ? bytes_message(now, std::string(1000, 'x'))
                                : message(fetch_message::done, write_order_done({.fetched_bytes = now}));
        },
        100ms, true));
    FetchedSource from = source(threads);
    const firmware::ByteRange range{0, 20'000};
    std::uint64_t came = 0;
    const auto slow_sink = [&](std::uint64_t, std::span<const std::byte> bytes) {
        came += bytes.size();
        if (came == 10'000)
            std::this_thread::sleep_for(grace * 2);
    };
    from.read({&range, 1}, slow_sink, {});
    CHECK_EQUAL(20'000, came);
}

TEST_GROUP(AnswerWatch){};

TEST(AnswerWatch, takes_neither_reports_nor_a_byte_now_and_then_for_progress) {
    const std::chrono::steady_clock::time_point begun{};
    const download::Connection connection;
    const auto patience = patience_with(connection, fetch_grace);
    AnswerWatch watch(connection, patience, begun);
    for (int second = 1; second < 1000; ++second) {
        watch.bytes_came(1, begun + std::chrono::seconds(second));
        watch.report_came();
    }
    CHECK(watch.deadline(begun + 1000s) == begun + patience);
    // What the sink took is not waited for, and enough bytes are progress.
    watch.not_waited(100s);
    CHECK(watch.deadline(begun + 1000s) == begun + 100s + patience);
    watch.bytes_came(6000, begun + 1000s);
    CHECK(watch.deadline(begun + 1000s) == begun + 1000s + patience);
    for (int report = 0; report < 1000; ++report)
        watch.report_came();
    CHECK_THROWS(ConversationFailed, watch.report_came());
}

TEST_GROUP(ReportLimit) {
    std::vector<std::string> lines;
    std::chrono::steady_clock::time_point now{};
    ReportLimit limit{[this](const std::string &line) { lines.push_back(line); }, [this] { return now; }};
    void say(int times) {
        for (; times > 0; --times)
            limit("trying again");
    }
};

TEST(ReportLimit, lets_a_few_pass_at_once_and_others_as_time_goes_on) {
    say(34'000);
    CHECK_EQUAL(ReportLimit::lines_at_once, lines.size());
    now += ReportLimit::between_lines;
    say(2);
    CHECK_EQUAL(ReportLimit::lines_at_once + 1, lines.size());
    STRCMP_EQUAL("trying again (33980 lines before this one were left out)", lines.back().c_str());
    now += 24h;
    say(100);
    CHECK_EQUAL(2 * ReportLimit::lines_at_once + 1, lines.size());
}

TEST(ReportLimit, lets_only_so_many_pass_in_all) {
    for (int hour = 0; hour < 1000; ++hour) {
        now += 1h;
        say(5);
    }
    CHECK_EQUAL(ReportLimit::max_lines, lines.size());
    STRCMP_CONTAINS("no more of these lines are shown", lines.back().c_str());
}
