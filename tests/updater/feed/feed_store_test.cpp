// What of the server's feeds and keys is believed, also by an agent that was started again.
#include "tests/support/feed_fixture.hpp"

#include "tests/support/power_cuts.hpp"
#include "updater/feed/feed_store.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::feed;
using partitions_test::FakeStorage;
using partitions_test::for_each_cut;

namespace {

constexpr const char *folder = "/data/update-control/feed";

FeedStore open_store(FakeStorage &storage, const std::string &image_keys = "a") {
    return {storage, folder, trusting(image_keys), {feed_url, product}};
}

} // namespace

TEST_GROUP(FeedStore) {
    FakeStorage storage;

    std::string accept(FeedStore & store, const SignedText &feed, std::chrono::sys_seconds now = today) {
        return feed_outcome_of([&] { store.accept_feed(feed, now); });
    }
    std::string accept(const SignedText &feed, std::chrono::sys_seconds now = today) {
        FeedStore store = open_store(storage);
        return accept(store, feed, now);
    }
    std::string rotate(FeedStore & store, const SignedText &list, std::uint64_t number) {
        return feed_outcome_of([&] { store.accept_key_list(list, number); });
    }
};

TEST(FeedStore, keeps_what_it_accepted_over_a_restart) {
    const Feed feed = feed_of(17, {entry("2.9.0.0", "2.8.0.0")});
    {
        FeedStore store = open_store(storage);
        CHECK_FALSE(store.feed().has_value());
        CHECK_TRUE(store.accept_feed(signed_feed('a', feed), today));
        CHECK_FALSE(store.accept_feed(signed_feed('a', feed), today));
    }
    CHECK_TRUE(open_store(storage).feed() == feed);
}

TEST(FeedStore, refuses_a_feed_that_nobody_it_knows_has_signed) {
    STRCMP_EQUAL("unknown_key", accept(signed_feed('b', feed_of(1))).c_str());
    CHECK_FALSE(open_store(storage).feed().has_value());
}

TEST(FeedStore, refuses_a_feed_that_was_changed) {
    SignedText feed = signed_feed('a', feed_of(1));
    feed.text += ' ';
    STRCMP_EQUAL("damaged", accept(feed).c_str());
    STRCMP_EQUAL("damaged", accept({feed.text, "no signature"}).c_str());
}

TEST(FeedStore, refuses_a_feed_of_another_product) {
    Feed feed = feed_of(1);
    feed.product = "coffee-machine";
    STRCMP_EQUAL("other_product", accept(signed_feed('a', feed)).c_str());
}

TEST(FeedStore, refuses_a_feed_that_has_expired_and_one_from_the_future) {
    const SignedText feed = signed_feed('a', feed_of(1));
    STRCMP_EQUAL("accepted", accept(feed, today + std::chrono::days(30)).c_str());
    STRCMP_EQUAL("expired", accept(feed, today + std::chrono::days(30) + std::chrono::seconds(1)).c_str());
    STRCMP_EQUAL("accepted", accept(feed, today - std::chrono::hours(24)).c_str());
    STRCMP_EQUAL("from_the_future", accept(feed, today - std::chrono::hours(25)).c_str());
}

TEST(FeedStore, refuses_a_feed_that_is_older_than_one_it_has_seen) {
    STRCMP_EQUAL("accepted", accept(signed_feed('a', feed_of(17))).c_str());
    STRCMP_EQUAL("replayed", accept(signed_feed('a', feed_of(16))).c_str());
    STRCMP_EQUAL("replayed", accept(signed_feed('a', feed_of(17, {entry("2.9.0.0", "2.8.0.0")}))).c_str());
    STRCMP_EQUAL("accepted", accept(signed_feed('a', feed_of(18))).c_str());
    STRCMP_EQUAL("replayed", accept(signed_feed('a', feed_of(17))).c_str());
}

