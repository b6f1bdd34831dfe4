// Checking the feed: what is announced, and what is remembered.
#include "tests/support/fake_feed_source.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/feed_fixture.hpp"
#include "updater/available/feed_monitor.hpp"

#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::available;
using partitions_test::FakeStorage;

TEST_GROUP(FeedMonitor) {
    FakeStorage storage;
    FakeFeedSource source;
    std::chrono::system_clock::time_point now = today;
    std::vector<std::string> told;

    /// As an agent that was just started; one check, to its end.
    nlohmann::json check_feed(int times = 1) {
        feed::FeedStore store(storage, "/data/feed", trusting("a"), {feed_url, product});
        FeedMonitor monitor(
            store, source, {storage, "/data/feed/checked"}, firmware::Version(2, 8, 0, 0),
            [this] { return now; },
            {.can_be_installed =
                 [this](const feed::FeedEntry &entry) { told.push_back(entry.version.text()); },
             .check_failed = [this](std::string_view text, auto) { told.emplace_back(text); }});
        for (; times > 0; --times) {
            monitor.begin_check();
            while (monitor.document()["checking"])
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return monitor.document();
    }
};

TEST(FeedMonitor, announces_after_each_check_what_can_be_installed_next) {
    source.answer = {
        {}, signed_feed('a', feed_of(17, {entry("2.8.1.0", "2.8.0.0"), entry("2.9.0.0", "2.8.1.0")}))};
    const auto document = check_feed(2);
    CHECK_TRUE(told == (std::vector<std::string>{"2.8.1.0", "2.8.1.0"}));
    CHECK_EQUAL(17, document["serial"].get<int>());
    CHECK_FALSE(document["checked"].is_null());
    STRCMP_EQUAL("", document["problem"].get<std::string>().c_str());
}

TEST(FeedMonitor, says_what_went_wrong_and_keeps_what_it_knew) {
    source.answer = {{}, signed_feed('a', feed_of(17))};
    check_feed();
    source.failure = "the server is gone";
    const auto document = check_feed();
    STRCMP_CONTAINS("the server is gone", document["problem"].get<std::string>().c_str());
    STRCMP_CONTAINS("--refresh", document["next"].get<std::string>().c_str());
    CHECK_EQUAL(17, document["serial"].get<int>());
    CHECK_FALSE(document["checked"].is_null());
    STRCMP_CONTAINS("the server is gone", told.back().c_str());
}

TEST(FeedMonitor, follows_new_keys_and_asks_for_the_next_ones) {
    source.answer = {{signed_keys('a', 1, "ab"), signed_keys('b', 2, "b")}, signed_feed('b', feed_of(1))};
    STRCMP_EQUAL("", check_feed()["problem"].get<std::string>().c_str());
    source.answer = {{}, signed_feed('a', feed_of(2))};
    STRCMP_CONTAINS("that the vendor has replaced", check_feed()["problem"].get<std::string>().c_str());
    CHECK_TRUE(source.asked == (std::vector<std::uint64_t>{1, 3}));
}

TEST(FeedMonitor, does_not_need_lists_of_before_the_keys_of_its_own_system) {
    source.answer = {{signed_keys('b', 1, "a")}, signed_feed('a', feed_of(1))};
    STRCMP_EQUAL("", check_feed(2)["problem"].get<std::string>().c_str());
    source.answer = {{signed_keys('b', 1, "c")}, signed_feed('c', feed_of(2))};
    STRCMP_CONTAINS("key list 1", check_feed()["problem"].get<std::string>().c_str());
}

TEST(FeedMonitor, says_when_what_it_knows_has_expired) {
    source.answer = {{}, signed_feed('a', feed_of(17))};
    CHECK_FALSE(check_feed()["expired"].get<bool>());
    now += std::chrono::days(31);
    const auto document = check_feed();
    CHECK_TRUE(document["expired"].get<bool>());
    STRCMP_CONTAINS("has expired", document["problem"].get<std::string>().c_str());
}
