// What the thread of the rescue partition does when, and what it tells.
#include "tests/updater/rescue/rescue_fixture.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/rescue/rescue_work.hpp"

#include <atomic>
#include <future>
#include <sstream>
#include <thread>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::rescue;
using namespace updater_test;
using partitions::Slot;

TEST_GROUP(RescueWork) {
    TwoSlots slots;
    std::chrono::system_clock::time_point now{std::chrono::hours(500'000)};
    std::chrono::steady_clock::time_point steady{};
    std::atomic<bool> job_runs = false;
    configuration::RescueSettings settings;
    std::vector<notices::Notice> told;
    std::ostringstream console;
    text::Clock clock = [this] { return now; };
    notices::NoticeBoard board{
        slots.storage,
        {.outgoing = "/data/notices", .told = "/data/told.json", .banner = "/run/motd"},
        {.wanted = [] { return configuration::NoticeSettings(); },
         .journal = [this](const notices::Notice &notice) { told.push_back(notice); },
         .bus = [](const notices::Notice &) {}}};
    notices::Announcements announcements{board, console, clock, [] { return std::chrono::days(7); }};
    SlotVerification verification{slots.storage, slots.finder, slots.heads, slots.keys,
                                  [](auto &&...) { return std::vector<std::string>{"/usr/bin/x"}; }};
    RescueRecord record{slots.storage, "/data/rescue.json"};
    checks::LeftGeneration left{slots.storage, slots.generations, "/data/left-generation"};
    int changes = 0;
    int starts = 0; ///< of the copy
    bool restart_fails = false;
    RescueWork work{
        {slots.copy, verification, record, announcements, console},
        {.running = Slot::a,
         .job_runs = [this] { return job_runs.load(); },
         .situation = [this] { return read_situation(slots.boot, slots.generations, left, Slot::a); },
         .settings = [this] { return settings; },
         .start_copy =
             [this] {
                 ++starts;
                 if (restart_fails)
                     throw job::Busy("another job is running");
             },
         .steady = [this] { return steady; }},
        clock,
        0};

    void setup() override {
        slots.storage.put_directory("/run");
        slots.keep_head_of_running();
        work.on_change([this] { ++changes; });
    }
    void pass(std::chrono::system_clock::duration time) {
        now += time;
        steady += time;
    }
    void look() {
        work.do_pending_work({});
    }
    std::string text_of(const char *name) const {
        const auto value = work.document()[name];
        return value.is_string() ? value.get<std::string>() : value.dump();
    }
    std::string kinds_told() const {
        std::string kinds;
        for (const auto &notice : told)
            kinds += notice.kind + " ";
        return kinds;
    }
    /// As an installation that was cancelled leaves it.
    void empty_rescue_partition() {
        slots.boot.mark_unbootable(Slot::b);
        slots.generations.unassign(Slot::b);
        slots.generations.retire("2.8.0.0-1");
    }
};

TEST(RescueWork, keeps_the_previous_system_for_the_grace_period_and_then_copies) {
    look();
    STRCMP_CONTAINS("2027", text_of("next").c_str());
    pass(settings.previous_kept - std::chrono::minutes(1));
    look();
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
    pass(std::chrono::minutes(1));
    look();
    CHECK(slots.holds_copy());
    STRCMP_EQUAL("idle", text_of("state").c_str());
    STRCMP_EQUAL("null", text_of("next").c_str()); // at once: what was due is made
    STRCMP_EQUAL("null", text_of("problem").c_str());
    CHECK(work.document()["made"].is_string());
    CHECK(changes > 0);
    look();
    STRCMP_EQUAL("null", text_of("next").c_str());
    CHECK(record.made("2.8.1.0-1") == now);
}

TEST(RescueWork, copies_soon_after_an_installation_left_nothing_there) {
    empty_rescue_partition();
    look();
    pass(settings.empty - std::chrono::seconds(1));
    look();
    CHECK_FALSE(slots.holds_copy());
    pass(std::chrono::seconds(1));
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, copies_as_soon_as_the_settings_say) {
    empty_rescue_partition();
    settings.empty = std::chrono::minutes(0);
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, says_that_the_copy_has_ended_when_the_record_says_so_too) {
    record.note_started({.slot = Slot::a, .generation = "2.8.1.0-1", .when = now});
    bool over = false;
    work.on_change([&] { over = record.started()->over; });
    work.back_up(true);
    look();
    CHECK(over);
    CHECK(slots.holds_copy());
}

TEST(RescueWork, waits_that_time_also_when_the_clock_is_set) {
    empty_rescue_partition();
    look();
    now += std::chrono::days(3000);
    look();
    CHECK_FALSE(slots.holds_copy());
    steady += settings.empty;
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, copies_nothing_by_itself_if_that_is_switched_off) {
    settings.previous_kept = std::chrono::days(0);
    empty_rescue_partition();
    look();
    pass(std::chrono::days(400));
    look();
    CHECK_FALSE(slots.holds_copy());
    work.back_up(false);
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, does_nothing_while_a_job_runs_and_begins_to_wait_when_it_has_ended) {
    empty_rescue_partition();
    look();
    job_runs = true;
    work.make_way();
    pass(std::chrono::hours(2));
    look();
    CHECK_THROWS(job::Busy, work.back_up(true));
    CHECK_THROWS(job::Busy, work.verify({Slot::a}));
    job_runs = false;
    look();
    CHECK_FALSE(slots.holds_copy());
    pass(settings.empty);
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, replaces_the_previous_system_on_request_only_by_force) {
    try {
        work.back_up(false);
        FAIL("the way back is given up unasked");
    } catch (const job::NotPossible &refusal) {
        STRCMP_CONTAINS("afterwards there is no way back to 2.8.0.0. To make it all the same: update-control "
                        "--backup --force",
                        refusal.what());
    }
    left.remember("2.8.0.0-1");
    try {
        work.back_up(false);
        FAIL("mail is given up unasked");
    } catch (const job::NotPossible &refusal) {
        STRCMP_CONTAINS("only its message store has, is lost", refusal.what());
    }
    work.back_up(true);
    STRCMP_EQUAL("copying", text_of("state").c_str());
    CHECK_THROWS(job::Busy, work.back_up(true));
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, never_replaces_a_system_with_mail_of_its_own_by_itself) {
    left.remember("2.8.0.0-1");
    look();
    pass(std::chrono::days(400));
    look();
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueWork, makes_no_copy_of_a_system_on_trial) {
    slots.boot.commit(Slot::b);
    CHECK_THROWS(job::NotPossible, work.back_up(true));
    look();
    pass(std::chrono::days(400));
    look();
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueWork, tells_why_a_copy_failed_once_and_tries_again_later) {
    empty_rescue_partition();
    slots.damage("/dev/a", 0);
    look();
    pass(settings.empty);
    for (int round = 0; round < 3; ++round) {
        look();
        STRCMP_CONTAINS("isn't what was signed", text_of("problem").c_str());
        pass(time_after_failure);
    }
    STRCMP_EQUAL("rescue-copy-failed ", kinds_told().c_str());
    slots.put_partition("/dev/a", signed_image());
    pass(time_after_failure);
    look();
    CHECK(slots.holds_copy());
    STRCMP_EQUAL("null", text_of("problem").c_str());
}

TEST(RescueWork, compares_both_slots_and_tells_of_each_difference_once) {
    slots.damage("/dev/a", 0);
    for (int week = 0; week < 2; ++week) {
        work.verify({Slot::a, Slot::b});
        CHECK(work.verification()["verifying"].get<bool>());
        look();
        const auto document = work.verification();
        CHECK_FALSE(document["verifying"].get<bool>());
        STRCMP_EQUAL("differs", document["slots"][0]["result"].get<std::string>().c_str());
        STRCMP_EQUAL("unknown", document["slots"][1]["result"].get<std::string>().c_str());
        CHECK(document["ended"].is_string());
    }
    STRCMP_EQUAL("partition-differs ", kinds_told().c_str());
    STRCMP_CONTAINS("update-control -i fw FILE --force", told.front().text.c_str());
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueWork, writes_a_damaged_copy_again_and_tells_so) {
    work.back_up(true);
    look();
    slots.damage("/dev/b", 123);
    work.verify({Slot::a, Slot::b});
    look();
    CHECK(slots.holds_copy());
    STRCMP_EQUAL("partition-differs rescue-copy-renewed ", kinds_told().c_str());
    STRCMP_CONTAINS("/usr/bin/x\n", told.front().text.c_str());
    const auto advice = work.verification()["slots"][1]["advice"].get<std::string>();
    STRCMP_CONTAINS("is written again now", advice.c_str());
    STRCMP_CONTAINS(advice.c_str(), told.front().text.c_str());
}

TEST(RescueWork, tells_of_the_same_damage_again_in_a_copy_that_was_written_since) {
    work.back_up(true);
    look();
    for (int round = 0; round < 2; ++round) {
        slots.damage("/dev/b", 123);
        pass(std::chrono::hours(1));
        work.verify({Slot::b});
        look();
    }
    STRCMP_EQUAL("partition-differs rescue-copy-renewed partition-differs rescue-copy-renewed ",
                 kinds_told().c_str());
}

TEST(RescueWork, only_tells_of_a_damaged_copy_if_nothing_is_copied_by_itself) {
    work.back_up(true);
    look();
    settings.previous_kept = std::chrono::days(0);
    slots.damage("/dev/b", 123);
    work.verify({Slot::b});
    look();
    CHECK_FALSE(slots.holds_copy());
    STRCMP_EQUAL("partition-differs ", kinds_told().c_str());
}

TEST(RescueWork, makes_way_for_a_job_before_it_begins) {
    // So slow that it never ends by itself.
    RescueWork slow(
        {slots.copy, verification, record, announcements, console},
        {.running = Slot::a,
         .job_runs = [this] { return job_runs.load(); },
         .situation = [this] { return read_situation(slots.boot, slots.generations, left, Slot::a); },
         .settings = [this] { return settings; },
         .steady = [this] { return steady; }},
        clock, 1);
    std::promise<void> begun;
    bool is_begun = false;
    slow.on_change([&] {
        if (!std::exchange(is_begun, true))
            begun.set_value();
    });
    slow.back_up(true);
    std::jthread thread([&slow](const std::stop_token &stop) { slow.do_pending_work(stop); });
    begun.get_future().wait();
    job_runs = true;
    slow.make_way();
    CHECK_FALSE(slow.is_working());
    STRCMP_CONTAINS("the rescue copy was stopped", slow.document()["problem"].get<std::string>().c_str());
}

TEST(RescueWork, that_was_only_asked_for_makes_way_too) {
    work.back_up(true);
    job_runs = true;
    work.make_way();
    look();
    STRCMP_EQUAL("idle", text_of("state").c_str());
    STRCMP_EQUAL("2.8.0.0-1", slots.generations.of_slot(Slot::b).c_str());
}

TEST(RescueWork, says_of_a_comparison_that_was_only_asked_for_that_it_was_not_done) {
    work.verify({Slot::a});
    job_runs = true;
    work.make_way();
    look();
    const auto document = work.verification();
    CHECK_FALSE(document["verifying"].get<bool>());
    CHECK(document["ended"].is_string());
    STRCMP_EQUAL("a job began before the partitions were compared",
                 document["problem"].get<std::string>().c_str());
    STRCMP_EQUAL("null", text_of("problem").c_str());
}

TEST(RescueWork, leaves_a_damaged_copy_that_a_comparison_found_when_a_job_began_meanwhile) {
    work.back_up(true);
    look();
    slots.damage("/dev/b", 123);
    // The settings are read when the comparison has found the damage.
    std::promise<void> compared;
    std::promise<void> job_has_begun;
    RescueWork comparing(
        {slots.copy, verification, record, announcements, console},
        {.running = Slot::a,
         .job_runs = [this] { return job_runs.load(); },
         .situation = [this] { return read_situation(slots.boot, slots.generations, left, Slot::a); },
         .settings =
             [&] {
                 compared.set_value();
                 job_has_begun.get_future().wait();
                 return settings;
             },
         .steady = [this] { return steady; }},
        clock, 0);
    comparing.verify({Slot::b});
    std::jthread thread([&comparing](const std::stop_token &stop) { comparing.do_pending_work(stop); });
    compared.get_future().wait();
    job_runs = true;
    job_has_begun.set_value();
    comparing.make_way();
    CHECK_FALSE(comparing.is_working());
    STRCMP_EQUAL("a job began before the rescue copy was made",
                 comparing.document()["problem"].get<std::string>().c_str());
    STRCMP_EQUAL("differs", comparing.verification()["slots"][0]["result"].get<std::string>().c_str());
    CHECK_FALSE(slots.holds_copy());
}

TEST(RescueWork, begins_nothing_while_it_is_held_and_looks_again_afterwards) {
    look();
    pass(settings.previous_kept);
    work.while_idle([this] {
        look(); // a copy is due
        CHECK_THROWS(job::Busy, work.back_up(true));
        CHECK_THROWS(job::Busy, work.verify({Slot::a}));
        CHECK_THROWS(job::Busy, work.while_idle([] {}));
        CHECK_FALSE(work.is_working());
        empty_rescue_partition();
    });
    CHECK_FALSE(slots.holds_copy());
    STRCMP_EQUAL("null", text_of("next").c_str());
    look();
    CHECK_FALSE(slots.holds_copy());
    pass(settings.empty);
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, does_not_believe_what_it_read_before_it_was_held) {
    pass(settings.previous_kept);
    RescueWork *held = nullptr;
    RescueWork racing({slots.copy, verification, record, announcements, console},
                      {.running = Slot::a,
                       .job_runs = [] { return false; },
                       .situation =
                           [&] {
                               const auto read = read_situation(slots.boot, slots.generations, left, Slot::a);
                               if (read.holds == RescueHolds::previous_system)
                                   held->while_idle([this] { empty_rescue_partition(); });
                               return read;
                           },
                       .settings = [this] { return settings; },
                       .steady = [this] { return steady; }},
                      clock, 0);
    held = &racing;
    racing.do_pending_work({});
    CHECK(racing.document()["next"].is_null());
    racing.do_pending_work({});
    CHECK(racing.document()["next"].is_string());
    CHECK_FALSE(slots.holds_copy());
}

TEST(RescueWork, is_held_no_longer_when_what_was_done_meanwhile_failed) {
    CHECK_THROWS(job::NotPossible, work.while_idle([] { throw job::NotPossible("nothing to remove"); }));
    work.back_up(true);
    CHECK_THROWS(job::Busy, work.while_idle([] { FAIL("done although a copy was asked for"); }));
    look();
    CHECK(slots.holds_copy());
}

TEST(RescueWork, ends_with_the_agent_and_leaves_nothing_half_that_can_be_started) {
    std::stop_source agent;
    slots.storage.before_each([&](const std::string &operation) {
        if (operation.find("/dev/b") != std::string::npos)
            agent.request_stop();
    });
    work.back_up(true);
    work.do_pending_work(agent.get_token());
    CHECK_FALSE(slots.boot.bootable(Slot::b));
    STRCMP_EQUAL("idle", text_of("state").c_str());
}

TEST(RescueWork, says_once_in_a_while_that_the_disk_does_not_answer) {
    RescueWork blind({slots.copy, verification, record, announcements, console},
                     {.running = Slot::a,
                      .job_runs = [] { return false; },
                      .situation = []() -> Situation { throw std::runtime_error("no boot partition"); },
                      .settings = [this] { return settings; },
                      .steady = [this] { return steady; }},
                     clock, 0);
    for (int minute = 0; minute < 60; ++minute) {
        blind.do_pending_work({});
        pass(std::chrono::minutes(1));
    }
    const std::string printed = console.str();
    STRCMP_CONTAINS("no boot partition", printed.c_str());
    LONGS_EQUAL(printed.find("no boot partition"), printed.rfind("no boot partition"));
}

TEST(RescueWork, restarts_into_a_copy_that_is_as_signed) {
    work.back_up(true);
    look();
    const auto copy = work.restore(false);
    STRCMP_EQUAL("b", copy["slot"].get<std::string>().c_str());
    STRCMP_EQUAL("2.8.1.0", copy["version"].get<std::string>().c_str());
    CHECK_TRUE(copy["made"].is_string());
    STRCMP_EQUAL("idle", text_of("state").c_str());
    work.restore(true);
    STRCMP_EQUAL("restoring", text_of("state").c_str());
    CHECK_THROWS(job::Busy, work.restore(true));
    CHECK_THROWS(job::Busy, work.back_up(true));
    LONGS_EQUAL(0, starts);
    look();
    LONGS_EQUAL(1, starts);
    STRCMP_EQUAL("restarting", text_of("state").c_str());
    STRCMP_EQUAL("null", text_of("problem").c_str());
    CHECK_THROWS(job::Busy, work.verify({Slot::a}));
    look();
    LONGS_EQUAL(1, starts);
}

TEST(RescueWork, restarts_into_nothing_else) {
    try {
        work.restore(true);
        FAIL("the previous system is no copy");
    } catch (const job::NotPossible &reason) {
        STRCMP_CONTAINS("update-control --rollback", reason.what());
    }
    empty_rescue_partition();
    CHECK_THROWS(job::NotPossible, work.restore(false));
    work.back_up(true);
    look();
    job_runs = true;
    CHECK_THROWS(job::Busy, work.restore(true));
    job_runs = false;
    slots.boot.commit(Slot::b); // so a is not the default: as in a trial
    CHECK_THROWS(job::NotPossible, work.restore(true));
    LONGS_EQUAL(0, starts);
}

TEST(RescueWork, does_not_restart_into_a_damaged_copy_but_writes_it_again) {
    work.back_up(true);
    look();
    slots.damage("/dev/b", 5'000);
    work.restore(true);
    look();
    LONGS_EQUAL(0, starts);
    CHECK(slots.holds_copy());
    STRCMP_CONTAINS("partition-differs", kinds_told().c_str());
}

TEST(RescueWork, does_not_restart_into_a_copy_of_which_nobody_knows_what_was_signed) {
    work.back_up(true);
    look();
    slots.heads.forget(Slot::b);
    work.restore(true);
    look();
    LONGS_EQUAL(0, starts);
    STRCMP_EQUAL("idle", text_of("state").c_str());
    STRCMP_CONTAINS("the rescue copy was not started", text_of("problem").c_str());
}

TEST(RescueWork, says_why_a_restart_into_the_copy_did_not_come) {
    work.back_up(true);
    look();
    restart_fails = true;
    work.restore(true);
    look();
    STRCMP_EQUAL("idle", text_of("state").c_str());
    STRCMP_CONTAINS("could not be started: another job is running", text_of("problem").c_str());
    work.restore(true);
    job_runs = true;
    work.make_way();
    STRCMP_CONTAINS("a job began before the rescue copy was started", text_of("problem").c_str());
}
