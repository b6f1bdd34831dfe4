// The agent and the program that fetches: that all comes as it was asked for, and what the agent does not
// take.
#include "tests/support/fetch_fixture.hpp"
#include "updater/cancelled.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <CppUTest/TestHarness.h>

#include <memory>
#include <vector>

using namespace updater;
using namespace updater::fetch;
using updater_test::FetchThreads;
using updater_test::TextSource;

namespace {

const std::string url = "https://updates.lan.test/f.fw";

std::string long_text() {
    std::string text(5UL * 1024 * 1024, '\0');
    for (std::size_t place = 0; place < text.size(); ++place)
        text[place] = static_cast<char>(place * 31 / 7);
    return text;
}

} // namespace

TEST_GROUP(FetchConversation) {
    std::string text = long_text();
    std::vector<FirmwareOrder> opened;
    std::vector<std::string> lines;
    std::exception_ptr failure;
    Fetching fetching{.open =
                          [this](const FirmwareOrder &order, const Fetching::Report &report) {
                              opened.push_back(order);
                              report("trying\x1b[2J again");
                              if (failure)
                                  std::rethrow_exception(failure);
                              return std::make_unique<TextSource>(text);
                          },
                      .document =
                          [this](const DocumentOrder &order, const std::stop_token &) {
                              if (failure)
                                  std::rethrow_exception(failure);
                              return "document " + order.url;
                          }};
    download::Connection connection{.proxy_password = std::string("\xfc%:@ \0\n", 7)};

    FetchThreads::Side real() {
        return
            [this](partitions::base::FileDescriptor socket) { serve_fetches(std::move(socket), fetching); };
    }
    FetchedSource source(FetchThreads & threads) {
        return {threads.opener(),
                {.url = url, .connection = connection, .known = true},
                [this](const std::string &line) { lines.push_back(line); }};
    }
    static std::string read(firmware::ByteSource & from, const std::vector<firmware::ByteRange> &ranges) {
        std::string all;
        from.read(ranges,
                  [&](std::uint64_t, std::span<const std::byte> bytes) {
                      all.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
                  },
                  {});
        return all;
    }
    /// What the agent says of an update-fetch that answers every order with these messages.
    static std::string complaint_about(const std::vector<std::pair<char, std::string>> &answers) {
        FetchThreads threads([&](partitions::base::FileDescriptor socket) {
            Conversation agent(std::move(socket));
            try {
                while (const auto order = agent.receive(max_order_bytes, Conversation::no_deadline, {})) {
                    if (order->kind == fetch_message::open) {
                        agent.send(fetch_message::done, write_order_done({}), {});
                        continue;
                    }
                    for (const auto &[kind, contents] : answers)
                        agent.send(kind, contents, {});
                    return;
                }
            } catch (const ConversationFailed &) {
                // The agent has heard enough.
            }
        });
        FetchedSource from(threads.opener(), {.url = url, .connection = {}, .known = false}, nullptr);
        try {
            read(from, {{0, 4}});
        } catch (const download::DownloadFailed &failed) {
            return failed.what();
        }
        return "nothing";
    }
    static std::string nested_maps(std::size_t depth) {
        std::string text;
        for (; depth > 0; --depth)
            text += "\xa1\x61k";
        return text;
    }
    static std::string bytes(std::uint64_t place, const std::string &contents) {
        const auto start = write_place(place);
        return std::string(reinterpret_cast<const char *>(start.data()), start.size()) + contents;
    }
};

TEST(FetchConversation, brings_the_ranges_that_were_asked_for) {
    FetchThreads threads(real());
    FetchedSource from = source(threads);
    STRCMP_EQUAL(url.c_str(), from.name().c_str());
    CHECK(read(from, {{0, text.size()}}) == text);
    CHECK(read(from, {{5, 3}, {100, 0}, {4'000'000, 1'000'000}}) ==
          text.substr(5, 3) + text.substr(4'000'000, 1'000'000));
    CHECK_EQUAL(text.size() + 1'000'003, from.fetched_bytes());
    CHECK_EQUAL(1, threads.begun());
    // What it is to be reached with comes as it is, whatever bytes a password has.
    CHECK(opened == (std::vector<FirmwareOrder>{{url, connection, true}}));
    STRCMP_EQUAL("trying [2J again", lines.front().c_str());
}

TEST(FetchConversation, counts_what_it_fetches_while_it_comes) {
    FetchThreads threads(real());
    FetchedSource from = source(threads);
    std::vector<std::uint64_t> figures;
    const firmware::ByteRange all{0, text.size()};
    const auto look = [&](std::uint64_t, std::span<const std::byte>) {
        figures.push_back(from.fetched_bytes());
    };
    from.read({&all, 1}, look, {});
    CHECK(figures.size() > 4);
    for (std::size_t number = 1; number < figures.size(); ++number)
        CHECK(figures[number] > figures[number - 1]);
    CHECK_EQUAL(text.size(), from.fetched_bytes());
    // Nor is it forgotten when a read comes to no end.
    const auto full = [](std::uint64_t, std::span<const std::byte>) { throw std::length_error("full"); };
    CHECK_THROWS(std::length_error, from.read({&all, 1}, full, {}));
    const std::uint64_t before = from.fetched_bytes();
    CHECK(before > text.size());
    read(from, {{0, 4}});
    CHECK_EQUAL(before + 4, from.fetched_bytes());
}

TEST(FetchConversation, brings_documents) {
    FetchThreads threads(real());
    DocumentClient client(threads.opener(), connection);
    STRCMP_EQUAL("document a", client.fetch("a", 100, {}).c_str());
    STRCMP_EQUAL("document b", client.fetch("b", 10, {}).c_str());
    CHECK_EQUAL(1, threads.begun());
    CHECK_THROWS(download::DownloadFailed, client.fetch("c", 9, {})); // longer than was allowed
    STRCMP_EQUAL("document d", client.fetch("d", 10, {}).c_str());
    CHECK_EQUAL(2, threads.begun());
}

