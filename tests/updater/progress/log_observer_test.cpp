// What log and status show of a job while the runner tells of it.
#include "tests/support/fake_storage.hpp"
#include "updater/progress/log_observer.hpp"

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;

TEST_GROUP(LogObserver) {
    text::Clock clock = [] { return std::chrono::system_clock::time_point(std::chrono::hours(500000)); };
    partitions_test::FakeStorage storage;
    std::ostringstream console;
    std::vector<JournalEntry> journal;
    JobStatus status{clock, "2.8.0.0", "a"};
    LogObserver observer{storage,
                         {status, console, [this](const JournalEntry &entry) { journal.push_back(entry); }},
                         clock,
                         "on mx1, version 2.8.0.0 in slot a",
                         [](const job::JobFacts &, const job::JobEnd &) {},
                         nullptr,
                         {.soon = [this] { ++looks_soon; },
                          .now =
                              [this] {
                                  status.mail({health::Mail::stopped, "postfix.service failed", ""});
                              }}};
    int looks_soon = 0;
    LogObserver predicting{storage,
                           {status, console, [](const JournalEntry &) {}},
                           clock,
                           "on mx1, version 2.8.0.0 in slot a",
                           [](const job::JobFacts &, const job::JobEnd &) {},
                           [](const job::JobFacts &known) {
                               const auto write = std::chrono::seconds(known.write_bytes.value_or(100));
                               return job::Prediction{{job::Phase::install, write, job::PredictedBy::history},
                                                      {job::Phase::stop_services, std::chrono::seconds(10),
                                                       job::PredictedBy::history}};
                           }};
    job::JobFacts facts;

    void setup() override {
        facts.job = "job-7";
        facts.from_version = "2.8.0.0";
        facts.log_file = "/log/job-7.log";
    }
};

TEST(LogObserver, tells_the_firmwares_version_as_soon_as_its_manifest_was_read) {
    observer.job_begins(facts, false);
    observer.phase_begins(job::Phase::download);
    CHECK(status.state()["firmware_version"].is_null());
    STRCMP_EQUAL("", journal.back().version.c_str());
    observer.firmware_known("2.8.1.0");
    observer.event(job::Severity::info, "fetching");
    STRCMP_EQUAL("2.8.1.0", status.state()["firmware_version"].get<std::string>().c_str());
    STRCMP_EQUAL("2.8.1.0", journal.back().version.c_str());
}

TEST(LogObserver, tells_the_version_of_a_job_that_goes_on_from_its_beginning) {
    facts.to_version = "2.8.1.0";
    observer.job_begins(facts, true);
    STRCMP_EQUAL("2.8.1.0", status.state()["firmware_version"].get<std::string>().c_str());
    STRCMP_EQUAL("2.8.1.0", journal.back().version.c_str());
}

TEST(LogObserver, tells_what_is_expected_and_changes_it_when_more_is_known) {
    predicting.job_begins(facts, false);
    predicting.phase_begins(job::Phase::install);
    LONGS_EQUAL(110, status.state()["expected_seconds"].get<int>());
    STRCMP_CONTAINS("predicted: this phase takes 1 min 40 s (history), with all that follow 1 min 50 s",
                    storage.contents("/log/job-7.log").c_str());
    facts.write_bytes = 200;
    predicting.facts_known(facts);
    LONGS_EQUAL(210, status.state()["expected_seconds"].get<int>());
}

TEST(LogObserver, compares_what_was_predicted_with_what_happened) {
    predicting.job_begins(facts, false);
    predicting.phase_begins(job::Phase::install);
    facts.predicted = predicting.prediction(); // as the runner notes it
    facts.write_bytes = 200;
    predicting.facts_known(facts);
    job::JobEnd end{.outcome = job::Outcome::succeeded};
    end.phases = {{job::Phase::install, std::chrono::seconds(90)}};
    predicting.job_ended(facts, end);
    STRCMP_CONTAINS("phase 2, install the new OS: predicted 100.0 s (history), took 90.0 s (-10 %)",
                    storage.contents("/log/job-7.log").c_str());
    LONGS_EQUAL(2, status.state()["last"]["predicted"].size());
}

