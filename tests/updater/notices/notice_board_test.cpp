// What is told, once, and in which words.
#include "tests/support/fake_storage.hpp"
#include "tests/support/feed_fixture.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/notices/notice_journal.hpp"

#include <sstream>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::notices;
using partitions_test::FakeStorage;

namespace {

const NoticeBoard::Places places{.outgoing = "/notices", .told = "/told.json", .banner = "/motd"};

std::vector<std::string> outgoing_notices(FakeStorage &storage) {
    std::vector<std::string> names;
    if (storage.exists(places.outgoing))
        for (const auto &path : storage.list(places.outgoing))
            names.push_back(path.filename());
    return names;
}

} // namespace

TEST_GROUP(NoticeBoard) {
    FakeStorage storage;
    configuration::NoticeSettings wanted;
    std::vector<Notice> in_journal;
    std::vector<Notice> on_bus;
    NoticeBoard::Ways ways{.wanted = [this] { return wanted; },
                           .journal = [this](const Notice &notice) { in_journal.push_back(notice); },
                           .bus = [this](const Notice &notice) { on_bus.push_back(notice); }};
    NoticeBoard board{storage, places, ways};
    std::ostringstream console;
    std::chrono::system_clock::time_point now = today;
    Announcements announcements{board, console, [this] { return now; },
                                [this] { return wanted.feed_unreachable; }};

    std::string only_notice() {
        const auto all = outgoing_notices(storage);
        CHECK_EQUAL(1U, all.size());
        return storage.contents(places.outgoing / all.at(0));
    }
    void job_ends(job::Outcome outcome, job::Operation operation = job::Operation::install) {
        job::JobFacts facts;
        facts.job = "20261121-030000";
        facts.operation = operation;
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.log_file = "/var/spool/updates/XPU/20261121-030000.log";
        announcements.job_ended(
            facts, {.outcome = outcome, .reason = "the test message did not arrive", .code = "UC0706"});
    }
};

TEST(NoticeBoard, tells_of_new_firmware_once_and_at_every_login) {
    const feed::FeedEntry firmware = entry("2.8.1.0", "2.8.0.0");
    announcements.can_be_installed(firmware);
    STRCMP_CONTAINS("kind: can-be-installed\nversion: 2.8.1.0\nsubject: firmware 2.8.1.0 can be installed\n"
                    "mail: yes\nprograms: yes\n\nNotes",
                    only_notice().c_str());
    STRCMP_CONTAINS("2.8.1.0 can be installed: update-control -i fw",
                    storage.contents(places.banner).c_str());
    storage.remove(places.outgoing / "can-be-installed-2.8.1.0.notice"); // passed on
    announcements.can_be_installed(firmware);
    NoticeBoard after_restart(storage, places, ways);
    after_restart.post("can-be-installed-2.8.1.0", {"can-be-installed", "2.8.1.0", "again", ""});
    CHECK_TRUE(outgoing_notices(storage).empty());
    CHECK_EQUAL(1U, in_journal.size());
    CHECK_EQUAL(1U, on_bus.size());
    STRCMP_EQUAL("firmware 2.8.1.0 can be installed", on_bus.at(0).subject.c_str());
}

TEST(NoticeBoard, tells_once_of_a_partition_that_differs_and_of_a_copy_that_failed) {
    for (int week = 0; week < 2; ++week) {
        announcements.partition_differs('a', "2.8.1.0", "slot a differs in 1 of 3 chunks", "copy of Monday");
        announcements.rescue_copy_failed("the disk is full");
    }
    CHECK_EQUAL(2U, on_bus.size());
    STRCMP_EQUAL("slot a isn't as it was signed", on_bus.at(0).subject.c_str());
    STRCMP_EQUAL("slot a differs in 1 of 3 chunks\n", on_bus.at(0).text.c_str());
    STRCMP_CONTAINS("update-control --backup", on_bus.at(1).text.c_str());
    announcements.partition_differs('a', "2.8.1.0", "slot a differs in 1 of 3 chunks", "copy of Tuesday");
    STRCMP_EQUAL("partition-differs", on_bus.at(2).kind.c_str()); // the same in what was written since
    announcements.rescue_copy_renewed(now);
    STRCMP_EQUAL("rescue-copy-renewed", on_bus.at(3).kind.c_str());
}

