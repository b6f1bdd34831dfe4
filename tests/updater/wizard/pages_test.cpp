// Each page by itself: what it shows and what it does, with a fake agent behind the real bus object.
#include "tests/support/served_agent.hpp"
#include "updater/wizard/checks_page.hpp"
#include "updater/wizard/firmware_page.hpp"
#include "updater/wizard/license_page.hpp"
#include "updater/wizard/progress_page.hpp"
#include "updater/wizard/result_page.hpp"
#include "updater/wizard/settings_page.hpp"
#include "updater/wizard/summary_page.hpp"
#include "updater/wizard/welcome_page.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::wizard;
using control::ExitCode;

namespace {

constexpr Size usual{71, 17};

std::string text_of(const Page &page) {
    std::string text;
    for (const std::string &line : page.screen(usual).lines) {
        CHECK_TEXT(line.size() <= usual.columns, line.c_str());
        text += line + "\n";
    }
    return text;
}

void check_shows(const Page &page, const std::string &wanted) {
    const std::string text = text_of(page);
    CHECK_TEXT(text.find(wanted) != std::string::npos, (wanted + " is not in: " + text).c_str());
}

} // namespace

TEST_GROUP(WizardPages) {
    PrivateBus bus;
    std::unique_ptr<ServedAgent> served = std::make_unique<ServedAgent>(bus);
    std::unique_ptr<control::Client> client;
    Wishes wishes;
    Found found;
    Begun begun;

    void setup() override {
        setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address().c_str(), 1);
        client = std::make_unique<control::Client>();
        agent().set_work([](progress::JobStatus &, const std::string &, const std::stop_token &) {});
    }
    FakeAgent &agent() {
        return served->agent;
    }
    static nlohmann::json finding(const char *check, const char *verdict) {
        return {{"check", check}, {"verdict", verdict}, {"text", "found"}, {"advice", ""}};
    }
    void begin_job() {
        agent().status.begin_job(FakeAgent::facts_of("job-1", job::Operation::install));
    }
};

TEST(WizardPages, the_welcome_shows_the_appliance_and_its_state) {
    WelcomePage page(*client, "mail.example.org");
    page.enter();
    check_shows(page, "mail.example.org.");
    check_shows(page, "Running         version 2.8.0.0, slot a");
    CHECK(!page.screen(usual).back);
}

TEST(WizardPages, the_welcome_and_the_summary_say_what_becomes_of_a_drained_node) {
    WelcomePage welcome(*client, "mail.example.org");
    SummaryPage summary(*client, wishes, found, begun);
    const auto check = [&](const char *text, bool shown) {
        welcome.enter();
        summary.enter();
        for (const Page *page : {static_cast<const Page *>(&welcome), static_cast<const Page *>(&summary)}) {
            std::string lines = text_of(*page);
            std::ranges::replace(lines, '\n', ' ');
            CHECK_EQUAL_TEXT(shown, lines.find(text) != std::string::npos, text);
        }
    };
    check("is drained", false);
    agent().fake_node.drain({.keep_over_restart = false});
    check("ends that", true);
    agent().fake_node.drain({.keep_over_restart = true});
    check("ends that", false);
    check("holds after the", true);
}

TEST(WizardPages, firmware_from_the_command_line_is_chosen) {
    FirmwarePage page(*client, wishes, "/data/new.fw");
    page.enter();
    STRCMP_EQUAL("as on the command line: /data/new.fw", page.screen(usual).choices.at(0).c_str());
    LONGS_EQUAL(0, page.screen(usual).chosen);
    STRCMP_EQUAL("", page.leave({.chosen = 0}).c_str());
    STRCMP_EQUAL("/data/new.fw", wishes.source.c_str());
    CHECK(!page.leave({.chosen = 7}).empty());
}

