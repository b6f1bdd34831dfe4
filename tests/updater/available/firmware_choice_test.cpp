// What a job is told of its firmware beside the URL.
#include "tests/support/fake_feed_source.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/feed_fixture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/available/firmware_choice.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::available;

TEST_GROUP(FirmwareChoice) {
    partitions_test::FakeStorage storage;
    TemporaryFolder downloads;
    FakeFeedSource source;
    configuration::Appliance appliance;
    feed::FeedStore store{storage, "/data/feed", trusting("a"), {feed_url, product}};
    FeedMonitor feed{
        store, source, {storage, "/data/feed/checked"}, firmware::Version(2, 8, 0, 0), [] { return today; },
        {}};
    FirmwareFolder folder{downloads.path(), firmware::keys_in(downloads.path())};
    FailedVersions failed{storage, "/data/failed.json"};
    FirmwareChoice choice{appliance, folder, failed, &feed};

    void setup() override {
        feed::FeedEntry next = entry("2.8.1.0", "2.8.0.0");
        next.urls = {"https://a/2.8.1.0.fw", "https://b/2.8.1.0.fw", "https://c/2.8.1.0.fw"};
        store.accept_feed(signed_feed('a', feed_of(1, {next})), today);
    }
    job::JobFacts about(const std::string &url) {
        job::JobFacts facts;
        facts.source = url;
        choice.add_what_the_feed_says(facts);
        return facts;
    }
};

TEST(FirmwareChoice, names_the_other_servers_and_the_version_of_what_the_feed_knows) {
    const job::JobFacts first = about("https://a/2.8.1.0.fw");
    STRCMP_EQUAL("2.8.1.0", first.expected_version.c_str());
    CHECK((first.mirrors == std::vector<std::string>{"https://b/2.8.1.0.fw", "https://c/2.8.1.0.fw"}));
    CHECK((about("https://b/2.8.1.0.fw").mirrors ==
           std::vector<std::string>{"https://a/2.8.1.0.fw", "https://c/2.8.1.0.fw"}));
}

TEST(FirmwareChoice, knows_nothing_of_what_the_feed_does_not_name) {
    for (const char *url : {"", "https://elsewhere/own.fw"}) {
        const job::JobFacts facts = about(url);
        CHECK(facts.expected_version.empty());
        CHECK(facts.mirrors.empty());
    }
}

TEST(FirmwareChoice, that_is_empty_because_of_a_failure_says_what_failed_and_how_to_install_it) {
    failed.remember("2.8.1.0", "the store cannot be converted", {});
    try {
        choice.newest_url(false);
        FAIL("something was chosen");
    } catch (const Refused &refusal) {
        STRCMP_CONTAINS("but 2.8.1.0, which failed on this appliance before: the store cannot be converted",
                        refusal.what());
        STRCMP_EQUAL("To install it all the same: update-control -i fw --force", refusal.next_step().c_str());
    }
    STRCMP_EQUAL("https://a/2.8.1.0.fw", choice.newest_url(true).c_str());
}

TEST(FirmwareChoice, knows_also_what_the_steps_pass_over) {
    feed::FeedEntry passed_over = entry("2.8.1.0", "2.8.0.0");
    passed_over.urls = {"https://a/2.8.1.0.fw", "https://b/2.8.1.0.fw"};
    store.accept_feed(signed_feed('a', feed_of(2, {entry("2.8.2.0", "2.8.0.0"), passed_over})), today);
    STRCMP_EQUAL("2.8.2.0", choice.path(false).hops.front().version.text().c_str());
    const job::JobFacts facts = about("https://a/2.8.1.0.fw");
    STRCMP_EQUAL("2.8.1.0", facts.expected_version.c_str());
    CHECK(facts.mirrors == std::vector<std::string>{"https://b/2.8.1.0.fw"});
    LONGS_EQUAL(2, feed.newer().size());
    STRCMP_EQUAL("2.8.1.0", feed.newer().back().version.text().c_str());
}