TEST(FetchConversation, brings_failures_as_they_are) {
    FetchThreads threads(real());
    FetchedSource from = source(threads);
    failure = std::make_exception_ptr(
        download::DownloadFailed(download::DownloadFailure::too_slow, "slow\x1b[31m server"));
    try {
        read(from, {{0, 4}});
        FAIL("it did not fail");
    } catch (const download::DownloadFailed &failed) {
        CHECK(failed.kind() == download::DownloadFailure::too_slow);
        STRCMP_EQUAL("slow [31m server", failed.what());
    }
    failure = std::make_exception_ptr(firmware::FirmwareDamaged("too short"));
    CHECK_THROWS(firmware::FirmwareDamaged, read(from, {{0, 4}}));
    failure = std::make_exception_ptr(std::runtime_error("no memory"));
    CHECK_THROWS(download::DownloadFailed, read(from, {{0, 4}}));
    failure = nullptr;
    CHECK(read(from, {{0, 4}}) == text.substr(0, 4));
}

TEST(FetchConversation, goes_on_after_the_sink_had_enough) {
    FetchThreads threads(real());
    FetchedSource from = source(threads);
    const firmware::ByteRange all{0, text.size()};
    const auto full = [](std::uint64_t, std::span<const std::byte>) { throw std::length_error("full"); };
    CHECK_THROWS(std::length_error, from.read({&all, 1}, full, {}));
    CHECK(read(from, {{1, 4}}) == text.substr(1, 4));
}

TEST(FetchConversation, ends_on_both_sides_when_it_is_cancelled) {
    bool told = false;
    {
        FetchThreads threads([&](partitions::base::FileDescriptor socket) {
            Fetching slow = fetching;
            slow.document = [&](const DocumentOrder &, const std::stop_token &gone) -> std::string {
                while (!gone.stop_requested())
                    std::this_thread::sleep_for(std::chrono::milliseconds(10));
                told = true;
                throw Cancelled();
            };
            serve_fetches(std::move(socket), slow);
        });
        DocumentClient client(threads.opener(), connection);
        std::stop_source stop;
        const std::jthread canceller([&] { stop.request_stop(); });
        CHECK_THROWS(Cancelled, client.fetch("a", 100, stop.get_token()));
    }
    CHECK(told);
}

TEST(FetchConversation, takes_nothing_that_was_not_asked_for) {
    using namespace fetch_message;
    const struct {
        std::vector<std::pair<char, std::string>> answers;
        const char *complaint;
    } cases[] = {
        {{{fetch_message::bytes, bytes(0, "1234")}, {fetch_message::done, write_order_done({})}}, "nothing"},
        {{{fetch_message::bytes, bytes(1, "1234")}}, "not requested"},
        {{{fetch_message::bytes, bytes(0, "12345")}}, "not requested"},
        {{{fetch_message::bytes, bytes(0, "12")}, {fetch_message::bytes, bytes(0, "12")}}, "not requested"},
        {{{fetch_message::bytes, "123"}}, "without their offset"},
        {{{fetch_message::bytes, bytes(0, "12")}, {fetch_message::done, write_order_done({})}},
         "less than was requested"},
        {{{fetch_message::done, "no number"}}, "cannot be read"},
        {{{fetch_message::failed, "no failure"}}, "cannot be read"},
        // CBOR: arrays in arrays, strings in strings and maps in maps, as deep as a message is long.
        {{{fetch_message::done, std::string(max_answer_bytes, '\x81')}}, "cannot be read"},
        {{{fetch_message::failed, std::string(max_answer_bytes, '\x9f')}}, "cannot be read"},
        {{{fetch_message::failed, std::string(max_answer_bytes, '\x7f')}}, "cannot be read"},
        {{{fetch_message::failed, nested_maps(200'000)}}, "cannot be read"},
        {{{fetch_message::failed, "magic\nwhat happened"}}, "unknown kind"},
        {{{fetch_message::failed, ""}}, "cannot be read"},
        {{{'?', ""}}, "unknown kind"},
        {{{fetch_message::report, std::string(max_answer_bytes + 1, 'x')}}, "are allowed"},
        {{{fetch_message::report, std::string(max_line_bytes + 1, 'x')}}, "are allowed"},
        {{{fetch_message::bytes, bytes(0, "")}}, "without contents"},
        {{{fetch_message::done, write_order_done({.fetched_bytes = UINT64_MAX})}}, "which is impossible"},
        {{}, "ended in the middle of its work"},
    };
    for (const auto &each : cases) {
        const std::string found = complaint_about(each.answers);
        CHECK_TEXT(found.find(each.complaint) != std::string::npos, (found + " / " + each.complaint).c_str());
    }
}

TEST(FetchConversation, says_where_to_look_when_nobody_fetches) {
    try {
        connect_to_update_fetch("/nowhere/fetch.socket");
        FAIL("something answered");
    } catch (const download::DownloadFailed &failed) {
        STRCMP_CONTAINS("systemctl status update-fetch.socket", failed.what());
    }
}

TEST(FetchConversation, serves_nobody_whose_orders_make_no_sense) {
    for (const char kind : {fetch_message::read, '?'}) {
        auto pair = make_conversation();
        Conversation agent(std::move(pair.first));
        agent.send(kind, std::string_view(), {});
        CHECK_THROWS(ConversationFailed, serve_fetches(std::move(pair.second), fetching));
    }
}
