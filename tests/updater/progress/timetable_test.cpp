// When a job is expected to end, as it goes on.
#include "updater/progress/timetable.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;
using job::Phase;
using job::PredictedBy;
using std::chrono::seconds;

TEST_GROUP(Timetable) {
    const Timetable::Time start{seconds(1795230004)};
    Timetable table;

    void setup() override {
        table.predict({{Phase::download, seconds(10), PredictedBy::history},
                       {Phase::install, seconds(100), PredictedBy::history},
                       {Phase::stop_services, seconds(5), PredictedBy::history},
                       {Phase::restart_appliance, seconds(60), PredictedBy::history},
                       {Phase::start_services, seconds(20), PredictedBy::history}});
    }
    Timetable::Time after(long count) const {
        return start + seconds(count);
    }
    /// From the start to what is expected at this time.
    long end_expected_after(long count) const {
        const auto times = table.at(after(count));
        CHECK(times.has_value());
        return std::chrono::duration_cast<seconds>(times->end - start).count();
    }
};

TEST(Timetable, is_empty_before_the_first_phase_and_after_what_was_not_predicted) {
    CHECK_FALSE(table.at(start).has_value());
    table.phase(Phase::clean_up, start);
    CHECK_FALSE(table.at(start).has_value());
    table.phase(Phase::install, start);
    CHECK(table.at(start).has_value());
    table.forget();
    CHECK_FALSE(table.at(start).has_value());
}

TEST(Timetable, says_when_mail_stops_and_flows_again) {
    table.phase(Phase::install, start);
    auto times = table.at(start);
    CHECK(times->mail_stops == after(100));
    CHECK(times->mail_flows == after(185));
    CHECK(times->end == after(185) && times->left == seconds(185));
    table.phase(Phase::stop_services, after(100));
    times = table.at(after(102));
    CHECK_FALSE(times->mail_stops.has_value());
    CHECK(times->mail_flows == after(185));
    CHECK(times->left == seconds(83));
}

TEST(Timetable, of_a_download_knows_nothing_of_mail) {
    table.predict({{Phase::download, seconds(10), PredictedBy::history}});
    table.phase(Phase::download, start);
    CHECK_FALSE(table.at(start)->mail_stops.has_value());
    CHECK_FALSE(table.at(start)->mail_flows.has_value());
}

TEST(Timetable, stays_as_long_as_a_phase_takes_what_was_predicted) {
    table.phase(Phase::install, start);
    table.percent(50, after(50));
    LONGS_EQUAL(185, end_expected_after(50));
    LONGS_EQUAL(185, end_expected_after(80));
}

TEST(Timetable, follows_the_percent_of_a_phase_more_and_more) {
    table.phase(Phase::install, start);
    table.percent(10, after(50));
    // Half by the prediction (50 s are left), half by the percent (90 s).
    LONGS_EQUAL(50 + 70 + 85, end_expected_after(50));
    table.percent(40, after(120));
    LONGS_EQUAL(120 + 60 + 85, end_expected_after(120));
    // What is told again moves nothing.
    table.percent(40, after(150));
    LONGS_EQUAL(120 + 60 + 85, end_expected_after(150));
}

TEST(Timetable, follows_the_percent_from_the_beginning_where_it_only_estimates) {
    table.predict({{Phase::install, seconds(100), PredictedBy::estimate}});
    table.phase(Phase::install, start);
    table.percent(50, after(10));
    LONGS_EQUAL(60, end_expected_after(10));
}

TEST(Timetable, never_expects_an_end_that_has_passed) {
    table.phase(Phase::restart_appliance, start);
    LONGS_EQUAL(80, end_expected_after(60));
    LONGS_EQUAL(1020, end_expected_after(1000));
    table.phase(Phase::start_services, after(1000));
    LONGS_EQUAL(2000, end_expected_after(2000));
}

TEST(Timetable, expects_no_later_end_because_the_clock_was_set_back) {
    table.phase(Phase::install, start);
    table.percent(50, after(-3600));
    LONGS_EQUAL(-3600 + 100 + 85, end_expected_after(-3600));
    table.phase(Phase::stop_services, after(100));
    LONGS_EQUAL(-3600 + 85, end_expected_after(-3600));
}

TEST(Timetable, reads_a_phase_that_is_predicted_to_take_no_time) {
    for (const auto by : {PredictedBy::history, PredictedBy::estimate}) {
        table.predict({{Phase::download, seconds(0), by}, {Phase::install, seconds(100), by}});
        table.phase(Phase::download, start);
        table.percent(0, start);
        LONGS_EQUAL(100, end_expected_after(0));
        table.phase(Phase::install, start);
    }
}

TEST(Timetable, takes_a_phase_that_is_named_again_for_the_same) {
    table.phase(Phase::restart_appliance, start);
    table.phase(Phase::restart_appliance, after(50));
    LONGS_EQUAL(80, end_expected_after(50));
}

TEST(Timetable, changes_when_more_is_known) {
    table.phase(Phase::install, start);
    table.predict({{Phase::install, seconds(100), PredictedBy::history},
                   {Phase::migrate_store, seconds(1000), PredictedBy::rehearsal}});
    LONGS_EQUAL(1100, end_expected_after(0));
}
