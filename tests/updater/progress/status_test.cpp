// The state and event documents that the bus and --json hand out.
#include "tests/support/running_job_document.hpp"
#include "updater/progress/status.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;

namespace {

// 2026-11-21 03:00:04 UTC
const std::chrono::system_clock::time_point three_o_clock{std::chrono::seconds(1795230004)};

class TimeZone {
  public:
    explicit TimeZone(const char *name) {
        setenv("TZ", name, 1);
        tzset();
    }
    ~TimeZone() {
        unsetenv("TZ");
        tzset();
    }
    TimeZone(const TimeZone &) = delete;
    TimeZone &operator=(const TimeZone &) = delete;
};

job::JobFacts job_7() {
    job::JobFacts facts;
    facts.job = "job-7";
    facts.from_version = "2.8.0.0";
    facts.to_version = "2.8.1.0";
    facts.log_file = "/var/spool/updates/XPU/job-7.log";
    facts.started = three_o_clock;
    return facts;
}

} // namespace

TEST_GROUP(Status) {
    TimeZone zone{"UTC0"};
    JobStatus status{[] { return three_o_clock; }, "2.8.0.0", "a"};

    void begin() {
        status.begin_job(job_7());
    }
};

TEST(Status, an_appliance_without_a_job_is_idle_and_has_no_last_job) {
    const auto state = status.state();
    CHECK_EQUAL(1, state["format"].get<int>());
    STRCMP_EQUAL("idle", state["state"].get<std::string>().c_str());
    STRCMP_EQUAL("2.8.0.0", state["running_version"].get<std::string>().c_str());
    STRCMP_EQUAL("a", state["slot"].get<std::string>().c_str());
    STRCMP_EQUAL("unknown", state["mail"].get<std::string>().c_str());
    for (const char *name :
         {"mail_problem", "operation", "job", "firmware_version", "phase", "phase_name", "percent", "step",
          "started", "expected_end", "expected_seconds", "expected_mail_stop", "seconds_until_mail_stop",
          "expected_mail_start", "log", "note", "last", "problem"})
        CHECK_TEXT(state.contains(name) && state[name].is_null(), name);
}

TEST(Status, a_note_is_shown_until_the_end_of_its_job) {
    begin();
    status.note("the appliance restarted\nduring phase 2");
    status.phase(job::Phase::stop_services);
    STRCMP_EQUAL("the appliance restarted during phase 2", status.state()["note"].get<std::string>().c_str());
    begin();
    CHECK(status.state()["note"].is_null());
}

TEST(Status, a_running_job_is_described_with_phase_percent_and_times) {
    begin();
    status.phase(job::Phase::prepare_store_migration);
    status.progress(37, "copying");
    status.mail({health::Mail::stopped, "postfix.service does not run", "systemctl start postfix"});
    status.predict(
        {{job::Phase::prepare_store_migration, std::chrono::minutes(5), job::PredictedBy::history}});
    status.install_rate(25);
    const auto state = status.state();
    auto expected = running_job_document();
    expected["expected_end"] = "2026-11-21T03:05:04+00:00";
    expected["expected_seconds"] = 300;
    expected["expected_mail_start"] = "2026-11-21T03:05:04+00:00";
    STRCMP_EQUAL(expected.dump().c_str(), state.dump().c_str());
}

TEST(Status, says_how_long_mail_still_flows) {
    begin();
    status.predict({{job::Phase::install, std::chrono::minutes(5), job::PredictedBy::history},
                    {job::Phase::stop_services, std::chrono::minutes(1), job::PredictedBy::history}});
    status.phase(job::Phase::install);
    LONGS_EQUAL(300, status.state()["seconds_until_mail_stop"].get<int>());
    status.phase(job::Phase::stop_services);
    CHECK(status.state()["seconds_until_mail_stop"].is_null());
}

TEST(Status, no_time_is_expected_for_mail_that_flows_again) {
    begin();
    status.predict({{job::Phase::start_services, std::chrono::minutes(5), job::PredictedBy::history}});
    status.phase(job::Phase::start_services);
    status.mail({health::Mail::stopped, "", ""});
    CHECK(status.state()["expected_mail_start"].is_string());
    status.mail({health::Mail::flows, "", ""});
    CHECK(status.state()["expected_mail_start"].is_null());
    CHECK(status.state()["expected_end"].is_string());
}

TEST(Status, the_end_of_a_job_that_is_undone_is_not_known) {
    begin();
    status.predict({{job::Phase::stop_services, std::chrono::minutes(5), job::PredictedBy::history}});
    status.phase(job::Phase::stop_services);
    CHECK(status.state()["expected_end"].is_string());
    status.rolling_back();
    CHECK(status.state()["expected_end"].is_null());
}

