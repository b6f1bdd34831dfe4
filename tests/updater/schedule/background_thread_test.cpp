// What follows by itself from a check of the feed, or from a time that has come.
#include "tests/updater/schedule/scheduled_appliance.hpp"
#include "updater/schedule/background_thread.hpp"

#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace std::chrono_literals;
using namespace updater::schedule;

TEST_GROUP(BackgroundThread) {
    ScheduledAppliance appliance;
    std::unique_ptr<AutomaticDownload> download;
    std::unique_ptr<BackgroundThread> background_thread;

    void wish(const char *inside) {
        appliance.wish(inside);
        appliance.start_agent();
        ScheduledAgent &agent = *appliance.agent;
        download =
            std::make_unique<AutomaticDownload>(agent.settings, agent.choice, agent.jobs, agent.console);
        background_thread =
            std::make_unique<BackgroundThread>(&agent.feed, agent.schedule, *download, agent.console);
    }
    void teardown() override {
        background_thread.reset();
    }

    void check(bool about_to_install = false) {
        appliance.agent->feed.begin_check();
        background_thread->feed_check_began(about_to_install);
        background_thread->do_pending_work({});
    }
    void window_opens() {
        appliance.now = ScheduledAppliance::sunday;
        background_thread->something_may_be_due();
        background_thread->do_pending_work({});
    }
    void check_begins(const char *expected) {
        STRCMP_EQUAL(expected, appliance.begun().c_str());
    }
};

TEST(BackgroundThread, new_firmware_is_downloaded_if_that_is_the_wish) {
    wish("<download automatic=\"yes\"/>");
    check();
    check_begins("download https://updates.example/list/2.8.1.0.fw");
}

TEST(BackgroundThread, nothing_is_downloaded_unasked) {
    wish("");
    check();
    check_begins("nothing");
}

TEST(BackgroundThread, nothing_is_downloaded_while_somebody_is_about_to_install) {
    wish("<download automatic=\"yes\"/>");
    check(true);
    check_begins("nothing");
}

TEST(BackgroundThread, nothing_is_downloaded_if_the_feed_could_not_be_renewed) {
    wish("<download automatic=\"yes\"/>");
    appliance.server.failure = "the server is gone";
    check();
    check_begins("nothing");
}

TEST(BackgroundThread, what_failed_here_before_is_not_downloaded) {
    wish("<download automatic=\"yes\"/>");
    appliance.agent->failed.remember("2.8.1.0", "the store", {});
    check();
    check_begins("nothing");
}

TEST(BackgroundThread, a_window_checks_the_feed_first) {
    appliance.server.answer.feed = signed_feed('a', feed_of(2, {entry("2.8.2.0", "2.8.0.0")}));
    wish("<install automatic=\"all\" window=\"Sun 03:00\"/>");
    window_opens();
    check_begins("install https://updates.example/list/2.8.2.0.fw");
}

TEST(BackgroundThread, a_feed_that_cannot_be_renewed_but_has_not_expired_does_not_stop_a_window) {
    appliance.server.failure = "the server is gone";
    wish("<install automatic=\"all\" window=\"Sun 03:00\"/>");
    window_opens();
    check_begins("install https://updates.example/list/2.8.1.0.fw");
}

TEST(BackgroundThread, is_done_in_a_thread_of_its_own_until_that_is_stopped) {
    wish("<install automatic=\"all\" window=\"Sun 03:00\"/>");
    background_thread->begin();
    appliance.now = ScheduledAppliance::sunday;
    background_thread->something_may_be_due();
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (appliance.begun() == "nothing" && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(2ms);
    background_thread->stop();
    check_begins("install https://updates.example/list/2.8.1.0.fw");
    appliance.agent->jobs.running = false;
    appliance.now = ScheduledAppliance::sunday + ScheduledAppliance::week;
    background_thread->something_may_be_due();
    check_begins("install https://updates.example/list/2.8.1.0.fw");
}