TEST(FeedStore, remembers_the_serial_of_a_feed_whose_text_is_damaged) {
    accept(signed_feed('a', feed_of(17)));
    storage.put_file(std::string(folder) + "/feed-17.xml", "garbage");
    STRCMP_EQUAL("replayed", accept(signed_feed('a', feed_of(16))).c_str());
    STRCMP_EQUAL("accepted", accept(signed_feed('a', feed_of(18))).c_str());
}

TEST(FeedStore, goes_over_to_new_keys_when_an_old_one_says_so) {
    FeedStore store = open_store(storage);
    CHECK_EQUAL(1U, store.next_key_list());
    STRCMP_EQUAL("unknown_key", accept(store, signed_feed('b', feed_of(1))).c_str());
    STRCMP_EQUAL("accepted", rotate(store, signed_keys('a', 1, "ab"), 1).c_str());
    STRCMP_EQUAL("accepted", accept(store, signed_feed('b', feed_of(1))).c_str());
    STRCMP_EQUAL("accepted", rotate(store, signed_keys('b', 2, "b"), 2).c_str());
    CHECK_EQUAL(3U, store.next_key_list());
    // The old key is no longer trusted, neither for feeds nor for key lists, nor after a restart.
    STRCMP_EQUAL("unknown_key", accept(store, signed_feed('a', feed_of(2))).c_str());
    FeedStore again = open_store(storage);
    STRCMP_EQUAL("unknown_key", accept(again, signed_feed('a', feed_of(2))).c_str());
    STRCMP_EQUAL("unknown_key", rotate(again, signed_keys('a', 3, "a"), 3).c_str());
    STRCMP_EQUAL("accepted", accept(again, signed_feed('b', feed_of(2))).c_str());
    CHECK_EQUAL(3U, again.next_key_list());
}

TEST(FeedStore, says_which_keys_are_trusted_for_firmware) {
    const SignedText by_old = sign_with('a', "firmware");
    const SignedText by_new = sign_with('b', "firmware");
    const auto outcomes = [&](const FeedStore &store) {
        std::string found;
        for (const SignedText &each : {by_old, by_new}) {
            try {
                store.keys().check(each.text, each.signature);
                found += "accepted ";
            } catch (const firmware::FirmwareRefused &refusal) {
                found += firmware::name_of(refusal.kind()) + " ";
            }
        }
        return found;
    };
    FeedStore store = open_store(storage);
    STRCMP_EQUAL("accepted unknown_key ", outcomes(store).c_str());
    rotate(store, signed_keys('c', 1, "b"), 1); // by a stranger
    STRCMP_EQUAL("accepted unknown_key ", outcomes(store).c_str());
    rotate(store, signed_keys('a', 1, "ab"), 1);
    STRCMP_EQUAL("accepted accepted ", outcomes(store).c_str());
    rotate(store, signed_keys('b', 2, "b"), 2);
    STRCMP_EQUAL("replaced_key accepted ", outcomes(store).c_str());
    STRCMP_EQUAL("replaced_key accepted ", outcomes(open_store(storage)).c_str());
}

TEST(FeedStore, takes_no_key_list_out_of_its_turn) {
    FeedStore store = open_store(storage);
    STRCMP_EQUAL("replayed", rotate(store, signed_keys('a', 1, "ab"), 2).c_str());
    STRCMP_EQUAL("accepted", rotate(store, signed_keys('a', 2, "ab"), 2).c_str());
    STRCMP_EQUAL("replayed", rotate(store, signed_keys('a', 1, "a"), 1).c_str());
    STRCMP_EQUAL("unknown_key", rotate(store, signed_keys('c', 3, "c"), 3).c_str());
    STRCMP_EQUAL("wrong_feed", rotate(store, sign_with('a', "<keys/>"), 3).c_str());
    // Control characters go to terminals, and a carriage return does not come back from a file.
    for (const auto &[what, instead] : {std::pair{"mail-appliance", "mail&#27;[2J"},
                                        {"CERTIFICATE-----", "CERTIFICATE-----&#13;"},
                                        {"-----BEGIN", "&#7;-----BEGIN"}}) {
        std::string list = signed_keys('a', 3, "a").text;
        list.replace(list.find(what), std::string_view(what).size(), instead);
        STRCMP_EQUAL_TEXT("wrong_feed", rotate(store, sign_with('a', list), 3).c_str(), instead);
    }
}