TEST(NoticeBoard, tells_that_the_boot_loader_had_to_start_the_rescue_copy) {
    announcements.rescue_copy_started('a', 'b', "2.8.1.0", now, true);
    STRCMP_EQUAL("slot b could not be started; the rescue copy runs", on_bus.at(0).subject.c_str());
    STRCMP_CONTAINS("The appliance runs version 2.8.1.0 from slot a", on_bus.at(0).text.c_str());
    STRCMP_CONTAINS("again by itself, or with: update-control --backup", on_bus.at(0).text.c_str());
    announcements.rescue_copy_started('a', 'b', "2.8.1.0", now + std::chrono::hours(1), false);
    STRCMP_CONTAINS("by itself. To write it: update-control --backup", on_bus.at(1).text.c_str());
}

TEST(NoticeBoard, says_at_each_login_what_is_unusual_about_the_system_beside_new_firmware) {
    announcements.about_system("This appliance runs from slot b.\n");
    STRCMP_EQUAL("This appliance runs from slot b.\n", storage.contents(places.banner).c_str());
    announcements.can_be_installed(entry("2.8.1.0", "2.8.0.0"));
    STRCMP_CONTAINS("This appliance runs from slot b.\nFirmware 2.8.1.0 can be installed",
                    storage.contents(places.banner).c_str());
    announcements.about_system("");
    STRCMP_CONTAINS("Firmware 2.8.1.0", storage.contents(places.banner).c_str());
    CHECK_FALSE(storage.contents(places.banner).starts_with("This appliance"));
}

TEST(NoticeBoard, takes_away_what_an_earlier_agent_said_of_the_system) {
    storage.put_file(places.banner, "This appliance runs from slot b.\n");
    announcements.about_system("");
    STRCMP_EQUAL("", storage.contents(places.banner).c_str());
}

TEST(NoticeBoard, says_at_each_login_that_mail_is_stopped_on_request_until_it_is_resumed) {
    announcements.can_be_installed(entry("2.8.1.0", "2.8.0.0"));
    announcements.mail_is_drained("Mail is stopped.\n");
    STRCMP_CONTAINS("Mail is stopped.\nFirmware 2.8.1.0 can be installed",
                    storage.contents(places.banner).c_str());
    announcements.mail_is_drained("");
    STRCMP_CONTAINS("Firmware 2.8.1.0 can be installed", storage.contents(places.banner).c_str());
    CHECK_FALSE(storage.contents(places.banner).starts_with("Mail"));
}

TEST(NoticeBoard, each_way_can_be_turned_off_alone_and_at_once) {
    const struct {
        const char *name;
        bool configuration::NoticeSettings::*way;
    } cases[] = {{"login", &configuration::NoticeSettings::login},
                 {"journal", &configuration::NoticeSettings::journal},
                 {"bus", &configuration::NoticeSettings::bus},
                 {"mail", &configuration::NoticeSettings::mail},
                 {"programs", &configuration::NoticeSettings::programs}};
    int version = 0;
    for (const auto &off : cases) {
        wanted = {};
        wanted.*off.way = false;
        in_journal.clear();
        on_bus.clear();
        if (storage.exists(places.banner))
            storage.remove(places.banner);
        const std::string name = "2.9.0." + std::to_string(++version);
        announcements.can_be_installed(entry(name.c_str(), "2.8.0.0"));
        const std::string file = storage.contents(places.outgoing / ("can-be-installed-" + name + ".notice"));
        CHECK_EQUAL_TEXT(wanted.login, storage.exists(places.banner), off.name);
        CHECK_EQUAL_TEXT(wanted.journal ? 1U : 0U, in_journal.size(), off.name);
        CHECK_EQUAL_TEXT(wanted.bus ? 1U : 0U, on_bus.size(), off.name);
        STRCMP_CONTAINS_TEXT(wanted.mail ? "\nmail: yes\n" : "\nmail: no\n", file.c_str(), off.name);
        STRCMP_CONTAINS_TEXT(wanted.programs ? "\nprograms: yes\n" : "\nprograms: no\n", file.c_str(),
                             off.name);
    }
}

TEST(NoticeBoard, what_nobody_wanted_is_not_told_later) {
    wanted = {.login = false, .journal = false, .bus = false, .mail = false, .programs = false};
    board.post("a", {"kind", "1", "subject", "text"});
    wanted = {};
    board.post("a", {"kind", "1", "subject", "text"});
    CHECK_TRUE(outgoing_notices(storage).empty() && in_journal.empty() && on_bus.empty());
}

