// When the appliance installs by itself, and what happens when it misses a time.
#include "tests/support/power_cuts.hpp"
#include "tests/updater/schedule/scheduled_appliance.hpp"

#include "partitions/durable.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace std::chrono_literals;
using namespace updater::schedule;

namespace {

constexpr const char *url = "https://updates.example/list/2.8.1.0.fw";

} // namespace

TEST_GROUP(Window) {
    ScheduledAppliance appliance;
    const std::chrono::sys_seconds sunday = ScheduledAppliance::sunday;

    void installs(const char *what, const char *more = "") {
        appliance.wish(std::string("<install automatic=\"") + what + "\" window=\"Sun 03:00\" " + more +
                       "/>");
        appliance.start_agent();
    }
    void check_begun(const std::string &expected) {
        STRCMP_EQUAL(expected.c_str(), appliance.begun().c_str());
    }
    void check_missed(const char *why) {
        const std::string notices = appliance.notices("window-missed");
        STRCMP_CONTAINS("kind: window-missed", notices.c_str());
        STRCMP_CONTAINS(why, notices.c_str());
        STRCMP_CONTAINS("not caught up", notices.c_str());
    }
    nlohmann::json shown() {
        return appliance.agent->schedule.document();
    }
};

TEST(Window, is_not_there_unless_the_settings_say_so) {
    appliance.start_agent();
    STRCMP_EQUAL("", appliance.calendar.armed("window").c_str());
    CHECK_TRUE(shown()["next_window"].is_null());
    appliance.arrive(sunday);
    check_begun("nothing");
}

TEST(Window, installs_the_next_hop_when_it_opens) {
    installs("all");
    STRCMP_EQUAL("Sun 03:00", appliance.calendar.armed("window").c_str());
    STRCMP_EQUAL("2026-11-22T03:00:00Z", shown()["next_window"]["opens_utc"].get<std::string>().c_str());
    appliance.arrive(sunday - 1s);
    check_begun("nothing");
    appliance.arrive(sunday);
    check_begun(std::string("install ") + url);
    STRCMP_EQUAL("2026-11-29T03:00:00Z", shown()["next_window"]["opens_utc"].get<std::string>().c_str());
    STRCMP_EQUAL("", appliance.notices("window-missed").c_str());
}

TEST(Window, installs_once_each_time_it_opens) {
    installs("all");
    appliance.arrive(sunday);
    appliance.agent->jobs.running = false;
    appliance.arrive(sunday + 1min);
    appliance.start_agent();
    check_begun("nothing");
    appliance.arrive(sunday + ScheduledAppliance::week);
    check_begun(std::string("install ") + url);
}

TEST(Window, opens_by_the_time_zone_of_the_settings) {
    installs("all", "time-zone=\"Europe/Berlin\"");
    STRCMP_EQUAL("Sun 03:00 Europe/Berlin", appliance.calendar.armed("window").c_str());
    appliance.arrive(sunday - 1h);
    check_begun(std::string("install ") + url);
}

TEST(Window, holds_nothing_begins_after_its_end) {
    const struct {
        std::chrono::minutes after_opening;
        bool begins;
    } cases[] = {{0min, true}, {30min, true}, {31min, false}, {600min, false}};
    for (const auto &each : cases) {
        appliance.now = sunday - 2h;
        appliance.storage.put_file(layout.schedule,
                                   R"({"format":1,"order":null,"postponed_until":null,"beginning":null,
                                       "window":{"calendar":"Sun 03:00","opens":"2026-11-22T03:00:00Z"}})");
        appliance.wish(R"(<install automatic="all" window="Sun 03:00" window-minutes="30"/>)");
        appliance.now = sunday + each.after_opening;
        appliance.start_agent();
        check_begun(each.begins ? std::string("install ") + url : "nothing");
    }
    check_missed("the appliance was off, the agent did not run");
    STRCMP_CONTAINS("opens next at", appliance.notices("window-missed").c_str());
}

TEST(Window, that_opens_while_a_job_runs_is_missed) {
    installs("all");
    appliance.agent->jobs.running = true;
    appliance.arrive(sunday);
    check_begun("nothing");
    check_missed("another job is running");
    appliance.agent->jobs.running = false;
    appliance.arrive(sunday + 5min);
    check_begun("nothing");
}

