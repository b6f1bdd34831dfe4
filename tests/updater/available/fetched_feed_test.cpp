// Which documents are asked for, and what is made of one that does not come.
#include "tests/support/fetch_fixture.hpp"
#include "updater/available/fetched_feed.hpp"

#include <map>
#include <set>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::available;

TEST_GROUP(FetchedFeed) {
    const std::string folder = "https://updates.example/list/";
    std::map<std::string, std::string> served;
    std::set<std::string> in_trouble;
    updater_test::FetchThreads update_fetch{[this](partitions::base::FileDescriptor socket) {
        fetch::serve_fetches(
            std::move(socket),
            {.open = nullptr, .document = [this](const fetch::DocumentOrder &order, const std::stop_token &) {
                 return answer(order.url);
             }});
    }};

    std::string answer(const std::string &url) const {
        if (in_trouble.contains(url))
            throw download::DownloadFailed(download::DownloadFailure::server_refused, "status 503");
        if (!served.contains(url))
            throw download::DownloadFailed(download::DownloadFailure::not_on_server, "no such file");
        return served.at(url);
    }
    void serve(const std::string &name) {
        served[folder + name] = name;
        served[folder + name + ".sig"] = "signature of " + name;
    }
    feed::FetchedFeed fetch(std::uint64_t first_key_list) {
        FetchedFeedSource source(
            update_fetch.opener(), [] { return download::Connection(); }, folder + "feed.xml");
        return source.fetch(first_key_list, {});
    }
};

TEST(FetchedFeed, is_the_feed_and_all_key_lists_from_the_one_asked_for) {
    for (const char *name : {"feed.xml", "keys-1.xml", "keys-2.xml", "keys-3.xml", "keys-5.xml"})
        serve(name);
    const feed::FetchedFeed fetched = fetch(2);
    STRCMP_EQUAL("feed.xml", fetched.feed.text.c_str());
    STRCMP_EQUAL("signature of feed.xml", fetched.feed.signature.c_str());
    CHECK_EQUAL(2U, fetched.key_lists.size());
    STRCMP_EQUAL("keys-3.xml", fetched.key_lists.back().text.c_str());
    CHECK_EQUAL(1, update_fetch.begun());
}

TEST(FetchedFeed, is_none_when_it_is_not_there) {
    serve("keys-2.xml");
    CHECK_THROWS(feed::FeedNotFetched, fetch(2));
}

TEST(FetchedFeed, does_not_take_a_server_in_trouble_for_the_end_of_the_key_lists) {
    serve("feed.xml");
    in_trouble.insert(folder + "keys-2.xml.sig");
    try {
        fetch(2);
        FAIL("the lists were taken for complete");
    } catch (const feed::FeedNotFetched &failure) {
        STRCMP_CONTAINS("status 503", failure.what());
    }
}

TEST(FetchedFeed, is_none_without_update_fetch) {
    FetchedFeedSource source([] { return fetch::connect_to_update_fetch("/nowhere"); },
                             [] { return download::Connection(); }, folder + "feed.xml");
    CHECK_THROWS(feed::FeedNotFetched, source.fetch(1, {}));
}
