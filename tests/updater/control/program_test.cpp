// update-control as people and scripts meet it: the real program, a real bus, the real bus object, a fake
// agent.
#include "tests/support/served_agent.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/updater/bus/bus_call.hpp"
#include "tests/updater/control/program.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;

namespace {

void pause(int milliseconds, const std::stop_token &stop = {}) {
    for (int waited = 0; waited < milliseconds && !stop.stop_requested(); waited += 10)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

FakeAgent::Work ending_with(job::Outcome result, const char *reason) {
    return [result, reason](progress::JobStatus &status, const std::string &job, const std::stop_token &) {
        status.phase(job::Phase::download);
        status.event(job::Severity::info, "begins");
        status.event(job::Severity::info, "done in 0.1 s");
        FakeAgent::finish(status, job, result, reason);
    };
}

// Stays in the phase until it is asked to stop.
FakeAgent::Work staying_in(job::Phase phase) {
    return [phase](progress::JobStatus &status, const std::string &job, const std::stop_token &stop) {
        status.phase(phase);
        status.progress(37, "writing");
        status.event(job::Severity::info, "begins");
        pause(15'000, stop);
        FakeAgent::finish(status, job, job::Outcome::cancelled, "asked for");
    };
}

void restarting(progress::JobStatus &status, const std::string &, const std::stop_token &) {
    status.phase(job::Phase::restart_appliance);
    status.event(job::Severity::info, "begins");
    status.restarting();
}

void check_holds(const std::string &text, const std::string &wanted, const std::string &where) {
    CHECK_TEXT(text.find(wanted) != std::string::npos,
               (where + " does not hold '" + wanted + "': " + text).c_str());
}

} // namespace

TEST_GROUP(ControlProgram) {
    PrivateBus bus;
    std::unique_ptr<ServedAgent> served = std::make_unique<ServedAgent>(bus);

    Ended run(const std::vector<std::string> &arguments, bool on_terminal = false) {
        return Program(arguments, {bus.address(), on_terminal}).wait();
    }
    FakeAgent &agent() {
        return served->agent;
    }
    // A job that runs until the test is over.
    void begin_job(job::Phase phase) {
        agent().set_work(staying_in(phase));
        agent().install("", {});
        while (agent().status.running_job()->phase != phase)
            pause(10);
    }
};

TEST(ControlProgram, every_end_has_its_exit_code) {
    const struct {
        std::vector<std::string> arguments;
        FakeAgent::Work work;
        int exit_code;
        const char *output;
        const char *errors;
    } cases[] = {
        {{"-i", "fw"}, ending_with(job::Outcome::succeeded, ""), 0, "succeeded: 2.8.0.0 -> 2.8.1.0", ""},
        {{"-i", "fw"}, ending_with(job::Outcome::failed, "no space"), 1, ") failed: 2.8.0.0 -> 2.8.1.0", ""},
        {{"-i", "fw"}, ending_with(job::Outcome::failed, "no space"), 1, "Reason          no space", ""},
        {{"-i", "fw"}, ending_with(job::Outcome::refused, "too old"), 3, "was refused by the checks", ""},
        {{"-i", "fw"}, ending_with(job::Outcome::cancelled, "asked"), 5, "was cancelled", ""},
        {{"-i", "fw"}, ending_with(job::Outcome::rolled_back, "sick"), 8, "was rolled back", ""},
        {{"-d", "fw"},
         ending_with(job::Outcome::succeeded, ""),
         0,
         "phase 1 download the update: info: done in 0.1 s",
         ""},
        {{"-d"}, ending_with(job::Outcome::failed, "404"), 1, "404", ""},
        {{"--rollback"}, ending_with(job::Outcome::rolled_back, "asked"), 0, "was rolled back", ""},
        {{"-i", "fw", "--no-wait"}, ending_with(job::Outcome::failed, "x"), 0, "update-control -f", ""},
        {{"-i", "/old.fw"},
         nullptr,
         3,
         "",
         "older than the 2.8.0.0 that 2.8.1.0 needs [UC0402]\ninstall 2.8.0.0 first"},
        {{"-i", "/broken.fw"},
         nullptr,
         1,
         "",
         "the disk does not answer [UC0001]\nThe agent's own messages: journalctl"},
        {{"-c"}, nullptr, 1, "", "no job is running, there is nothing to cancel"},
        {{"-s"}, nullptr, 0, "Running         version 2.8.0.0, slot a", ""},
        {{"-l"}, nullptr, 0, "Other slot      slot b: backup, version 2.7.0.0, bootable", ""},
        {{"--check"}, nullptr, 1, "", "no feed is configured"},
        {{"--wizard"}, nullptr, 2, "", "the wizard needs a terminal"},
        {{"--install-rate", "30"}, nullptr, 0, "Phase 2 works at 30 MiB per second at most", ""},
        {{"--install-rate", "0"}, nullptr, 0, "as fast as it can", ""},
        {{"--install-rate", "2000000"}, nullptr, 1, "", "larger than 1000000 MiB per second"},
        {{"--help"}, nullptr, 0, "Usage: update-control", ""},
        {{"--version"}, nullptr, 0, "update-control ", ""},
        {{}, nullptr, 2, "", "nothing to do was asked for\nSee: update-control --help"},
        {{"-i", "-s"}, nullptr, 2, "", "more than one thing"},
    };
    for (const auto &row : cases) {
        if (row.work)
            agent().set_work(row.work);
        const Ended ended = run(row.arguments);
        std::string where = "update-control";
        for (const std::string &argument : row.arguments)
            where += " " + argument;
        CHECK_EQUAL_TEXT(row.exit_code, ended.exit_code,
                         (where + "\n" + ended.output + ended.errors).c_str());
        check_holds(ended.output, row.output, where);
        check_holds(ended.errors, row.errors, where);
        if (*row.errors == '\0')
            STRCMP_EQUAL_TEXT("", ended.errors.c_str(), where.c_str());
        agent().end_job();
    }
}

TEST(ControlProgram, a_current_directory_that_is_gone_is_no_reason_to_crash) {
    const std::filesystem::path here = std::filesystem::current_path();
    {
        const TemporaryFolder folder;
        std::filesystem::current_path(folder.path());
    }
    const struct {
        std::vector<std::string> arguments;
        int exit_code;
        const char *errors;
    } cases[] = {{{"-i", "fw", "x.fw"}, 2, "give the whole path, beginning with /"},
                 {{"-i", "fw", "../x.fw", "--at", "Sun 03:00"}, 2, "give the whole path, beginning with /"},
                 {{"-i", "fw", "/broken.fw"}, 1, "the disk does not answer"},
                 {{"-i", "fw", "/\xff.fw"}, 2, "is not UTF-8"},
                 {{"-d", "https://host/\xff.fw"}, 2, "is not UTF-8"},
                 {{"-i", "--at", "\xff"}, 2, "is not UTF-8"},
                 {{"-i", "/a\nb.fw"}, 1, "control characters"},
                 {{"-s"}, 0, ""}};
    for (const auto &row : cases) {
        const Ended ended = run(row.arguments);
        CHECK_EQUAL_TEXT(row.exit_code, ended.exit_code, (ended.output + ended.errors).c_str());
        check_holds(ended.errors, row.errors, row.arguments.front());
    }
    std::filesystem::current_path(here);
}

TEST(ControlProgram, the_source_reaches_the_agent) {
    run({"-i", "fw", "/some/new.fw"});
    STRCMP_EQUAL("/some/new.fw", agent().last_source.c_str());
    run({"-d", "https://updates.lan.test/x.fw"});
    STRCMP_EQUAL("https://updates.lan.test/x.fw", agent().last_source.c_str());
    run({"-i", "--force"});
    STRCMP_EQUAL("", agent().last_source.c_str());
    CHECK(agent().last_force);
}

TEST(ControlProgram, the_list_of_processes_shows_no_secret_while_it_waits) {
    const std::string url = "https://robot:hunter2@updates.lan.test/x.fw?token=topsecret";
    agent().set_work(staying_in(job::Phase::install));
    Program program({"-i", "fw", url}, {bus.address(), false});
    CHECK_TRUE(program.wrote("begins"));
    STRCMP_EQUAL(url.c_str(), agent().last_source.c_str());
    const std::string shown = program.command_line();
    for (const char *secret : {"robot", "hunter2", "topsecret"})
        CHECK_TRUE_TEXT(shown.find(secret) == std::string::npos, shown.c_str());
    check_holds(shown, "@updates.lan.test/x.fw?", "the command line");
    agent().end_job();
    program.wait();
}

TEST(ControlProgram, an_installation_for_later_is_ordered_replaced_shown_and_cancelled) {
    const Ended first = run({"--at", "Sun 03:00", "-i", "fw", "/some/new.fw", "--force"});
    CHECK_EQUAL(0, first.exit_code);
    STRCMP_EQUAL("The installation begins at 2026-11-22 03:00:00 +01:00 (2026-11-22 02:00:00 UTC).\n"
                 "To cancel it: update-control --cancel-scheduled\n",
                 first.output.c_str());
    STRCMP_EQUAL("Sun 03:00", agent().last_calendar.c_str());
    STRCMP_EQUAL("/some/new.fw", agent().last_source.c_str());
    CHECK(agent().last_force);
    check_holds(run({"--at", "Sun 03:00", "-i"}).output,
                "It replaces the one that was scheduled for 2026-11-22 03:00:00 +01:00.", "--at");
    check_holds(run({"-s"}).output, "Scheduled       2026-11-22 03:00:00 +01:00", "-s");
    check_holds(run({"--cancel-scheduled"}).output, "Nothing is scheduled any more.", "--cancel-scheduled");
    CHECK_EQUAL(1, run({"--cancel-scheduled"}).exit_code);
    const Ended refused = run({"--at", "bogus", "-i"});
    CHECK_EQUAL(3, refused.exit_code);
    check_holds(refused.errors, "systemd-analyze calendar", "--at bogus");
}

TEST(ControlProgram, postponing_says_until_when_and_how_to_end_it) {
    check_holds(run({"--postpone-until", "2026-12-24"}).output, "before 2026-12-24 00:00:00 +01:00",
                "--postpone-until");
    STRCMP_EQUAL("2026-12-24", agent().last_calendar.c_str());
    check_holds(run({"--postpone-until", "now"}).output, "Nothing is postponed", "--postpone-until now");
}

TEST(ControlProgram, the_timer_only_wakes_the_agent) {
    const Ended ended = run({"--window"});
    CHECK_EQUAL(0, ended.exit_code);
    STRCMP_EQUAL("", ended.output.c_str());
    CHECK_EQUAL(1, agent().due_calls);
}

TEST(ControlProgram, a_check_before_an_installation_begins_nothing_else) {
    agent().feed = {{"checking", false}, {"problem", ""}};
    run({"--check"});
    CHECK_FALSE(agent().last_about_to_install);
    run({"-i", "fw"});
    CHECK_TRUE(agent().last_about_to_install);
}

TEST(ControlProgram, json_is_the_agents_own_text) {
    FakeAgent::finish(agent().status, "job-0", job::Outcome::failed, "Größe");
    STRCMP_EQUAL((agent().state().dump() + "\n").c_str(), run({"-s", "--json"}).output.c_str());
    STRCMP_EQUAL((agent().firmware().dump() + "\n").c_str(), run({"-l", "--json"}).output.c_str());
    const Ended followed = run({"-f", "--json"});
    STRCMP_EQUAL((agent().state().dump() + "\n").c_str(), followed.output.c_str());
    CHECK_EQUAL(1, followed.exit_code);
}

TEST(ControlProgram, json_while_following_is_a_document_a_line) {
    agent().set_work(ending_with(job::Outcome::succeeded, ""));
    const Ended ended = run({"-i", "fw", "--json"});
    std::size_t lines = 0;
    for (std::size_t begin = 0; begin < ended.output.size(); ++lines) {
        const std::size_t end = ended.output.find('\n', begin);
        CHECK_EQUAL(1, nlohmann::json::parse(ended.output.substr(begin, end - begin))["format"].get<int>());
        begin = end + 1;
    }
    CHECK_EQUAL(2U, lines);
}

TEST(ControlProgram, following_when_nothing_runs_tells_how_the_last_job_ended) {
    check_holds(run({"-f"}).output, "none has run", "-f");
    const struct {
        job::Outcome result;
        int exit_code;
    } cases[] = {{job::Outcome::succeeded, 0},
                 {job::Outcome::rolled_back, 8},
                 {job::Outcome::failed, 1},
                 {job::Outcome::cancelled, 5},
                 {job::Outcome::refused, 3}};
    for (const auto &row : cases) {
        FakeAgent::finish(agent().status, "job-0", row.result, "because");
        const Ended ended = run({"-f"});
        CHECK_EQUAL(row.exit_code, ended.exit_code);
        check_holds(ended.output, "The last job (job-0)", "-f");
    }
}

TEST(ControlProgram, only_the_events_of_its_own_job_are_shown) {
    agent().status.event(job::Severity::warning, "of an earlier job");
    agent().set_work(ending_with(job::Outcome::succeeded, ""));
    const Ended ended = run({"-i", "fw"});
    check_holds(ended.output, "done in 0.1 s", "-i");
    CHECK(ended.output.find("earlier") == std::string::npos);
}

TEST(ControlProgram, following_begins_with_the_last_20_events) {
    for (int number = 1; number <= 30; ++number)
        agent().status.event(job::Severity::info, "event " + std::to_string(number) + ".");
    agent().set_work(restarting);
    agent().install("", {});
    agent().end_job();
    const Ended ended = run({"-f"});
    CHECK(ended.output.find("event 11.") == std::string::npos);
    check_holds(ended.output, "event 12.", "-f");
}

TEST(ControlProgram, at_the_restart_it_says_how_to_go_on) {
    agent().set_work(restarting);
    for (const char *action : {"-i", "-f"}) {
        const Ended ended = run({action});
        CHECK_EQUAL(6, ended.exit_code);
        check_holds(ended.output, "ssh root@192.0.2.7 update-control -f", action);
    }
}

TEST(ControlProgram, a_second_job_is_not_begun) {
    begin_job(job::Phase::install);
    const Ended ended = run({"-i", "fw"});
    CHECK_EQUAL(4, ended.exit_code);
    check_holds(ended.errors, "follow it with: update-control -f", "-i");
}

TEST(ControlProgram, cancel_waits_until_the_job_has_stopped) {
    begin_job(job::Phase::install);
    const Ended ended = run({"-c"});
    CHECK_EQUAL(0, ended.exit_code);
    check_holds(ended.output, "was cancelled", "-c");
    STRCMP_EQUAL("idle", agent().status.state()["state"].get<std::string>().c_str());
}

TEST(ControlProgram, cancel_too_late_is_answered_with_what_can_be_done) {
    begin_job(job::Phase::prepare_store_migration);
    const Ended ended = run({"-c"});
    CHECK_EQUAL(1, ended.exit_code);
    check_holds(ended.errors, "phase 4 cannot be cancelled", "-c");
}

TEST(ControlProgram, drops_the_previous_system_only_after_a_yes) {
    const Ended not_asked = run({"--drop-previous"});
    CHECK_EQUAL(1, not_asked.exit_code);
    check_holds(not_asked.output, "version 2.7.0.0 in slot b.\nRemoving it frees at least 1.20 GiB.", "cost");
    check_holds(not_asked.output, "there is no rollback to 2.7.0.0", "cost");
    check_holds(not_asked.output, "To remove it: update-control --drop-previous --yes", "advice");
    CHECK_EQUAL(0, agent().drops);
    const Ended done = run({"--drop-previous", "--yes"});
    CHECK_EQUAL(0, done.exit_code);
    check_holds(done.output, "The previous system is removed.", "--yes");
    CHECK_EQUAL(1, agent().drops);
    agent().previous_has_mail = true;
    CHECK_EQUAL(3, run({"--drop-previous", "--yes"}).exit_code);
    CHECK_EQUAL(0, run({"--drop-previous", "--yes", "--force", "--json"}).exit_code);
    CHECK_EQUAL(2, agent().drops);
}

TEST(ControlProgram, asks_on_a_terminal_before_it_drops_the_previous_system) {
    const struct {
        const char *answer;
        int exit_code;
        const char *output;
    } cases[] = {{"no\n", 5, "Nothing was removed."},
                 {"\x04", 5, "Nothing was removed."}, // the end of the input
                 {"yes\n", 0, "The previous system is removed."}};
    for (const auto &row : cases) {
        Program program({"--drop-previous"}, {bus.address(), true});
        CHECK(program.wrote("Remove it? Type yes to do so:"));
        CHECK_EQUAL(0, agent().drops);
        program.type(row.answer);
        const Ended ended = program.wait();
        CHECK_EQUAL_TEXT(row.exit_code, ended.exit_code, (row.answer + ended.output).c_str());
        check_holds(ended.output, row.output, row.answer);
    }
    CHECK_EQUAL(1, agent().drops);
}

TEST(ControlProgram, rollback_after_the_commit_needs_force) {
    agent().committed = true;
    const Ended refused = run({"--rollback"});
    CHECK_EQUAL(1, refused.exit_code);
    check_holds(refused.errors, "--rollback --force", "--rollback");
    agent().set_work(restarting);
    CHECK_EQUAL(6, run({"--rollback", "--force"}).exit_code);
    CHECK_EQUAL(1, agent().rollbacks);
}

TEST(ControlProgram, a_signal_ends_the_watching_and_not_the_job) {
    const struct {
        int signal;
        int exit_code;
        const char *said;
    } cases[] = {{SIGINT, 130, "the job goes on"}, {SIGTERM, 143, "the job goes on"}, {SIGHUP, 129, ""}};
    begin_job(job::Phase::install);
    for (const auto &row : cases) {
        Program program({"-f"}, {bus.address()});
        CHECK(program.wrote("begins"));
        program.send_signal(row.signal);
        const Ended ended = program.wait();
        CHECK_EQUAL(row.exit_code, ended.exit_code);
        check_holds(ended.output, row.said, "-f");
        STRCMP_EQUAL("running", agent().status.state()["state"].get<std::string>().c_str());
    }
}

TEST(ControlProgram, a_reader_that_goes_away_ends_the_watching_and_not_the_job) {
    begin_job(job::Phase::install);
    Program program({"-f"}, {bus.address()});
    CHECK(program.wrote("begins"));
    program.stop_reading();
    agent().status.event(job::Severity::info, "still there");
    CHECK_EQUAL(141, program.wait().exit_code);
    STRCMP_EQUAL("running", agent().status.state()["state"].get<std::string>().c_str());
}

TEST(ControlProgram, a_terminal_shows_a_bar_that_is_redrawn) {
    agent().set_work([](progress::JobStatus &status, const std::string &job, const std::stop_token &stop) {
        status.phase(job::Phase::install);
        status.event(job::Severity::info, "begins");
        status.progress(37, "writing");
        pause(1500, stop);
        status.event(job::Severity::info, "done in 1.5 s");
        FakeAgent::finish(status, job, job::Outcome::succeeded);
    });
    const Ended ended = run({"-i", "fw", "--yes"}, true);
    CHECK_EQUAL(0, ended.exit_code);
    check_holds(ended.output,
                "\rphase 2 of 10 install the new OS [###########...................]  37 % writing\r", "-i");
    check_holds(ended.output, "phase 2 install the new OS: info: done in 1.5 s", "-i");
    CHECK(ended.output.find("begins\r") == std::string::npos);
}

TEST(ControlProgram, asks_on_a_terminal_before_an_installation_begins) {
    agent().forecast = {{"to", "2.8.1.0"},
                        {"seconds", 600},
                        {"seconds_until_mail_waits", 360},
                        {"mail_waits_seconds", 240},
                        {"problem", ""}};
    const struct {
        const char *answer;
        int exit_code;
        const char *output;
        const char *source;
    } cases[] = {{"n\n", 5, "Nothing was begun. To see all of it: update-control -n -i fw /a.fw", "/a.fw"},
                 {"\n", 5, "Nothing was begun", "/a.fw"},
                 {"\x04", 5, "Nothing was begun", "/a.fw"}, // the end of the input
                 {"yellow\n", 5, "Nothing was begun", "/a.fw"},
                 {"y\n", 0, "Job job-1 begins.", "/a.fw"},
                 {"yes\n", 0, "Job job-2 begins.", "/a.fw"}};
    for (const auto &row : cases) {
        Program program({"-i", "fw", row.source}, {bus.address(), true});
        CHECK(program.wrote("Mail will wait about 4 minutes, from about "));
        CHECK(program.wrote("Install 2.8.1.0? [y/N] "));
        STRCMP_EQUAL("idle", agent().status.state()["state"].get<std::string>().c_str());
        program.type(row.answer);
        const Ended ended = program.wait();
        CHECK_EQUAL_TEXT(row.exit_code, ended.exit_code, (row.answer + ended.output).c_str());
        check_holds(ended.output, row.output, row.answer);
        agent().end_job();
    }
}

TEST(ControlProgram, begins_nothing_when_the_question_is_interrupted) {
    agent().forecast = {{"problem", "the server does not answer"}};
    Program program({"-i", "fw", "/a.fw"}, {bus.address(), true});
    CHECK(program.wrote("How long mail will wait is not known. Install? [y/N] "));
    program.type("\x03");
    CHECK_EQUAL(256 + SIGINT, program.wait().exit_code);
    CHECK(agent().status.state()["last"].is_null());
}

TEST(ControlProgram, asks_nothing_of_an_installation_that_would_be_refused) {
    agent().firmware_checks["results"] = {
        {{"check", "version"}, {"verdict", "fail"}, {"text", "too old"}, {"advice", "take a newer one"}}};
    const Ended refused = run({"-i", "fw", "/a.fw"}, true);
    CHECK_EQUAL(3, refused.exit_code);
    check_holds(refused.output, "too old", "-i");
    CHECK(agent().status.state()["last"].is_null());
    // It may be refused without --force only.
    Program forced({"-i", "fw", "/a.fw", "--force"}, {bus.address(), true});
    CHECK(forced.wrote("[y/N] "));
    CHECK(agent().last_force);
    forced.type("y\n");
    CHECK_EQUAL(0, forced.wait().exit_code);
}

TEST(ControlProgram, shows_what_an_installation_would_do_and_begins_none) {
    agent().forecast = {{"from", "2.8.0.0"}, {"to", "2.8.1.0"}, {"mail_waits_seconds", 240}, {"problem", ""}};
    const struct {
        std::vector<std::string> arguments;
        const char *verdict;
        int exit_code;
        const char *output;
    } cases[] = {{{"-n", "-i", "fw", "/a.fw"}, "pass", 0, "Upgrade         2.8.0.0 -> 2.8.1.0\n"},
                 {{"--dry-run", "-i"}, "warn", 9, "Mail waits      4 min 0 s, from about "},
                 {{"-n", "-i", "--json"}, "fail", 3, R"("forecast":{)"}};
    for (const auto &row : cases) {
        agent().firmware_checks["results"] = {
            {{"check", "clock"}, {"verdict", row.verdict}, {"text", "t"}, {"advice", ""}}};
        const Ended ended = run(row.arguments);
        CHECK_EQUAL_TEXT(row.exit_code, ended.exit_code, (ended.output + ended.errors).c_str());
        check_holds(ended.output, row.output, row.verdict);
    }
    CHECK(agent().status.state()["last"].is_null());
}

TEST(ControlProgram, an_agent_that_restarts_is_waited_for) {
    begin_job(job::Phase::install);
    Program program({"-f"}, {bus.address()});
    CHECK(program.wrote("begins"));
    const std::string job = agent().status.state()["job"];
    served.reset();
    CHECK(program.wrote("waiting for it to come back"));
    served = std::make_unique<ServedAgent>(bus);
    agent().status.event(job::Severity::info, "the agent starts");
    FakeAgent::finish(agent().status, job, job::Outcome::failed, "the agent was killed");
    const Ended ended = program.wait();
    CHECK_EQUAL(1, ended.exit_code);
    check_holds(ended.output, "The agent answers again.", "-f");
    check_holds(ended.output, "the agent starts", "-f");
    check_holds(ended.output, "the agent was killed", "-f");
}

TEST(ControlProgram, an_agent_that_goes_with_the_machine_counts_as_the_restart) {
    begin_job(job::Phase::restart_appliance);
    Program program({"-f"}, {bus.address()});
    CHECK(program.wrote("begins"));
    served.reset();
    CHECK_EQUAL(6, program.wait().exit_code);
}

TEST(ControlProgram, without_an_agent_it_says_where_to_look) {
    served.reset();
    for (const char *action : {"-i", "-d", "-l", "-s", "-f", "-c", "--rollback"}) {
        const Ended ended = run({action});
        CHECK_EQUAL_TEXT(7, ended.exit_code, action);
        check_holds(ended.errors, "systemctl status update-agent", action);
    }
}

TEST(ControlProgram, without_a_bus_it_says_the_same) {
    const Ended ended = Program({"-s"}, {"unix:path=/nowhere/bus"}).wait();
    CHECK_EQUAL(7, ended.exit_code);
    check_holds(ended.errors, "the system bus cannot be reached", "-s");
    check_holds(ended.errors, "systemctl status update-agent", "-s");
}

TEST(ControlProgram, who_may_not_change_anything_is_told_so) {
    served.reset();
    served = std::make_unique<ServedAgent>(bus, getuid() + 1);
    CHECK_EQUAL(0, run({"-s"}).exit_code);
    const Ended ended = run({"-i", "fw"});
    CHECK_EQUAL(1, ended.exit_code);
    check_holds(ended.errors, "only root may", "-i");
}

namespace {

// Calls the agent as often as it can, so that the agent's limit for this user is used up.
std::jthread call_without_pause(const PrivateBus &bus) {
    return std::jthread([connection = bus.connect()](const std::stop_token &stop) {
        while (!stop.stop_requested())
            call(connection.get(), "GetState");
    });
}

} // namespace

TEST(ControlProgram, who_calls_too_often_is_told_so) {
    served.reset();
    served = std::make_unique<ServedAgent>(bus, getuid() + 1);
    const std::jthread other_program = call_without_pause(bus);
    // A few calls a second are still answered, so a run may succeed.
    Ended ended = run({"-s"});
    for (int tries = 0; tries < 50 && ended.exit_code == 0; ++tries)
        ended = run({"-s"});
    CHECK_EQUAL(1, ended.exit_code);
    check_holds(ended.errors, "more often than the agent answers", "-s");
}

TEST(ControlProgram, a_watched_job_is_still_watched_after_calls_were_too_many) {
    served.reset();
    served = std::make_unique<ServedAgent>(bus, getuid() + 1);
    begin_job(job::Phase::install);
    Program program({"-f"}, {bus.address()});
    CHECK(program.wrote("begins"));
    {
        const std::jthread other_program = call_without_pause(bus);
        pause(1500);
    }
    agent().end_job();
    const Ended ended = program.wait();
    CHECK_EQUAL(5, ended.exit_code);
    CHECK_TRUE(ended.output.find("does not answer") == std::string::npos);
}

TEST(ControlProgram, checks_the_feed_before_it_installs_the_next_step) {
    agent().feed = {{"checking", false}, {"checked", nullptr}, {"problem", ""}, {"next", ""}};
    agent().path = {{{"version", "2.8.1.0"}, {"bytes", 1000}, {"release_notes", "Faster"}},
                    {{"version", "2.9.0.0"}, {"bytes", 1000}}};
    const Ended check = run({"--check"});
    CHECK_EQUAL(0, check.exit_code);
    check_holds(check.output, "Available       version 2.8.1.0", "--check");
    check_holds(check.output, "                Faster", "--check");
    agent().set_work(ending_with(job::Outcome::succeeded, ""));
    check_holds(run({"-i", "fw"}).output, "After version 2.8.1.0 another one follows", "-i fw");
    agent().end_job();
    CHECK_EQUAL(17, agent().feed["serial"].get<int>());

    agent().feed["problem"] = "the server is gone";
    const Ended failed = run({"--check"});
    CHECK_EQUAL(1, failed.exit_code);
    check_holds(failed.output, "Problem         the server is gone", "--check");
    // The feed of the last check is used.
    const Ended install = run({"-i", "fw"});
    CHECK_EQUAL(0, install.exit_code);
    check_holds(install.output, "could not be renewed: the server is gone", "-i fw");
    agent().end_job();
}

TEST(ControlProgram, explains_a_code) {
    for (const char *typed : {"UC0412", "uc0412", "412", "[UC0412]"}) {
        const Ended known = run({"--explain", typed});
        CHECK_EQUAL(0, known.exit_code);
        check_holds(known.output, "UC0412          Whether the share of the disk", typed);
        check_holds(known.output, "\nState           ", typed);
        check_holds(known.output, "\nNext            ", typed);
    }
    const Ended document = run({"--explain", "UC0412", "--json"});
    STRCMP_EQUAL("UC0412", nlohmann::json::parse(document.output)["code"].get<std::string>().c_str());
    const Ended all = run({"--explain", "all"});
    check_holds(all.output, "UC0001  ", "all");
    check_holds(all.output, "\nUC0807  ", "all");
    const Ended unknown = run({"--explain", "UC9999"});
    CHECK_EQUAL(1, unknown.exit_code);
    check_holds(unknown.errors, "this release knows no message code UC9999", "UC9999");
}

TEST(ControlProgram, shows_what_the_checks_of_firmware_found_and_ends_by_the_worst) {
    const auto finding = [](const char *check, const char *verdict, const char *text, const char *advice) {
        return nlohmann::json{{"check", check}, {"verdict", verdict}, {"text", text}, {"advice", advice}};
    };
    agent().firmware_checks["results"] = {finding("version", "pass", "2.8.0.0 runs", "")};
    const Ended passed = run({"--check", "fw", "/data/new.fw"});
    CHECK_EQUAL(0, passed.exit_code);
    STRCMP_EQUAL("PASS    version           2.8.0.0 runs\n"
                 "1 passed, 0 skipped, 0 notices, 0 warnings, 0 failed\n"
                 "The installation can begin. Nothing was changed.\n",
                 passed.output.c_str());
    STRCMP_EQUAL("/data/new.fw", agent().last_source.c_str());

    agent().firmware_checks["results"].push_back(
        finding("units", "warn", "cron.service has failed", "See why: systemctl status cron.service"));
    const Ended warned = run({"--check", "fw"});
    CHECK_EQUAL(9, warned.exit_code);
    check_holds(warned.output,
                "WARN    units             cron.service has failed\n        -> See why: systemctl",
                "--check fw");
    check_holds(warned.output, "1 warning, 0 failed\nThe installation can begin", "--check fw");

    agent().firmware_checks["results"].push_back(finding("space /data", "fail", "1 GiB is free", ""));
    agent().firmware_checks["results"].back()["code"] = "UC0412";
    const Ended failed = run({"--check", "fw"});
    CHECK_EQUAL(3, failed.exit_code);
    check_holds(failed.output, "1 GiB is free [UC0412]\n", "--check fw");
    check_holds(failed.output, "The installation would be refused. Nothing was changed.", "--check fw");
    const Ended document = run({"--check", "fw", "--json"});
    CHECK_EQUAL(3, document.exit_code);
    CHECK(nlohmann::json::parse(document.output) == agent().firmware_checks);

    agent().firmware_checks["checking"] = true;
    CHECK_EQUAL(4, run({"--check", "fw"}).exit_code);
}

TEST(ControlProgram, shows_what_differs_from_what_was_signed_and_ends_by_the_worst) {
    const auto slot = [](const char *letter, const char *result, const char *text) {
        return nlohmann::json{{"slot", letter}, {"result", result}, {"text", text}};
    };
    agent().verified["slots"] = {slot("a", "as-signed", "slot a holds 2.8.0.0")};
    const Ended passed = run({"--verify", "a"});
    CHECK_EQUAL(0, passed.exit_code);
    STRCMP_EQUAL("PASS    slot a holds 2.8.0.0\n", passed.output.c_str());
    STRCMP_EQUAL("a", agent().last_source.c_str());

    agent().verified["slots"].push_back(slot("b", "unknown", "slot b isn't known"));
    CHECK_EQUAL(9, run({"--verify"}).exit_code);
    agent().verified["slots"].push_back(slot("b", "differs", "slot b differs"));
    agent().verified["slots"].back()["advice"] = "To write it again: update-control --backup";
    const Ended differs = run({"--verify"});
    CHECK_EQUAL(12, differs.exit_code);
    check_holds(differs.output,
                "SKIP    slot b isn't known\nFAIL    slot b differs\n"
                "        -> To write it again: update-control --backup\nA partition that differs",
                "--verify");
    const Ended document = run({"--verify", "--json"});
    CHECK(nlohmann::json::parse(document.output) == agent().verified);

    agent().verified["slots"].clear();
    agent().verified["problem"] = "a job began";
    const Ended stopped = run({"--verify"});
    CHECK_EQUAL(1, stopped.exit_code);
    check_holds(stopped.output, "FAIL    a job began", "--verify");
}

TEST(ControlProgram, copies_the_running_system_and_says_what_came_of_it) {
    agent().rescue = {{"slot", "b"},
                      {"version", "2.8.0.0"},
                      {"bootable", true},
                      {"holds", "rescue copy"},
                      {"made", "2026-11-21T03:00:04+00:00"},
                      {"state", "idle"},
                      {"percent", nullptr},
                      {"problem", nullptr},
                      {"next", nullptr}};
    const Ended made = run({"--backup"});
    CHECK_EQUAL(0, made.exit_code);
    check_holds(
        made.output,
        "Rescue          slot b: a copy of the running system, version 2.8.0.0, made 2026-11-21 03:00:04 "
        "+00:00\n",
        "--backup");
    agent().committed = true;
    CHECK_EQUAL(1, run({"--backup"}).exit_code);
    LONGS_EQUAL(1, agent().backups);
    agent().rescue["problem"] = "the disk is full";
    const Ended failed = run({"--backup", "--force"});
    CHECK_EQUAL(1, failed.exit_code);
    check_holds(failed.output, "the disk is full", "--backup --force");
    CHECK_EQUAL(0, run({"--backup", "--force", "--no-wait"}).exit_code);
}

TEST(ControlProgram, restarts_into_the_rescue_copy_only_after_a_yes) {
    CHECK_EQUAL(1, run({"--restore", "--yes"}).exit_code);
    const nlohmann::json held = {{"slot", "b"},      {"version", "2.8.0.0"},
                                 {"bootable", true}, {"holds", "rescue copy"},
                                 {"state", "idle"},  {"problem", nullptr}};
    agent().rescue = held;
    const Ended not_asked = run({"--restore"});
    CHECK_EQUAL(1, not_asked.exit_code);
    check_holds(not_asked.output, "Slot b holds a copy of the running system, version 2.8.0.0, made", "cost");
    check_holds(not_asked.output, "Settings, mail and everything else on /data stay as they are", "cost");
    check_holds(not_asked.output, "To do it: update-control --restore --yes", "advice");
    CHECK_EQUAL(0, agent().restores);
    const Ended restarting = run({"--restore", "--yes"});
    CHECK_EQUAL(6, restarting.exit_code);
    check_holds(restarting.output, "The appliance restarts into the copy.", "--yes");
    agent().rescue = held;
    agent().restoring = {{"state", "idle"}, {"problem", "the rescue copy was not started: slot b differs"}};
    const Ended damaged = run({"--restore", "--yes"});
    CHECK_EQUAL(1, damaged.exit_code);
    check_holds(damaged.output, "was not started: slot b differs", "a damaged copy");
    CHECK_EQUAL(2, agent().restores);
    agent().rescue = held;
    CHECK_EQUAL(0, run({"--restore", "--yes", "--no-wait"}).exit_code);

    agent().rescue = held;
    Program program({"--restore"}, {bus.address(), true});
    CHECK(program.wrote("Restart into the copy? Type yes to do so:"));
    program.type("no\n");
    CHECK_EQUAL(5, program.wait().exit_code);
    CHECK_EQUAL(3, agent().restores);
}

TEST(ControlProgram, shows_no_checks_that_somebody_else_asked_for) {
    agent().checks_of_others = 1;
    const Ended ended = run({"--check", "fw", "/data/new.fw"});
    CHECK(ended.exit_code != 0);
    check_holds(ended.errors, "another check of firmware began", "--check fw");
}

TEST(ControlProgram, does_over_a_restricted_key_what_that_allows) {
    setenv("SSH_ORIGINAL_COMMAND", "update-control -s", 1);
    check_holds(run({"--forced", "status"}).output, "Running         version 2.8.0.0", "--forced");
    const Ended refused = run({"--forced", "follow"});
    CHECK_EQUAL(3, refused.exit_code);
    check_holds(refused.errors, "not allowed: status; this key may only be used for: follow", "--forced");
    unsetenv("SSH_ORIGINAL_COMMAND");
    check_holds(run({"--forced", "status"}).errors, "no login with this key", "--forced");
}
