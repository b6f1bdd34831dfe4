// The programs of check.d: which may run, what they run with, and what becomes of each line that they write.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/cancelled.hpp"
#include "updater/checks/check_output.hpp"
#include "updater/checks/check_programs.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;
using Strings = std::vector<std::string>;

namespace {

const std::filesystem::path folder = "/etc/update-control/check.d";

/// The lines of a report.
std::string report_of(const Findings &findings) {
    std::string text;
    for (const Finding &each : findings.all())
        text += std::string(word_of(each.verdict)) + " " + each.check + ": " + each.text +
                (each.advice.empty() ? "" : " -> " + each.advice) + "\n";
    return text;
}

} // namespace

TEST_GROUP(CheckOutput) {
    CheckOutput output{"/p"};
    hooks::runner::HookResult result;

    void setup() override {
        result.exit_code = 0;
    }

    std::string found(const Strings &lines) {
        for (const std::string &line : lines)
            output.line(line);
        Findings findings;
        output.add_to(findings, result);
        return report_of(findings);
    }
};

TEST(CheckOutput, has_a_finding_for_each_line_that_begins_with_a_verdict) {
    STRCMP_EQUAL("PASS queue: empty\n"
                 "SKIP cluster: this appliance is in none\n"
                 "NOTICE mail: 3 messages wait\n"
                 "WARN licence: ends: in 3 days -> Renew it: mailsec-licence renew\n"
                 "FAIL queue age: 2 days\n",
                 found({"PASS queue: empty", "SKIP cluster: this appliance is in none",
                        "NOTICE mail: 3 messages wait", "WARN licence: ends: in 3 days",
                        "advice: Renew it: mailsec-licence renew", "FAIL queue age: 2 days"})
                     .c_str());
}

TEST(CheckOutput, means_nothing_where_it_is_something_else) {
    STRCMP_EQUAL(
        "PASS /p: found nothing\n",
        found({"", "advice: of nothing", "looking at the queue", "FAIL", "FAIL queue", "FAIL : no name",
               "FAIL queue: ", "FAILED queue: old", "fail queue: old", " FAIL queue: old",
               "FAIL " + std::string(CheckOutput::max_name_bytes + 1, 'n') + ": long"})
            .c_str());
}

TEST(CheckOutput, has_one_advice_for_a_finding) {
    STRCMP_EQUAL("WARN a: 1 -> first\nWARN b: 2\n",
                 found({"WARN a: 1", "advice: first", "advice: second", "WARN b: 2"}).c_str());
}

TEST(CheckOutput, is_one_clean_line_for_each_finding) {
    STRCMP_EQUAL("WARN a?b: ?[2J password=*** -> ?x\n", found({"WARN a\x01"
                                                               "b: \x9b[2J password=hunter2",
                                                               "advice: \xff"
                                                               "x"})
                                                            .c_str());
}

TEST(CheckOutput, is_bounded_and_what_is_dropped_still_counts) {
    for (std::size_t index = 0; index < CheckOutput::max_findings; ++index)
        output.line("PASS a: 1");
    output.line("FAIL b: 2");
    output.line("advice: for nobody");
    STRCMP_CONTAINS("PASS a: 1\nFAIL /p: says more than 32 things; 1 are not shown", found({}).c_str());
}

TEST(CheckOutput, of_a_program_that_fails_is_a_failure_with_what_it_found_before) {
    result = {.exit_code = 1, .reason = "no such table"};
    STRCMP_CONTAINS("PASS a: 1\nFAIL /p: did not check to its end: no such table -> Run it by hand",
                    found({"PASS a: 1"}).c_str());
}

TEST(CheckOutput, of_a_program_that_takes_too_long_is_a_failure) {
    result = {.exit_code = -1, .reason = "took longer than 1 minutes", .timed_out = true};
    STRCMP_CONTAINS("FAIL /p: did not check to its end: took longer", found({}).c_str());
}

TEST(CheckOutput, of_a_program_that_asks_for_patience_is_a_warning) {
    result = {.exit_code = hooks::runner::exit_try_later, .reason = "the database starts"};
    STRCMP_EQUAL("WARN /p: cannot check now: the database starts -> Check again later.\n", found({}).c_str());
}