TEST(Status, says_why_mail_does_not_flow_unless_the_job_keeps_it_back) {
    const health::MailState failed{health::Mail::stopped, "postfix.service failed",
                                   "journalctl -u postfix -b"};
    const auto is_told = [this] { return status.state()["mail_problem"].is_object(); };
    status.mail(failed);
    STRCMP_EQUAL("stopped", status.state()["mail"].get<std::string>().c_str());
    STRCMP_EQUAL(R"({"advice":"journalctl -u postfix -b","text":"postfix.service failed"})",
                 status.state()["mail_problem"].dump().c_str());
    begin();
    status.phase(job::Phase::install);
    CHECK(is_told());
    for (const auto phase :
         {job::Phase::stop_services, job::Phase::migrate_store, job::Phase::start_services}) {
        status.phase(phase);
        CHECK_FALSE(is_told());
    }
    status.mail_is_let_in();
    CHECK(is_told());
    status.job_ended(job_7(), {});
    CHECK(is_told());
    status.mail({health::Mail::flows, "", ""});
    STRCMP_EQUAL("flows", status.state()["mail"].get<std::string>().c_str());
    CHECK_FALSE(is_told());
}

TEST(Status, says_for_decisions_in_which_phases_the_job_keeps_mail_back) {
    CHECK_FALSE(status.job_keeps_mail_back());
    begin();
    CHECK_TEXT(status.job_keeps_mail_back(), "where it is, is not known yet");
    for (const auto phase : job::all_phases) {
        status.phase(phase);
        CHECK_EQUAL_TEXT(phase > job::Phase::install, status.job_keeps_mail_back(),
                         job::title_of(phase).c_str());
    }
}

TEST(Status, a_job_that_still_finishes_keeps_no_mail_back_once_it_has_let_it_in) {
    begin();
    status.phase(job::Phase::start_services);
    CHECK(status.job_keeps_mail_back());
    status.mail_is_let_in();
    CHECK_FALSE(status.job_keeps_mail_back());
    status.job_ended(job_7(), {});
    CHECK_FALSE(status.job_keeps_mail_back());
    begin();
    CHECK(status.job_keeps_mail_back());
}

TEST(Status, mail_is_not_taken_for_what_the_phase_would_have) {
    status.mail({health::Mail::flows, "", ""});
    begin();
    status.phase(job::Phase::stop_services); // units may still be settling, and the gate is open
    STRCMP_EQUAL("flows", status.state()["mail"].get<std::string>().c_str());
}

TEST(Status, tells_of_the_mail_only_when_something_differs) {
    int told = 0;
    status.on_change([&told] { ++told; });
    for (int look = 0; look < 3; ++look)
        status.mail({health::Mail::stopped, "postfix.service failed", "journalctl -u postfix -b"});
    CHECK_EQUAL(1, told);
    status.mail({health::Mail::flows, "", ""});
    CHECK_EQUAL(2, told);
}

TEST(Status, the_percent_of_a_phase_only_rises_and_stays_between_0_and_100) {
    begin();
    status.phase(job::Phase::install);
    const struct {
        int told, shown;
    } steps[] = {{10, 10}, {5, 10}, {-3, 10}, {60, 60}, {59, 60}, {250, 100}, {99, 100}};
    for (const auto &step : steps) {
        status.progress(step.told, "");
        CHECK_EQUAL(step.shown, status.state()["percent"].get<int>());
    }
    status.phase(job::Phase::stop_services);
    CHECK_EQUAL(0, status.state()["percent"].get<int>());
}

TEST(Status, a_job_resumed_after_a_restart_keeps_its_start_time) {
    auto facts = job_7();
    facts.started -= std::chrono::hours(1);
    status.begin_job(facts);
    STRCMP_EQUAL("2026-11-21T02:00:04+00:00", status.state()["started"].get<std::string>().c_str());
}

TEST(Status, the_states_have_the_names_of_the_interface) {
    begin();
    STRCMP_EQUAL("running", status.state()["state"].get<std::string>().c_str());
    status.rolling_back();
    STRCMP_EQUAL("rolling-back", status.state()["state"].get<std::string>().c_str());
    status.restarting();
    STRCMP_EQUAL("restarting", status.state()["state"].get<std::string>().c_str());
}

TEST(Status, a_finished_job_is_remembered_with_reason_next_step_and_phase_times) {
    begin();
    status.job_ended(job_7(), {.outcome = job::Outcome::rolled_back,
                               .reason = "the test message did not arrive",
                               .next_step = "read the log",
                               .phases = {{job::Phase::download, std::chrono::milliseconds(12500)}},
                               .ended = three_o_clock,
                               .code = "UC0706"});
    const auto state = status.state();
    STRCMP_EQUAL("idle", state["state"].get<std::string>().c_str());
    CHECK(state["job"].is_null());
    const nlohmann::json expected = {
        {"job", "job-7"},
        {"operation", "install"},
        {"unfinished", false},
        {"started", "2026-11-21T03:00:04+00:00"},
        {"log", "/var/spool/updates/XPU/job-7.log"},
        {"result", "rolled-back"},
        {"from", "2.8.0.0"},
        {"to", "2.8.1.0"},
        {"reason", "the test message did not arrive"},
        {"code", "UC0706"},
        {"next", "read the log"},
        {"ended", "2026-11-21T03:00:04+00:00"},
        {"phases", {{{"number", 1}, {"name", "download the update"}, {"seconds", 12.5}}}},
        {"predicted", nlohmann::json::array()},
        {"predicted_when_mail_stops", nlohmann::json::array()},
        {"fetch_bytes", nullptr},
        {"write_bytes", nullptr},
        {"store_bytes", nullptr},
        {"from_file", false},
        {"store_conversions", 0},
        {"warnings", 0},
        {"rehearsed", nlohmann::json::object()}};
    STRCMP_EQUAL(expected.dump().c_str(), state["last"].dump().c_str());
}