TEST(WizardPages, the_next_step_of_the_feed_is_offered) {
    agent().feed = {{"checking", false}, {"serial", 16}, {"problem", ""}};
    agent().path = {{{"version", "2.8.1.0"}, {"bytes", 2048}, {"release_notes", "Faster"}}};
    FirmwarePage page(*client, wishes, "");
    page.enter();
    CHECK(agent().last_about_to_install);
    STRCMP_EQUAL("version 2.8.1.0 of the feed, 2.00 KiB", page.screen(usual).choices.at(0).c_str());
    STRCMP_EQUAL("", page.leave({.chosen = 0}).c_str());
    STRCMP_EQUAL("", wishes.source.c_str());
}

TEST(WizardPages, nothing_is_chosen_while_the_feed_is_fetched) {
    agent().feed = {{"checking", true}, {"problem", ""}};
    FirmwarePage page(*client, wishes, "");
    page.enter();
    CHECK(page.screen(usual).waits);
    STRCMP_EQUAL("", page.screen(usual).next.c_str());
    CHECK(page.screen(usual).choices.empty());
}

TEST(WizardPages, checks_show_the_worst_first_and_let_only_good_firmware_past) {
    const struct {
        const char *worst;
        const char *next;
    } cases[] = {{"pass", "Next"}, {"skip", "Next"}, {"notice", "Next"},
                 {"warn", "Next"}, {"fail", ""},     {"a word of another release", ""}};
    for (const auto &row : cases) {
        agent().firmware_checks["results"] = {finding("the first", "pass"), finding("the worst", row.worst)};
        ChecksPage page(*client, wishes, found);
        page.enter();
        STRCMP_EQUAL_TEXT(row.next, page.screen(usual).next.c_str(), row.worst);
        if (row.worst != std::string("pass") && row.worst != std::string("skip")) {
            const std::string text = text_of(page);
            CHECK_TEXT(text.find("the worst") < text.find("the first"), row.worst);
        }
    }
}

TEST(WizardPages, checks_that_run_are_waited_for) {
    ChecksPage page(*client, wishes, found);
    page.enter();
    found.checks["checking"] = true;
    CHECK(page.screen(usual).waits);
    STRCMP_EQUAL("", page.screen(usual).next.c_str());
    CHECK(!page.look_again());
    CHECK(!page.screen(usual).waits);
}

TEST(WizardPages, checks_begin_again_when_the_agent_was_restarted) {
    wishes.source = "/data/new.fw";
    ChecksPage page(*client, wishes, found);
    page.enter();
    served.reset();
    served = std::make_unique<ServedAgent>(bus);
    page.look_again();
    STRCMP_EQUAL("/data/new.fw", agent().last_source.c_str());
}

TEST(WizardPages, a_license_is_shown_if_there_is_one) {
    const LicensePage page(found);
    CHECK(!page.is_wanted());
    found.checks = {{"license", nullptr}};
    CHECK(!page.is_wanted());
    found.checks = {{"version", "2.8.1.0"}, {"license", "Terms\nof\x1b[2J use"}};
    CHECK(page.is_wanted());
    STRCMP_EQUAL("Terms\nof[2J use\n", text_of(page).c_str());
    STRCMP_EQUAL("Accept", page.screen(usual).next.c_str());
}

TEST(WizardPages, settings_are_taken_when_they_can_be_meant) {
    const struct {
        const char *when;
        const char *rate;
        const char *problem; // its beginning
    } cases[] = {{"now", "0", ""},
                 {" Sun 03:00 ", " 25 ", ""},
                 {"", "0", "Say when"},
                 {"window", "0", "No maintenance window"},
                 {"now", "", "The rate is"},
                 {"now", "fast", "The rate is"},
                 {"now", "-1", "The rate is"},
                 {"now", "1000000", "The rate is"}};
    for (const auto &row : cases) {
        SettingsPage page(*client, wishes);
        page.enter();
        const std::string problem = page.leave({.values = {row.when, row.rate}});
        STRCMP_EQUAL_TEXT(row.problem, problem.substr(0, std::string(row.problem).size()).c_str(), row.when);
        CHECK_EQUAL_TEXT(std::string(row.problem).empty(), problem.empty(), row.when);
    }
    STRCMP_EQUAL("Sun 03:00", wishes.when.c_str());
    STRCMP_EQUAL("25", wishes.rate.c_str());
}