TEST(FeedStore, passes_over_lists_of_before_the_keys_of_a_newer_system) {
    {
        FeedStore store = open_store(storage);
        rotate(store, signed_keys('a', 1, "b"), 1);
    }
    FeedStore newer = open_store(storage, "c");
    STRCMP_EQUAL("accepted", accept(newer, signed_feed('c', feed_of(1))).c_str());
    STRCMP_EQUAL("unknown_key", accept(newer, signed_feed('b', feed_of(2))).c_str());
    CHECK_EQUAL(2U, newer.next_key_list());
}

TEST(FeedStore, follows_the_chain_from_where_the_keys_of_the_image_stand_in_it) {
    struct Link {
        char by;
        const char *names;
    };
    const struct {
        const char *image_keys;
        std::vector<Link> lists; // from number 1 on
        const char *followed;
        char feed_by;
        const char *feed;
    } cases[] = {
        // One rotation, whose first key the image does not know any more.
        {"b", {{'a', "b"}}, "accepted", 'b', "accepted"},
        {"b", {{'a', "ab"}}, "accepted", 'b', "accepted"},
        {"b", {{'a', "ab"}, {'b', "b"}}, "accepted", 'b', "accepted"},
        {"b", {{'a', "ab"}, {'a', "b"}}, "accepted", 'b', "accepted"},
        {"ab", {{'a', "b"}}, "accepted", 'b', "accepted"},
        {"ab", {{'a', "b"}}, "accepted", 'a', "unknown_key"},
        {"ab", {}, "accepted", 'a', "accepted"},
        // Two rotations, met at each place.
        {"a", {{'a', "b"}, {'b', "c"}}, "accepted", 'c', "accepted"},
        {"b", {{'a', "b"}, {'b', "c"}}, "accepted", 'c', "accepted"},
        {"b", {{'a', "b"}, {'b', "c"}}, "accepted", 'b', "unknown_key"},
        {"c", {{'a', "b"}, {'b', "c"}}, "accepted", 'c', "accepted"},
        {"c", {{'a', "b"}, {'b', "c"}}, "accepted", 'b', "unknown_key"},
        {"bc", {{'a', "ab"}, {'a', "b"}, {'b', "bc"}, {'c', "c"}}, "accepted", 'c', "accepted"},
        {"bc", {{'a', "ab"}, {'a', "b"}, {'b', "bc"}, {'c', "c"}}, "accepted", 'b', "unknown_key"},
        {"cd", {{'a', "b"}, {'b', "c"}}, "accepted", 'd', "accepted"},
        // Neither where it comes from nor where it leads is known.
        {"c", {{'a', "b"}}, "unknown_key", 'b', "unknown_key"},
        {"c", {{'a', "b"}, {'b', "d"}}, "unknown_key", 'd', "unknown_key"},
        {"b", {{'a', "b"}, {'b', "c"}, {'a', "d"}}, "unknown_key", 'd', "unknown_key"},
        // A key that was replaced does not come back by naming one that counts beside itself.
        {"a", {{'a', "b"}, {'a', "ab"}}, "accepted", 'a', "unknown_key"},
        {"a", {{'a', "b"}, {'a', "ac"}}, "unknown_key", 'c', "unknown_key"},
    };
    for (const auto &each : cases) {
        FakeStorage fresh;
        std::vector<SignedText> lists;
        std::string where = std::string("image ") + each.image_keys;
        for (const auto &[by, names] : each.lists) {
            lists.push_back(signed_keys(by, lists.size() + 1, names));
            where += std::string(", ") + by + " to " + names;
        }
        FeedStore store = open_store(fresh, each.image_keys);
        where += std::string(", feed by ") + each.feed_by;
        STRCMP_EQUAL_TEXT(each.followed, feed_outcome_of([&] { store.follow_key_lists(lists); }).c_str(),
                          where.c_str());
        STRCMP_EQUAL_TEXT(each.feed, accept(store, signed_feed(each.feed_by, feed_of(1))).c_str(),
                          where.c_str());
        FeedStore again = open_store(fresh, each.image_keys);
        STRCMP_EQUAL_TEXT(each.feed, accept(again, signed_feed(each.feed_by, feed_of(2))).c_str(),
                          where.c_str());
    }
}