TEST(LogObserver, predicts_nothing_of_a_job_that_was_refused) {
    predicting.job_begins(facts, false);
    predicting.job_ended(facts, {.outcome = job::Outcome::refused, .reason = "too old"});
    CHECK(predicting.prediction().empty());
    CHECK(storage.contents("/log/job-7.log").find("predicted") == std::string::npos);
}

TEST(LogObserver, begins_each_systems_part_of_a_log_with_the_machine) {
    observer.job_begins(facts, false);
    observer.job_begins(facts, true);
    const std::string log = storage.contents("/log/job-7.log");
    const std::string machine = "job: info: on mx1, version 2.8.0.0 in slot a\n";
    CHECK(log.find(machine) < log.find("job: info: job job-7: install, from 2.8.0.0\n"));
    CHECK(log.find(machine, log.find("install")) < log.find("continues job job-7"));
}

TEST(LogObserver, has_mail_looked_at_whenever_a_job_may_have_changed_it) {
    observer.job_begins(facts, false);
    observer.phase_begins(job::Phase::stop_services);
    observer.phase_done(job::Phase::stop_services, std::chrono::milliseconds(7));
    CHECK_EQUAL(2, looks_soon);
    observer.phase_begins(job::Phase::start_services);
    observer.mail_flows_again();
    CHECK_EQUAL(4, looks_soon);
}

TEST(LogObserver, knows_at_the_end_of_a_job_whether_mail_flows) {
    observer.job_begins(facts, false);
    CHECK_EQUAL(0, looks_soon);
    observer.job_ended(facts, {.outcome = job::Outcome::succeeded});
    const auto state = status.state();
    STRCMP_EQUAL("idle", state["state"].get<std::string>().c_str());
    STRCMP_EQUAL("postfix.service failed", state["mail_problem"]["text"].get<std::string>().c_str());
}

TEST(LogObserver, of_a_job_that_stopped_in_the_middle_tells_the_only_thing_to_do) {
    observer.job_begins(facts, false);
    status.mail({health::Mail::stopped, "postfix.service does not run", "systemctl start postfix"});
    observer.given_up("the disk is full");
    auto state = status.state();
    STRCMP_EQUAL(
        "the job job-7 stopped in the middle: the disk is full. Restart the appliance, it then comes "
        "back as its journal says: systemctl reboot",
        state["problem"].get<std::string>().c_str());
    STRCMP_EQUAL(R"({"advice":"","text":"postfix.service does not run"})",
                 state["mail_problem"].dump().c_str());
    STRCMP_CONTAINS("systemctl reboot", state["last"]["next"].get<std::string>().c_str());
    STRCMP_EQUAL("UC0112", state["last"]["code"].get<std::string>().c_str());
    // Another job of the same agent has problems of its own.
    observer.job_begins(facts, false);
    observer.job_ended(facts, {.outcome = job::Outcome::succeeded});
    CHECK(status.state()["problem"].is_null());
}

TEST(LogObserver, of_a_job_that_stopped_before_it_began_tells_the_same) {
    observer.given_up("the journal cannot be written");
    STRCMP_EQUAL("a job stopped in the middle: the journal cannot be written. Restart the appliance, it then "
                 "comes back as its journal says: systemctl reboot",
                 status.state()["problem"].get<std::string>().c_str());
}

TEST(LogObserver, shows_the_code_of_a_failure_with_each_line_about_it) {
    observer.job_begins(facts, false);
    observer.phase_begins(job::Phase::install);
    observer.phase_failed(job::Phase::install, "no space", "UC0601");
    observer.rolling_back("no space", "UC0601");
    observer.going_on("the appliance restarted", "UC0114");
    observer.job_ended(facts, {.outcome = job::Outcome::failed, .reason = "no space", .code = "UC0601"});
    const std::string log = storage.contents("/log/job-7.log");
    for (const char *line :
         {"error: failed: no space [UC0601]\n", "warning: rolling back: no space [UC0601]\n",
          "warning: the appliance restarted [UC0114]\n",
          "error: job job-7 ended: failed, because no space [UC0601]\n"})
        STRCMP_CONTAINS(line, log.c_str());
    STRCMP_EQUAL("UC0601", status.state()["last"]["code"].get<std::string>().c_str());
}