TEST(Status, every_result_has_its_name) {
    const struct {
        job::Outcome result;
        const char *name;
    } names[] = {{job::Outcome::succeeded, "succeeded"},
                 {job::Outcome::failed, "failed"},
                 {job::Outcome::refused, "refused"},
                 {job::Outcome::rolled_back, "rolled-back"},
                 {job::Outcome::cancelled, "cancelled"}};
    for (const auto &row : names)
        STRCMP_EQUAL(row.name, std::string(job::text_of(row.result)).c_str());
}

TEST(Status, events_carry_time_and_phase_and_are_asked_for_by_sequence) {
    status.event(job::Severity::info, "the agent starts");
    begin();
    status.phase(job::Phase::install);
    status.event(job::Severity::warning, "slow disk");
    const auto all = status.events(0);
    CHECK_EQUAL(1, all["format"].get<int>());
    CHECK_EQUAL(2, all["last"].get<int>());
    CHECK_EQUAL(2U, all["events"].size());
    const nlohmann::json expected = {{"sequence", 2},      {"time", "2026-11-21T03:00:04+00:00"},
                                     {"phase", 2},         {"phase_name", "install the new OS"},
                                     {"level", "warning"}, {"text", "slow disk"},
                                     {"code", ""}};
    STRCMP_EQUAL(expected.dump().c_str(), all["events"][1].dump().c_str());
    CHECK_EQUAL(1U, status.events(1)["events"].size());
    CHECK_EQUAL(0U, status.events(2)["events"].size());
    CHECK_EQUAL(2, status.events(99)["last"].get<int>());
}

TEST(Status, only_the_last_2000_events_are_kept) {
    for (int number = 1; number <= 2003; ++number)
        status.event(job::Severity::info, "event " + std::to_string(number));
    const auto document = status.events(0);
    CHECK_EQUAL(2000U, document["events"].size());
    CHECK_EQUAL(4, document["events"][0]["sequence"].get<int>());
    CHECK_EQUAL(2003, document["last"].get<int>());
}

TEST(Status, secrets_appear_in_no_document) {
    begin();
    status.progress(1, "connecting with password=hunter2");
    status.event(job::Severity::info, "https://robot:hunter2@updates.lan.test/");
    CHECK(status.state().dump().find("hunter2") == std::string::npos);
    status.job_ended(job_7(), {.reason = "psql: PGPASSWORD=hunter2 was wrong"});
    CHECK(status.state().dump().find("hunter2") == std::string::npos);
    CHECK(status.events(0).dump().find("hunter2") == std::string::npos);
}

TEST(Status, changes_are_announced_and_progress_is_not) {
    int told = 0;
    status.on_change([&] {
        ++told;
        status.state(); // no lock is held
    });
    begin();
    status.phase(job::Phase::download);
    const int before = told;
    status.progress(50, "half");
    CHECK_EQUAL(before, told);
    status.restarting();
    CHECK_EQUAL(before + 1, told);
}

TEST(Status, one_thread_may_write_while_another_reads) {
    begin();
    std::atomic<bool> writing{true};
    std::jthread writer([&] {
        for (int round = 0; round < 2000; ++round) {
            status.phase(static_cast<job::Phase>(1 + round % 10));
            status.progress(round % 100, "step");
            status.event(job::Severity::info, "round");
        }
        writing = false;
    });
    while (writing) {
        const auto state = status.state();
        CHECK(state["phase"].is_null() || state["phase"] <= 10);
        CHECK(status.events(0)["events"].size() <= 2000);
    }
}

TEST(Status, times_are_written_with_the_zone_they_are_in) {
    const struct {
        const char *zone;
        const char *text;
    } cases[] = {{"UTC0", "2026-11-21T03:00:04+00:00"},
                 {"CET-1", "2026-11-21T04:00:04+01:00"},
                 {"XYZ+3:30", "2026-11-20T23:30:04-03:30"}};
    for (const auto &row : cases) {
        const TimeZone local(row.zone);
        STRCMP_EQUAL(row.text, text::iso_time(three_o_clock).c_str());
    }
}