TEST(NoticeBoard, a_journal_that_fails_is_said_and_brings_nothing_twice) {
    ways.journal = [](const Notice &) { throw std::runtime_error("the journal is full"); };
    NoticeBoard without_journal(storage, places, ways);
    Announcements announced(
        without_journal, console, [this] { return now; }, [] { return std::chrono::days(7); });
    announced.can_be_installed(entry("2.8.1.0", "2.8.0.0"));
    STRCMP_CONTAINS("the journal is full", console.str().c_str());
    only_notice();
    CHECK_EQUAL(1U, on_bus.size());
    announced.can_be_installed(entry("2.8.1.0", "2.8.0.0"));
    CHECK_EQUAL(1U, on_bus.size());
}

TEST(NoticeBoard, the_journal_gets_fields_to_search_for) {
    const auto fields = journal_fields({"failed", "2.8.1.0", "it failed", "Reason: why\n"});
    const std::vector<std::string> expected{"MESSAGE=it failed\nReason: why\n", "PRIORITY=5",
                                            "UPDATE_CONTROL_NOTICE=failed", "UPDATE_CONTROL_VERSION=2.8.1.0",
                                            "UPDATE_CONTROL_SUBJECT=it failed"};
    CHECK_TRUE(fields == expected);
}

TEST(NoticeBoard, tells_what_is_scheduled_and_what_did_not_begin) {
    const auto moment = today + std::chrono::hours(3);
    announcements.install_scheduled("2.8.1.0", moment, "update-control --cancel-scheduled");
    announcements.install_scheduled("2.8.1.0", moment, "update-control --cancel-scheduled");
    announcements.install_scheduled("2.8.1.0", moment + std::chrono::days(7), "");
    announcements.install_scheduled("", moment, "");
    announcements.window_missed("the maintenance window", moment, "the appliance was off",
                                "The next one opens");
    const struct {
        const char *kind;
        const char *version;
        std::string subject;
        const char *text;
    } expected[] = {
        {"install-scheduled", "2.8.1.0", "firmware 2.8.1.0 will be installed at " + text::iso_time(moment),
         "--cancel-scheduled"},
        {"install-scheduled", "2.8.1.0", text::iso_time(moment + std::chrono::days(7)), "restarted"},
        {"install-scheduled", "", "firmware will be installed at " + text::iso_time(moment), "restarted"},
        {"window-missed", "", "window of " + text::iso_time(moment) + " was missed: the appliance was off",
         "not caught up. The next one opens"},
    };
    CHECK_EQUAL(std::size(expected), on_bus.size());
    CHECK_EQUAL(std::size(expected), outgoing_notices(storage).size());
    for (std::size_t each = 0; each < std::size(expected); ++each) {
        STRCMP_EQUAL(expected[each].kind, on_bus[each].kind.c_str());
        STRCMP_EQUAL(expected[each].version, on_bus[each].version.c_str());
        STRCMP_CONTAINS(expected[each].subject.c_str(), on_bus[each].subject.c_str());
        STRCMP_CONTAINS(expected[each].text, on_bus[each].text.c_str());
    }
}

TEST(NoticeBoard, shows_nothing_at_login_when_there_is_nothing) {
    announcements.at_start({});
    CHECK_FALSE(storage.exists(places.banner));
    announcements.at_start({.hops = {entry("2.8.1.0", "2.8.0.0")}, .out_of_reach = {}});
    CHECK_TRUE(storage.exists(places.banner));
    job_ends(job::Outcome::succeeded);
    STRCMP_EQUAL("", storage.contents(places.banner).c_str());
}

TEST(NoticeBoard, tells_how_an_upgrade_ended_unless_whoever_asked_was_told) {
    const struct {
        job::Outcome outcome;
        job::Operation operation;
        const char *kind;
    } cases[] = {{job::Outcome::succeeded, job::Operation::install, "kind: finished"},
                 {job::Outcome::succeeded, job::Operation::download, "kind: ready-to-install"},
                 {job::Outcome::rolled_back, job::Operation::install, "kind: rolled-back"},
                 {job::Outcome::failed, job::Operation::install, "kind: failed"},
                 {job::Outcome::refused, job::Operation::install, nullptr},
                 {job::Outcome::cancelled, job::Operation::install, nullptr}};
    for (const auto &each : cases) {
        FakeStorage fresh;
        NoticeBoard fresh_board(fresh, places, ways);
        Announcements fresh_announcements(
            fresh_board, console, [this] { return now; }, [] { return std::chrono::days(7); });
        job::JobFacts facts;
        facts.job = "1";
        facts.operation = each.operation;
        fresh_announcements.job_ended(facts, {.outcome = each.outcome, .reason = "why"});
        const auto all = outgoing_notices(fresh);
        CHECK_EQUAL(each.kind ? 1U : 0U, all.size());
        if (each.kind)
            STRCMP_CONTAINS(each.kind, fresh.contents(places.outgoing / all.at(0)).c_str());
    }
    job_ends(job::Outcome::rolled_back);
    STRCMP_CONTAINS("Reason: the test message did not arrive", only_notice().c_str());
    STRCMP_CONTAINS("what it means: update-control --explain UC0706", only_notice().c_str());
}