TEST(LogObserver, takes_a_cancelled_job_for_no_failure) {
    observer.job_begins(facts, false);
    observer.phase_begins(job::Phase::install);
    observer.phase_failed(job::Phase::install, "cancelled on request", "UC0101");
    observer.rolling_back("cancelled on request", "UC0101");
    observer.job_ended(
        facts, {.outcome = job::Outcome::cancelled, .reason = "cancelled on request", .code = "UC0101"});
    const std::string log = storage.contents("/log/job-7.log");
    STRCMP_CONTAINS("info: job job-7 ended: cancelled, because cancelled on request\n", log.c_str());
    CHECK(log.find("error") == std::string::npos);
    CHECK_EQUAL(0, status.state()["last"]["warnings"].get<int>());
}

TEST(LogObserver, counts_the_warnings_of_both_systems_at_the_end_and_says_where_they_are) {
    observer.job_begins(facts, false);
    observer.phase_begins(job::Phase::install);
    observer.event(job::Severity::warning, "etc: /etc/x is not carried"); // in the rehearsal
    observer.event(job::Severity::info, "etc: says warning: but is none");
    observer.job_begins(facts, true); // after the restart
    observer.phase_begins(job::Phase::back_up_configuration);
    observer.event(job::Severity::warning, "etc: /etc/x is not carried");
    observer.event(job::Severity::warning, "var: /var/y is not carried");
    observer.job_ended(facts, {.outcome = job::Outcome::succeeded});
    CHECK_EQUAL(2, status.state()["last"]["warnings"].get<int>());
    STRCMP_CONTAINS("info: 2 warnings; see /log/job-7.log\n", storage.contents("/log/job-7.log").c_str());
    STRCMP_CONTAINS("2 warnings; see /log/job-7.log\n", console.str().c_str());
}

TEST(LogObserver, counts_no_warnings_of_a_job_without_any_or_without_a_log) {
    observer.job_begins(facts, false);
    observer.job_ended(facts, {.outcome = job::Outcome::succeeded});
    CHECK_EQUAL(0, status.state()["last"]["warnings"].get<int>());
    CHECK(storage.contents("/log/job-7.log").find("warning") == std::string::npos);
    facts.log_file = "/log/removed.log";
    observer.ended_before(facts, {.outcome = job::Outcome::succeeded});
    CHECK_EQUAL(0, status.state()["last"]["warnings"].get<int>());
}

TEST(LogObserver, an_agent_that_starts_still_knows_the_warnings_of_the_job_before) {
    observer.job_begins(facts, false);
    observer.event(job::Severity::warning, "etc: /etc/x is not carried");
    JobStatus other{clock, "2.8.1.0", "b"};
    LogObserver of_next_agent{storage,
                              {other, console, [](const JournalEntry &) {}},
                              clock,
                              "on mx1",
                              [](const job::JobFacts &, const job::JobEnd &) {}};
    of_next_agent.ended_before(facts, {.outcome = job::Outcome::succeeded});
    CHECK_EQUAL(1, other.state()["last"]["warnings"].get<int>());
}

TEST(LogObserver, what_is_for_the_curious_is_in_the_log_and_in_the_journal_only) {
    observer.job_begins(facts, false);
    observer.event(job::Severity::debug, "message-store: consider running vacuumdb");
    STRCMP_CONTAINS("job: debug: message-store: consider running vacuumdb\n",
                    storage.contents("/log/job-7.log").c_str());
    CHECK(journal.back().severity == job::Severity::debug);
    CHECK(console.str().find("vacuumdb") == std::string::npos);
    CHECK(status.events(0).dump().find("vacuumdb") == std::string::npos);
}
