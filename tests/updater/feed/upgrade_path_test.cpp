// Which firmware follows which.
#include "tests/support/feed_fixture.hpp"

#include "updater/feed/upgrade_path.hpp"

#include <algorithm>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::feed;

namespace {

/// "2.8.1.0 2.9.0.0", and what cannot be reached in brackets.
std::string text_of(const UpgradePath &path) {
    std::string text;
    for (const FeedEntry &hop : path.hops)
        text += (text.empty() ? "" : " ") + hop.version.text();
    for (const FeedEntry &entry : path.out_of_reach)
        text += (text.empty() ? "[" : " [") + entry.version.text() + "]";
    return text;
}

std::string path_from(const char *running, std::vector<FeedEntry> entries, const PathWishes &wishes = {}) {
    Feed feed = feed_of(1, std::move(entries));
    std::ranges::sort(feed.entries, std::ranges::greater(), &FeedEntry::version);
    return text_of(upgrade_path(feed, firmware::Version::parse(running), wishes));
}

FeedEntry stone(FeedEntry entry) {
    entry.stepping_stone = true;
    return entry;
}

FeedEntry security(FeedEntry entry) {
    entry.security_only = true;
    return entry;
}

} // namespace

TEST_GROUP(UpgradePath){};

TEST(UpgradePath, goes_to_the_newest_in_as_few_hops_as_can_be) {
    const std::vector<FeedEntry> entries{entry("2.8.1.0", "2.8.0.0"), entry("2.8.2.0", "2.8.0.0"),
                                         entry("2.9.0.0", "2.8.1.0"), entry("3.0.0.0", "2.9.0.0")};
    STRCMP_EQUAL("2.8.2.0 2.9.0.0 3.0.0.0", path_from("2.8.0.0", entries).c_str());
    STRCMP_EQUAL("2.9.0.0 3.0.0.0", path_from("2.8.1.0", entries).c_str());
    STRCMP_EQUAL("", path_from("3.0.0.0", entries).c_str());
    STRCMP_EQUAL("", path_from("3.1.0.0", entries).c_str());
}

TEST(UpgradePath, stops_where_a_step_is_missing_and_says_what_is_out_of_reach) {
    const std::vector<FeedEntry> entries{entry("2.8.1.0", "2.8.0.0"), entry("3.0.0.0", "2.9.0.0")};
    STRCMP_EQUAL("2.8.1.0 [3.0.0.0]", path_from("2.8.0.0", entries).c_str());
    STRCMP_EQUAL("[3.0.0.0] [2.8.1.0]", path_from("2.7.0.0", entries).c_str());
}

TEST(UpgradePath, leaves_out_no_stepping_stone) {
    const std::vector<FeedEntry> entries{entry("2.8.1.0", "2.8.0.0"), stone(entry("2.8.2.0", "2.8.0.0")),
                                         entry("2.9.0.0", "2.8.0.0")};
    STRCMP_EQUAL("2.8.2.0 2.9.0.0", path_from("2.8.0.0", entries).c_str());
    STRCMP_EQUAL("2.9.0.0", path_from("2.8.2.0", entries).c_str());
}

TEST(UpgradePath, takes_what_is_wished) {
    const std::vector<FeedEntry> entries{security(entry("2.8.0.1", "2.8.0.0")), entry("2.9.0.0", "2.8.0.0")};
    STRCMP_EQUAL("2.8.0.1 [2.9.0.0]", path_from("2.8.0.0", entries, {.security_only = true}).c_str());
    const PathWishes without{.left_out = [](const firmware::Version &version) {
        return version == firmware::Version(2, 9, 0, 0);
    }};
    STRCMP_EQUAL("2.8.0.1 [2.9.0.0]", path_from("2.8.0.0", entries, without).c_str());
}

TEST(UpgradePath, does_not_get_past_a_stepping_stone_that_is_left_out) {
    const std::vector<FeedEntry> entries{stone(entry("2.8.2.0", "2.8.0.0")), entry("2.9.0.0", "2.8.0.0")};
    const PathWishes without{.left_out = [](const firmware::Version &version) {
        return version == firmware::Version(2, 8, 2, 0);
    }};
    STRCMP_EQUAL("[2.9.0.0] [2.8.2.0]", path_from("2.8.0.0", entries, without).c_str());
}