TEST(Window, says_why_the_checks_said_no) {
    installs("all");
    appliance.agent->jobs.refusal = "the disk is full";
    appliance.arrive(sunday);
    check_missed("the disk is full. Free some space.");
}

TEST(Window, installs_security_fixes_only_if_the_settings_say_so) {
    installs("security");
    appliance.arrive(sunday);
    check_begun("nothing");
    auto repair = entry("2.8.0.1", "2.8.0.0");
    repair.security_only = true;
    appliance.agent->store.accept_feed(signed_feed('a', feed_of(2, {entry("2.8.1.0", "2.8.0.0"), repair})),
                                       appliance.now.load());
    appliance.arrive(sunday + ScheduledAppliance::week);
    check_begun("install https://updates.example/list/2.8.0.1.fw");
}

TEST(Window, leaves_out_what_failed_here_before) {
    installs("all");
    appliance.agent->failed.remember("2.8.1.0", "the store", {});
    appliance.arrive(sunday);
    check_begun("nothing");
    STRCMP_CONTAINS("nothing to install", appliance.agent->console.str().c_str());
}

TEST(Window, does_not_act_on_a_feed_that_has_expired) {
    installs("all");
    appliance.arrive(sunday + 5 * ScheduledAppliance::week);
    appliance.agent->jobs.running = false;
    appliance.arrive(sunday + 6 * ScheduledAppliance::week);
    check_begun("nothing");
    check_missed("has expired");
}

TEST(Window, is_not_used_while_it_is_postponed) {
    installs("all");
    appliance.calendar.knows("2026-11-25", today + 96h);
    appliance.agent->schedule.postpone("2026-11-25");
    appliance.start_agent();
    CHECK_FALSE(shown()["postponed_until"].is_null());
    appliance.arrive(sunday);
    check_begun("nothing");
    STRCMP_EQUAL("", appliance.notices("window-missed").c_str());
    STRCMP_CONTAINS("postponed until", appliance.agent->console.str().c_str());
    appliance.arrive(sunday + ScheduledAppliance::week);
    check_begun(std::string("install ") + url);
    CHECK_TRUE(shown()["postponed_until"].is_null());
}

TEST(Window, can_be_postponed_no_longer) {
    installs("all");
    appliance.calendar.knows("2026-11-25", today + 96h);
    appliance.agent->schedule.postpone("2026-11-25");
    CHECK_TRUE(appliance.agent->schedule.postpone("now").is_null());
    appliance.arrive(sunday);
    check_begun(std::string("install ") + url);
}

TEST(Window, that_the_settings_took_away_is_neither_used_nor_missed) {
    installs("all");
    appliance.wish("");
    appliance.arrive(sunday);
    check_begun("nothing");
    STRCMP_EQUAL("", appliance.notices("window-missed").c_str());
    STRCMP_EQUAL("", appliance.calendar.armed("window").c_str());
}

TEST(Window, of_settings_that_are_wrong_does_not_open_and_the_mistake_is_shown) {
    installs("all");
    appliance.wish("<instal automatic=\"all\"/>");
    appliance.arrive(sunday);
    check_begun("nothing");
    STRCMP_CONTAINS("instal", shown()["settings_problem"].get<std::string>().c_str());
    installs("all", "time-zone=\"Atlantis\"");
    STRCMP_CONTAINS("systemd cannot read", shown()["settings_problem"].get<std::string>().c_str());
    appliance.agent->schedule.start_what_is_due();
    const std::string console = appliance.agent->console.str();
    LONGS_EQUAL(console.find("systemd cannot read"), console.rfind("systemd cannot read"));
}

TEST(Window, comes_back_when_systemd_can_be_reached_again) {
    appliance.calendar.make_unreachable(true);
    installs("all");
    STRCMP_CONTAINS("system bus", shown()["settings_problem"].get<std::string>().c_str());
    appliance.calendar.make_unreachable(false);
    appliance.agent->schedule.start_what_is_due();
    STRCMP_EQUAL("", shown()["settings_problem"].get<std::string>().c_str());
    appliance.arrive(sunday);
    check_begun(std::string("install ") + url);
}