TEST(FeedStore, follows_a_chain_whose_beginning_an_older_system_had_followed) {
    {
        FeedStore older = open_store(storage, "a");
        older.follow_key_lists({signed_keys('a', 1, "ab")});
        accept(older, signed_feed('a', feed_of(17)));
    }
    FeedStore newer = open_store(storage, "c");
    CHECK_EQUAL(2U, newer.next_key_list());
    newer.follow_key_lists({signed_keys('b', 2, "bc")});
    STRCMP_EQUAL("replayed", accept(newer, signed_feed('c', feed_of(16))).c_str());
    STRCMP_EQUAL("accepted", accept(newer, signed_feed('c', feed_of(18))).c_str());
}

TEST(FeedStore, passes_over_no_list_but_for_a_signature_that_it_cannot_know) {
    FeedStore store = open_store(storage, "b");
    SignedText cut = signed_keys('a', 1, "b");
    cut.signature.resize(cut.signature.size() / 2);
    STRCMP_EQUAL("damaged", feed_outcome_of([&] { store.follow_key_lists({cut}); }).c_str());
    SignedText changed = signed_keys('b', 1, "bc");
    changed.text += ' ';
    STRCMP_EQUAL("damaged", feed_outcome_of([&] { store.follow_key_lists({changed}); }).c_str());
    // The next list of another number: an older one, offered once more.
    const auto older = signed_keys('b', 1, "ab");
    STRCMP_EQUAL("replayed", feed_outcome_of([&] {
                                 store.follow_key_lists({signed_keys('a', 1, "b"), older});
                             }).c_str());
    STRCMP_EQUAL("unknown_key", accept(store, signed_feed('a', feed_of(1))).c_str());
}

TEST(FeedStore, believes_no_older_feed_after_a_power_cut_at_any_moment) {
    const auto earlier = signed_feed('a', feed_of(17));
    const auto later = signed_feed('a', feed_of(18));
    for_each_cut([&](FakeStorage &disk) { open_store(disk).accept_feed(earlier, today); },
                 [&](FakeStorage &disk) { open_store(disk).accept_feed(later, today); },
                 [&](FakeStorage &disk, const std::string &where) {
                     FeedStore store = open_store(disk);
                     CHECK_TRUE_TEXT(store.feed().has_value(), where.c_str());
                     CHECK_TRUE_TEXT(store.feed()->serial == 17 || store.feed()->serial == 18, where.c_str());
                     const auto before = signed_feed('a', feed_of(16));
                     STRCMP_EQUAL_TEXT("replayed", accept(store, before).c_str(), where.c_str());
                     STRCMP_EQUAL_TEXT("accepted", accept(store, later).c_str(), where.c_str());
                 });
}

TEST(FeedStore, has_the_old_keys_or_the_new_ones_after_a_power_cut_at_any_moment) {
    const auto list = signed_keys('a', 1, "b");
    for_each_cut([&](FakeStorage &) {}, [&](FakeStorage &disk) { open_store(disk).accept_key_list(list, 1); },
                 [&](FakeStorage &disk, const std::string &where) {
                     FeedStore store = open_store(disk);
                     const bool gone_over = store.next_key_list() == 2;
                     STRCMP_EQUAL_TEXT(gone_over ? "accepted" : "unknown_key",
                                       accept(store, signed_feed('b', feed_of(1))).c_str(), where.c_str());
                     if (!gone_over)
                         STRCMP_EQUAL_TEXT("accepted", rotate(store, list, 1).c_str(), where.c_str());
                 });
}