TEST(NoticeBoard, the_end_of_each_kind_of_job_is_told_as_what_it_was) {
    const struct {
        job::Operation operation;
        job::Outcome outcome;
        bool unfinished;
        const char *subject;
    } cases[] = {
        {job::Operation::install, job::Outcome::succeeded, false, "upgraded from 2.8.1.0 to 2.8.0.0"},
        {job::Operation::install, job::Outcome::failed, false, "the upgrade failed"},
        {job::Operation::install, job::Outcome::failed, true,
         "the upgrade to 2.8.0.0 is committed, but not finished"},
        {job::Operation::install, job::Outcome::rolled_back, false, "the upgrade to 2.8.0.0 was rolled back"},
        {job::Operation::rollback, job::Outcome::succeeded, false, "went back from 2.8.1.0 to 2.8.0.0"},
        {job::Operation::rollback, job::Outcome::failed, false, "going back to 2.8.0.0 failed"},
        {job::Operation::download, job::Outcome::succeeded, false, "firmware 2.8.0.0 is ready to install"},
        {job::Operation::download, job::Outcome::failed, false, "the download of firmware failed"}};
    for (const auto &each : cases) {
        on_bus.clear();
        job::JobFacts facts;
        facts.job = std::to_string(&each - cases);
        facts.operation = each.operation;
        facts.from_version = "2.8.1.0";
        facts.to_version = "2.8.0.0";
        announcements.job_ended(facts, {.outcome = each.outcome, .unfinished = each.unfinished});
        CHECK_EQUAL(1U, on_bus.size());
        STRCMP_EQUAL(each.subject, on_bus[0].subject.c_str());
        // Neither a way back nor a download is called an upgrade.
        if (each.operation != job::Operation::install)
            CHECK_TEXT((on_bus[0].subject + on_bus[0].text).find("upgrade") == std::string::npos,
                       on_bus[0].text.c_str());
    }
}

TEST(NoticeBoard, says_once_that_a_version_is_ready_however_often_it_was_downloaded) {
    for (const char *job : {"1", "2"}) {
        job::JobFacts facts;
        facts.job = job;
        facts.operation = job::Operation::download;
        facts.to_version = "2.8.1.0";
        announcements.job_ended(facts, {.outcome = job::Outcome::succeeded});
    }
    STRCMP_CONTAINS("firmware 2.8.1.0 is ready to install", only_notice().c_str());
}

TEST(NoticeBoard, says_after_the_configured_days_that_the_feed_cannot_be_renewed) {
    wanted.feed_unreachable = std::chrono::days(2);
    announcements.feed_check_failed("the server is gone", std::nullopt);
    announcements.feed_check_failed("the server is gone", today);
    CHECK_TRUE(outgoing_notices(storage).empty());
    now += std::chrono::days(2);
    announcements.feed_check_failed("the server is gone", today);
    announcements.feed_check_failed("the server is gone", today);
    STRCMP_CONTAINS("the server is gone", only_notice().c_str());
}

TEST(NoticeBoard, lets_no_text_from_outside_reach_a_terminal_or_another_line) {
    const Notice notice{"k", "1", "two\nlines \x1b[2J", "first\nsecond \x07"};
    const std::string text = write_notice(notice, {});
    CHECK_TRUE(text.find('\x1b') == std::string::npos && text.find('\x07') == std::string::npos);
    STRCMP_CONTAINS("second", text.c_str());
    CHECK_EQUAL(
        5, std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("\n\n")) + 1, '\n'));
    board.post("a", notice);
    for (const Notice &told : {in_journal.at(0), on_bus.at(0)}) {
        CHECK_TRUE(told.subject.find_first_of("\x1b\n") == std::string::npos);
        CHECK_TRUE(told.text.find('\x07') == std::string::npos);
    }
}

TEST(NoticeBoard, loses_no_notice_in_a_power_cut) {
    const auto post = [this](FakeStorage &disk) {
        NoticeBoard(disk, places, ways).post("a", {"kind", "1", "subject", "text"});
    };
    partitions_test::for_each_cut([](FakeStorage &) {}, post,
                                  [&](FakeStorage &disk, const std::string &where) {
                                      post(disk);
                                      CHECK_TRUE_TEXT(disk.exists(places.outgoing / "a.notice"),
                                                      where.c_str());
                                  });
}