TEST(Window, is_announced_once_for_each_version) {
    installs("all");
    appliance.agent->schedule.announce_next_hop();
    appliance.agent->schedule.announce_next_hop();
    const std::string notices = appliance.notices("install-scheduled");
    STRCMP_CONTAINS("version: 2.8.1.0\n", notices.c_str());
    STRCMP_CONTAINS("--postpone-until", notices.c_str());
    LONGS_EQUAL(notices.find("kind:"), notices.rfind("kind:"));
}

TEST_GROUP(Order) {
    ScheduledAppliance appliance;
    const std::chrono::sys_seconds sunday = ScheduledAppliance::sunday;

    void setup() override {
        appliance.start_agent();
    }
    void check_begun(const char *expected) {
        STRCMP_EQUAL(expected, appliance.begun().c_str());
    }
    nlohmann::json order(const char *source = "", const char *calendar = "Sun 03:00") {
        return appliance.agent->schedule.order(source, false, calendar);
    }
    nlohmann::json scheduled() {
        return appliance.agent->schedule.document()["scheduled"];
    }
};

TEST(Order, begins_at_its_moment_and_only_then) {
    const auto answer = order("/some.fw");
    STRCMP_EQUAL("2026-11-22T03:00:00Z", answer["due_utc"].get<std::string>().c_str());
    CHECK_TRUE(answer["replaced"].is_null());
    CHECK_FALSE(appliance.calendar.armed("order").empty());
    appliance.arrive(sunday - 1s);
    check_begun("nothing");
    appliance.arrive(sunday);
    check_begun("install /some.fw");
    CHECK_TRUE(scheduled().is_null());
    appliance.agent->jobs.running = false;
    appliance.arrive(sunday + 5min);
    check_begun("install /some.fw");
}

TEST(Order, is_announced) {
    order();
    STRCMP_CONTAINS("--cancel-scheduled", appliance.notices("install-scheduled").c_str());
}

TEST(Order, outlives_the_agent_and_the_machine) {
    appliance.agent->schedule.order("https://elsewhere.test/x.fw", true, "Sun 03:00");
    appliance.calendar.forget_armed();
    appliance.start_agent();
    CHECK_FALSE(appliance.calendar.armed("order").empty());
    appliance.arrive(sunday);
    check_begun("install by force https://elsewhere.test/x.fw");
}

TEST(Order, works_with_its_secrets_and_shows_them_to_nobody) {
    const char *const url = "https://robot:hunter2@elsewhere.test/x.fw?token=topsecret";
    const auto answer = order(url);
    const std::string shown = answer.dump() + appliance.agent->schedule.document().dump() +
                              appliance.notices("install-scheduled") + appliance.agent->console.str();
    STRCMP_EQUAL("https://elsewhere.test/x.fw?***", scheduled()["source"].get<std::string>().c_str());
    appliance.start_agent();
    appliance.agent->jobs.refusal = std::string("no room for ") + url;
    appliance.arrive(sunday);
    const std::string missed = appliance.notices("window-missed") + appliance.agent->console.str();
    for (const char *secret : {"robot:hunter2", "hunter2", "topsecret"}) {
        CHECK_TRUE_TEXT(shown.find(secret) == std::string::npos, shown.c_str());
        CHECK_TRUE_TEXT(missed.find(secret) == std::string::npos, missed.c_str());
    }
    STRCMP_CONTAINS("no room for", missed.c_str());
    appliance.now = sunday - 1h;
    order(url);
    appliance.agent->jobs.refusal.clear();
    appliance.arrive(sunday);
    check_begun((std::string("install ") + url).c_str());
}

TEST(Order, may_be_late_by_an_hour_and_is_missed_then) {
    order();
    appliance.now = sunday + OrderForLater::max_delay;
    appliance.start_agent();
    check_begun("install ");
    appliance.now = sunday - 1h;
    order();
    appliance.now = sunday + OrderForLater::max_delay + 1s;
    appliance.start_agent();
    check_begun("nothing");
    CHECK_TRUE(scheduled().is_null());
    STRCMP_CONTAINS("the appliance was off", appliance.notices("window-missed").c_str());
    STRCMP_CONTAINS("--at", appliance.notices("window-missed").c_str());
}

