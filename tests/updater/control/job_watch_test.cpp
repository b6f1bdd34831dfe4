// From a row of state documents to the end of the job that is watched.
#include "updater/control/job_watch.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;
using nlohmann::json;

namespace {

json busy(const char *state, const char *job, int phase, json last = nullptr) {
    return {{"state", state}, {"job", job}, {"phase", phase}, {"last", std::move(last)}};
}

json idle(json last = nullptr) {
    return {{"state", "idle"}, {"job", nullptr}, {"phase", nullptr}, {"last", std::move(last)}};
}

json ended(const char *job, const char *result = "succeeded") {
    return {{"job", job}, {"result", result}};
}

} // namespace

TEST_GROUP(JobWatch){};

TEST(JobWatch, a_job_is_seen_from_before_its_beginning_to_its_end) {
    JobWatch watch("new", ended("old"));
    CHECK(watch.look(idle(ended("old"))) == Sight::goes_on);
    CHECK(watch.look(busy("running", "new", 1, ended("old"))) == Sight::goes_on);
    CHECK(watch.look(busy("rolling-back", "new", 4, ended("old"))) == Sight::goes_on);
    CHECK(watch.look(idle(ended("new"))) == Sight::ended);
}

TEST(JobWatch, the_restart_is_seen) {
    JobWatch watch("new", nullptr);
    CHECK(watch.look(busy("restarting", "new", 6)) == Sight::restarting);
}

TEST(JobWatch, a_job_that_ended_before_another_began_is_found_in_last) {
    JobWatch watch("new", nullptr);
    CHECK(watch.look(busy("running", "next", 1, ended("new"))) == Sight::ended);
    CHECK(watch.look(busy("running", "next", 1, ended("third"))) == Sight::vanished);
}

TEST(JobWatch, without_an_id_the_first_that_runs_is_watched) {
    JobWatch watch("", ended("old"));
    CHECK(watch.look(idle(ended("old"))) == Sight::goes_on);
    CHECK(watch.look(busy("rolling-back", "back", 3)) == Sight::goes_on);
    CHECK(watch.look(idle(ended("back"))) == Sight::ended);
    JobWatch too_quick_to_be_seen("", ended("old"));
    CHECK(too_quick_to_be_seen.look(idle(ended("back"))) == Sight::ended);
}

TEST(JobWatch, a_job_that_the_agent_does_not_know_is_waited_for_only_so_long) {
    JobWatch watch("new", nullptr);
    int looks = 1;
    while (watch.look(idle()) == Sight::goes_on && looks < 100)
        ++looks;
    CHECK_EQUAL(21, looks);
}

TEST(JobWatch, when_the_machine_is_about_to_go_down_is_known) {
    const struct {
        json state;
        bool going_down;
    } cases[] = {{busy("running", "new", 5), false},
                 {busy("running", "new", 6), true},
                 {busy("restarting", "new", 6), true},
                 {busy("rolling-back", "new", 8), true},
                 {busy("running", "new", 7), false}};
    JobWatch watch("new", nullptr);
    for (const auto &row : cases) {
        watch.look(row.state);
        CHECK_EQUAL(row.going_down, watch.going_down());
    }
}

TEST(JobWatch, every_result_has_its_exit_code) {
    const struct {
        const char *result;
        int code;
    } cases[] = {{"succeeded", 0}, {"failed", 1},      {"refused", 3},
                 {"cancelled", 5}, {"rolled-back", 8}, {"something new", 1}};
    for (const auto &row : cases)
        CHECK_EQUAL(row.code, static_cast<int>(exit_code_of(ended("j", row.result))));
    CHECK_EQUAL(10, static_cast<int>(exit_code_of({{"result", "failed"}, {"unfinished", true}})));
    CHECK_EQUAL(1, static_cast<int>(exit_code_of({{"result", "failed"}, {"unfinished", false}})));
}
