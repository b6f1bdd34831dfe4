// What is told, once, and in which words.
#include "tests/support/fake_storage.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/updater/feed/feed_fixture.hpp"
#include "updater/agent/announcements.hpp"

#include <sstream>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using partitions_test::FakeStorage;

namespace {

const NoticeBoard::Places places;

std::vector<std::string> notices(FakeStorage &storage) {
    std::vector<std::string> names;
    if (storage.exists(places.outgoing))
        for (const auto &path : storage.list(places.outgoing))
            names.push_back(path.filename());
    return names;
}

} // namespace

TEST_GROUP(NoticeBoard) {
    FakeStorage storage;
    NoticeBoard board{storage, places};
    std::ostringstream console;
    std::chrono::system_clock::time_point now = today;
    Announcements announcements{board, console, [this] { return now; }};

    std::string only_notice() {
        const auto all = notices(storage);
        CHECK_EQUAL(1U, all.size());
        return storage.contents(places.outgoing / all.at(0));
    }
    void job_ends(Outcome outcome, const char *operation = "install") {
        JobFacts facts;
        facts.job = "20261121-030000";
        facts.operation = operation;
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.log_file = "/var/spool/updates/XPU/20261121-030000.log";
        announcements.job_ended(facts, {.outcome = outcome, .reason = "the test message did not arrive"});
    }
};

TEST(NoticeBoard, tells_of_new_firmware_once_and_at_every_login) {
    const FeedEntry firmware = entry("2.8.1.0", "2.8.0.0");
    announcements.can_be_installed(firmware);
    STRCMP_CONTAINS(
        "kind: can-be-installed\nversion: 2.8.1.0\nsubject: firmware 2.8.1.0 can be installed\n\nNotes",
        only_notice().c_str());
    STRCMP_CONTAINS("2.8.1.0 can be installed: update-control -i fw",
                    storage.contents(places.banner).c_str());
    storage.remove(places.outgoing / "can-be-installed-2.8.1.0.notice"); // passed on
    announcements.can_be_installed(firmware);
    CHECK_TRUE(notices(storage).empty());
}

TEST(NoticeBoard, shows_nothing_at_login_when_there_is_nothing) {
    announcements.at_start({});
    CHECK_FALSE(storage.exists(places.banner));
    announcements.at_start({.hops = {entry("2.8.1.0", "2.8.0.0")}, .out_of_reach = {}});
    CHECK_TRUE(storage.exists(places.banner));
    job_ends(Outcome::succeeded);
    STRCMP_EQUAL("", storage.contents(places.banner).c_str());
}

TEST(NoticeBoard, tells_how_an_upgrade_ended_unless_whoever_asked_was_told) {
    const struct {
        Outcome outcome;
        const char *operation;
        const char *kind;
    } cases[] = {{Outcome::succeeded, "install", "kind: finished"},
                 {Outcome::succeeded, "download", "kind: ready-to-install"},
                 {Outcome::rolled_back, "install", "kind: rolled-back"},
                 {Outcome::failed, "install", "kind: failed"},
                 {Outcome::refused, "install", nullptr},
                 {Outcome::cancelled, "install", nullptr}};
    for (const auto &each : cases) {
        FakeStorage fresh;
        NoticeBoard fresh_board(fresh, places);
        Announcements fresh_announcements(fresh_board, console, [this] { return now; });
        JobFacts facts;
        facts.job = "1";
        facts.operation = each.operation;
        fresh_announcements.job_ended(facts, {.outcome = each.outcome, .reason = "why"});
        const auto all = notices(fresh);
        CHECK_EQUAL(each.kind ? 1U : 0U, all.size());
        if (each.kind)
            STRCMP_CONTAINS(each.kind, fresh.contents(places.outgoing / all.at(0)).c_str());
    }
    job_ends(Outcome::rolled_back);
    STRCMP_CONTAINS("Reason: the test message did not arrive", only_notice().c_str());
}

TEST(NoticeBoard, says_after_a_week_that_the_list_does_not_come) {
    announcements.list_not_renewed("the server is gone", std::nullopt);
    announcements.list_not_renewed("the server is gone", today);
    CHECK_TRUE(notices(storage).empty());
    now += std::chrono::days(7);
    announcements.list_not_renewed("the server is gone", today);
    announcements.list_not_renewed("the server is gone", today);
    STRCMP_CONTAINS("the server is gone", only_notice().c_str());
}

TEST(NoticeBoard, lets_no_text_from_outside_reach_a_terminal_or_another_line) {
    const std::string text = write_notice({"k", "1", "two\nlines \x1b[2J", "first\nsecond \x07"});
    CHECK_TRUE(text.find('\x1b') == std::string::npos && text.find('\x07') == std::string::npos);
    STRCMP_CONTAINS("second", text.c_str());
    CHECK_EQUAL(
        3, std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("\n\n")) + 1, '\n'));
}

TEST(NoticeBoard, loses_no_notice_in_a_power_cut) {
    partitions_test::for_each_cut([](FakeStorage &) {},
                                  [](FakeStorage &disk) {
                                      NoticeBoard(disk, places).post("a", {"kind", "1", "subject", "text"});
                                  },
                                  [](FakeStorage &disk, const std::string &where) {
                                      NoticeBoard(disk, places).post("a", {"kind", "1", "subject", "text"});
                                      CHECK_TRUE_TEXT(disk.exists(places.outgoing / "a.notice"),
                                                      where.c_str());
                                  });
}