TEST(WizardPages, the_summary_begins_the_job) {
    wishes = {.source = "/data/new.fw", .when = "now", .rate = "25"};
    found.checks = {{"version", "2.8.1.0"}, {"release_notes", "Faster"}};
    SummaryPage page(*client, wishes, found, begun);
    page.enter();
    for (const char *shown :
         {"version 2.8.1.0", "version 2.8.0.0", "/data/new.fw", "25 MiB per second", "Faster"})
        check_shows(page, shown);
    STRCMP_EQUAL("Begin", page.screen(usual).next.c_str());
    STRCMP_EQUAL("", page.leave({}).c_str());
    STRCMP_EQUAL("job-1", begun.job.c_str());
    CHECK(begun.order.is_null());
    CHECK(!agent().last_force);
    STRCMP_EQUAL("25", agent().state()["install_mib_per_second"].dump().c_str());
}

TEST(WizardPages, the_summary_shows_a_forecast_if_there_is_one) {
    wishes.rate = "0";
    SummaryPage page(*client, wishes, found, begun);
    page.enter();
    for (const nlohmann::json &none : {nlohmann::json(), nlohmann::json({{"problem", "no firmware"}})}) {
        found.checks["forecast"] = none;
        CHECK(text_of(page).find("Expected time") == std::string::npos);
    }
    found.checks["forecast"] = {{"seconds", 720},
                                {"mail_waits_seconds", 240},
                                {"replaced_version", "2.7.0.0"},
                                {"rollback", {{"possible", true}, {"text", "until mail is accepted"}}}};
    for (const char *shown : {"Expected time   12 minutes", "Mail waits for  4 minutes",
                              "Removes         version 2.7.0.0", "Way back        until mail is accepted"})
        check_shows(page, shown);
}

TEST(WizardPages, the_summary_gives_an_order_for_another_time) {
    wishes = {.source = "", .when = "Sun 03:00", .rate = "0"};
    SummaryPage page(*client, wishes, found, begun);
    page.enter();
    STRCMP_EQUAL("Schedule", page.screen(usual).next.c_str());
    page.leave({});
    STRCMP_EQUAL("Sun 03:00", agent().last_calendar.c_str());
    STRCMP_EQUAL("idle", agent().state()["state"].get<std::string>().c_str());
    const ProgressPage progress(*client, begun);
    CHECK(!progress.is_wanted());
    const ResultPage result(begun, progress, "");
    check_shows(result, "2026-11-22 03:00:00 +01:00");
    CHECK(result.end().code == ExitCode::done);
}

TEST(WizardPages, the_summary_passes_on_what_the_agent_refuses) {
    wishes = {.source = "/old.fw", .when = "now", .rate = "0"};
    SummaryPage page(*client, wishes, found, begun);
    page.enter();
    CHECK_THROWS(control::AgentError, page.leave({}));
}

TEST(WizardPages, progress_marks_each_phase) {
    begin_job();
    agent().status.phase(job::Phase::stop_services);
    agent().status.progress(50, "stopping");
    agent().status.event(job::Severity::warning, "slow");
    ProgressPage page(*client, begun);
    page.enter();
    for (const char *shown : {"[done]  2 install the new OS", "[ >> ]  3 shut down services",
                              "[    ] 10 restart all services", "] 50 %", "Now: stopping", "warning: slow"})
        check_shows(page, shown);
    CHECK(page.screen(usual).lines.size() <= usual.rows);
    CHECK(page.if_left().code == ExitCode::interrupted);
}