TEST(Order, that_comes_while_a_job_runs_is_missed) {
    order();
    appliance.agent->jobs.running = true;
    appliance.arrive(sunday);
    check_begun("nothing");
    STRCMP_CONTAINS("another job is running", appliance.notices("window-missed").c_str());
    CHECK_TRUE(scheduled().is_null());
}

TEST(Order, replaces_the_one_before_it) {
    appliance.calendar.knows("Mon 01:00", sunday + 22h);
    order("/first.fw");
    const auto answer = order("/second.fw", "Mon 01:00");
    STRCMP_CONTAINS("2026-11-22T", answer["replaced"].get<std::string>().c_str());
    appliance.arrive(sunday);
    check_begun("nothing");
    appliance.arrive(sunday + 22h);
    check_begun("install /second.fw");
}

TEST(Order, that_cannot_be_meant_changes_nothing) {
    order("/first.fw");
    const struct {
        const char *source;
        const char *calendar;
        const char *complaint;
    } cases[] = {{"", "bogus", "cannot read"},
                 {"", "", "empty"},
                 {"", "Sun\n03:00", "ASCII"},
                 {"", "2026-11-20 03:00", "past"},
                 {"relative.fw", "Sun 03:00", "absolute path"},
                 {"http://plain.test/x.fw", "Sun 03:00", "https"}};
    for (const auto &each : cases)
        try {
            order(each.source, each.calendar);
            FAIL(each.complaint);
        } catch (const Refused &refusal) {
            STRCMP_CONTAINS(each.complaint, refusal.what());
        }
    STRCMP_EQUAL("/first.fw", scheduled()["source"].get<std::string>().c_str());
}

TEST(Order, can_be_cancelled) {
    order();
    appliance.agent->schedule.cancel_order();
    STRCMP_EQUAL("", appliance.calendar.armed("order").c_str());
    appliance.arrive(sunday);
    check_begun("nothing");
    CHECK_THROWS(job::NotPossible, appliance.agent->schedule.cancel_order());
}

TEST(Order, does_not_heed_what_is_postponed) {
    appliance.calendar.knows("2026-11-25", today + 96h);
    appliance.agent->schedule.postpone("2026-11-25");
    order();
    appliance.arrive(sunday);
    check_begun("install ");
}

TEST(Order, of_a_file_that_cannot_be_read_is_gone_and_the_loss_is_said) {
    appliance.storage.put_file(layout.schedule, "{torn");
    appliance.start_agent();
    STRCMP_CONTAINS("cannot be read", appliance.agent->console.str().c_str());
    order();
    CHECK_FALSE(scheduled().is_null());
}

TEST_GROUP(OrderAndPower){};

TEST(OrderAndPower, it_begins_once_or_its_loss_is_told_wherever_the_power_is_cut) {
    constexpr const char *job = "/data/job";
    const auto now = ScheduledAppliance::sunday + 1min;
    int begun = 0;
    /// One life of the agent, until the power fails or nothing is left to do.
    const auto live = [&](partitions_test::FakeStorage &storage) {
        const text::Clock clock = [&] { return std::chrono::system_clock::time_point(now); };
        updater_test::FakeCalendar calendar(clock);
        FakeFeedSource server;
        ScheduledAgent agent(storage, calendar, clock, server, "/nowhere");
        // Also when a job is on record, for it may have ended since: a schedule that relies on its being busy
        // begins twice.
        agent.jobs.begins = [&] {
            partitions::replace_file(storage, job, "begun");
            ++begun;
        };
        agent.schedule.load();
        agent.schedule.start_what_is_due();
    };
    const auto reboots = partitions_test::for_each_cut(
        [&](auto &storage) {
            begun = 0;
            storage.put_file(layout.schedule,
                             R"({"format":1,"window":null,"postponed_until":null,"beginning":null,"order":
                                 {"calendar":"Sun 03:00","source":"","force":false,
                                  "due":"2026-11-22T03:00:00Z"}})");
        },
        live,
        [&](auto &rebooted, const std::string &where) {
            const int before = begun;
            const bool was_on_record = rebooted.exists(job);
            live(rebooted);
            const bool told = rebooted.exists(layout.told_notices);
            CHECK_TEXT(begun - before <= (was_on_record ? 0 : 1), where.c_str());
            CHECK_TEXT(rebooted.exists(job) || told, where.c_str());
            begun = before;
        });
    CHECK(reboots > 20);
}