TEST_GROUP(CheckPrograms) {
    partitions_test::FakeStorage storage;
    updater_test::FakeHookRunner runner;
    CheckPrograms programs{storage, runner};
    CheckedSystem system{.when = check_when_running, .running_version = "2.8.0.0", .new_version = "2.8.1.0"};
    std::stop_source stop;

    void install(const std::string &name, updater_test::FakeHookRunner::Script script, mode_t mode = 0755) {
        storage.put_file(system.root / (folder / name).relative_path(), "", mode);
        runner.install(folder / name, std::move(script));
    }
    static updater_test::FakeHookRunner::Script says(Strings lines, int exit_code = 0) {
        updater_test::FakeHookRunner::Script script;
        script.standard_output = std::move(lines);
        script.exit_code = exit_code;
        return script;
    }
    std::string found() {
        Findings findings;
        programs.run_all(folder, system, findings, stop.get_token());
        return report_of(findings);
    }
};

TEST(CheckPrograms, run_in_the_order_of_their_names_and_all_of_them) {
    install("20-b", says({"PASS b: fine"}));
    install("10-a", says({"FAIL a: broken"}, 3));
    STRCMP_CONTAINS("FAIL a: broken\nFAIL /etc/update-control/check.d/10-a: did not check to its end",
                    found().c_str());
    STRCMP_CONTAINS("PASS b: fine", found().c_str());
    CHECK(programs.any_in(folder, system));
}

TEST(CheckPrograms, can_read_everything_and_change_nothing) {
    install("a", says({"PASS a: fine"}));
    found();
    const auto &call = runner.calls().front();
    CHECK(call.protect_system);
    CHECK_FALSE(call.may_mount);
    CHECK(call.binds.empty());
    CHECK(call.capabilities == hooks::runner::capabilities_for_looking);
    CHECK(call.time_limit == std::chrono::minutes(1));
    STRCMP_EQUAL("running", call.environment.at("UPDATE_CONTROL_CHECK").c_str());
    STRCMP_EQUAL("2.8.0.0", call.environment.at("UPDATE_CONTROL_RUNNING_VERSION").c_str());
    STRCMP_EQUAL("2.8.1.0", call.environment.at("UPDATE_CONTROL_NEW_VERSION").c_str());
    STRCMP_EQUAL("1", call.environment.at("UPDATE_CONTROL_CONTRACT").c_str());
}

TEST(CheckPrograms, of_another_system_run_in_it) {
    system.root = "/images/b";
    install("a", says({"PASS a: fine"}));
    STRCMP_EQUAL("PASS a: fine\n", found().c_str());
    STRCMP_EQUAL("/images/b", runner.calls().front().root.c_str());
}

TEST(CheckPrograms, that_others_can_change_do_not_run) {
    install("of-somebody", says({}));
    storage.put_owner(folder / "of-somebody", 1000, 0);
    install("for-a-group", says({}), 0775);
    install("for-all", says({}), 0757);
    storage.put_symlink("/tmp/program", folder / "link");
    const std::string text = found();
    for (const char *line :
         {"FAIL /etc/update-control/check.d/of-somebody: does not belong to root, so it does not run -> ",
          "FAIL /etc/update-control/check.d/for-a-group: can be changed by others than root",
          "FAIL /etc/update-control/check.d/for-all: can be changed by others than root",
          "FAIL /etc/update-control/check.d/link: is no file"})
        STRCMP_CONTAINS(line, text.c_str());
    CHECK(runner.calls().empty());
}

TEST(CheckPrograms, of_a_folder_that_others_can_change_do_not_run) {
    install("a", says({}));
    storage.put_owner(folder, 1000, 0);
    STRCMP_CONTAINS("FAIL /etc/update-control/check.d: does not belong to root", found().c_str());
    CHECK(runner.calls().empty());
}

TEST(CheckPrograms, are_switched_off_by_their_mode_and_have_plain_names) {
    install("off", says({}), 0644);
    for (const char *name : {"README.txt", "a.dpkg-new", "b~", ".hidden", "line\nbreak"})
        install(name, says({}));
    STRCMP_EQUAL("SKIP /etc/update-control/check.d/off: is not executable, so it does not run\n",
                 found().c_str());
    CHECK(runner.calls().empty());
}

TEST(CheckPrograms, are_not_missed) {
    STRCMP_EQUAL("", found().c_str());
    CHECK_FALSE(programs.any_in(folder, system));
}

TEST(CheckPrograms, are_bounded) {
    for (std::size_t index = 0; index <= CheckPrograms::max_programs; ++index)
        install(std::to_string(index), says({"PASS a: fine"}));
    STRCMP_CONTAINS("FAIL /etc/update-control/check.d: holds more than 64 programs", found().c_str());
    LONGS_EQUAL(CheckPrograms::max_programs, runner.calls().size());
}

TEST(CheckPrograms, end_when_they_are_no_longer_wanted) {
    install("a", says({}));
    stop.request_stop();
    CHECK_THROWS(Cancelled, found());
}