TEST(WizardPages, progress_shows_only_the_phases_that_the_operation_has) {
    const struct {
        job::Operation operation;
        std::size_t phases;
    } cases[] = {{job::Operation::install, 10}, {job::Operation::download, 1}, {job::Operation::rollback, 3}};
    for (const auto &row : cases) {
        agent().status.begin_job(FakeAgent::facts_of("job-1", row.operation));
        ProgressPage page(*client, begun);
        page.enter();
        const auto lines = page.screen(usual).lines;
        LONGS_EQUAL(row.phases, std::ranges::count_if(lines, [](const std::string &line) {
                        return line.starts_with("[    ]") || line.starts_with("[done]");
                    }));
    }
}

TEST(WizardPages, progress_ends_with_the_job) {
    begin_job();
    begun.job = "job-1";
    ProgressPage page(*client, begun);
    page.enter();
    CHECK(!page.look_again());
    FakeAgent::finish(agent().status, "job-1", job::Outcome::rolled_back, "it was sick");
    CHECK(page.look_again());
    const ResultPage result(begun, page, "");
    CHECK(result.end().code == ExitCode::rolled_back);
    for (const char *shown :
         {"was rolled back", "it was sick", "see the log", "/var/spool/updates/XPU/job-1.log"})
        check_shows(result, shown);
}

TEST(WizardPages, progress_outlives_an_agent_that_is_away_for_a_moment) {
    begin_job();
    ProgressPage page(*client, begun);
    page.enter();
    served.reset();
    CHECK(!page.look_again());
    check_shows(page, "The agent does not answer at the moment");
    served = std::make_unique<ServedAgent>(bus);
    begin_job();
    CHECK(!page.look_again());
    check_shows(page, "Whether mail flows is not known");
}

TEST(WizardPages, progress_says_whether_mail_flows_and_why_not) {
    const struct {
        health::MailState found;
        const char *line;
    } cases[] = {
        {{health::Mail::flows, "", ""}, "Mail flows"},
        {{health::Mail::stopped, "", ""}, "Mail is stopped"},
        {{health::Mail::stopped, "postfix.service failed", ""}, "Mail is stopped: postfix.service failed"},
        {{health::Mail::unknown, "", ""}, "Whether mail flows is not known"}};
    begin_job();
    agent().status.phase(job::Phase::install);
    for (const auto &row : cases) {
        agent().status.mail(row.found);
        ProgressPage page(*client, begun);
        page.enter();
        check_shows(page, row.line);
    }
}

TEST(WizardPages, the_end_says_that_mail_is_stopped_as_update_control_does) {
    begin_job();
    ProgressPage page(*client, begun);
    page.enter();
    FakeAgent::finish(agent().status, "job-1", job::Outcome::succeeded);
    agent().status.mail({health::Mail::stopped, "postfix.service failed", "systemctl status postfix"});
    CHECK(page.look_again());
    const ResultPage result(begun, page, "");
    CHECK(result.end().code == ExitCode::mail_stopped);
    check_shows(result, "Mail is stopped: postfix.service failed");
}

TEST(WizardPages, an_agent_that_stays_away_is_an_error) {
    begin_job();
    std::chrono::steady_clock::time_point now;
    JobProgress progress(*client, control::JobWatch("job-1", nullptr), [&now] { return now; });
    progress.look();
    served.reset();
    CHECK(progress.look() == control::Sight::goes_on);
    now += std::chrono::seconds(30);
    CHECK(progress.look() == control::Sight::goes_on);
    now += std::chrono::seconds(1);
    CHECK_THROWS(control::AgentUnreachable, progress.look());
}

TEST(WizardPages, the_restart_of_the_appliance_ends_the_wizard) {
    begin_job();
    agent().status.phase(job::Phase::restart_appliance);
    ProgressPage page(*client, begun);
    page.enter();
    served.reset();
    CHECK(page.look_again());
    const ResultPage result(begun, page, "root@192.0.2.7");
    CHECK(result.end().code == ExitCode::restarting);
    check_shows(result, "ssh root@192.0.2.7 update-control -f");
}
