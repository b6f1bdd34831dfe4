// The product's programs at hook points: which run, what they may, what their failures mean, and what a power
// cut in the middle of them leads to.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "tests/updater/phases/simulated_upgrade.hpp"
#include "updater/cancelled.hpp"
#include "updater/phases/hook_point.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;
using Strings = std::vector<std::string>;

namespace {

const std::string hook_points = "/usr/lib/update-control/";

} // namespace

TEST_GROUP(HookPoint) {
    partitions_test::FakeStorage storage;
    updater_test::FakeHookRunner programs;
    BeforeStop before_stop{storage, programs, hook_points + "before-stop.d"};
    AfterCommit after_commit{storage, programs, hook_points + "after-commit.d"};
    job::JobFacts facts;
    Strings lines;
    Strings warnings;
    Strings steps;
    job::PhaseRun run = updater_test::phase_run(facts, lines);

    void setup() override {
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        run.log = [this](job::Severity severity, std::string_view line) {
            (severity == job::Severity::warning ? warnings : lines).emplace_back(line);
        };
        run.progress = [this](int, std::string_view step) { steps.emplace_back(step); };
    }
    void install(const std::string &name, updater_test::FakeHookRunner::Script script = {}) {
        storage.put_file(hook_points + name, "a program");
        programs.install(hook_points + name, std::move(script));
    }
    /// "a run, b run"
    std::string called() const {
        std::string text;
        for (const auto &call : programs.calls())
            text +=
                (text.empty() ? "" : ", ") + call.program.filename().string() + " " + call.arguments.at(0);
        return text;
    }
    std::string code_of_failure;
    std::string failure_of_before_stop() {
        try {
            before_stop.run(run);
        } catch (const HookPointFailed &failure) {
            code_of_failure = messages::text_of(failure.code());
            return failure.what();
        }
        return "";
    }
};

TEST(HookPoint, without_programs_is_done_at_once) {
    before_stop.run(run);
    before_stop.undo(run);
    after_commit.run(run);
    CHECK(programs.calls().empty() && lines.empty() && warnings.empty());
}

TEST(HookPoint, runs_its_programs_in_the_order_of_their_names_and_tells_what_they_say) {
    install("before-stop.d/20-spool", {.standard_output = {"progress 50 writing"},
                                       .standard_error = {"warning: 3 are old", "two", "", "debug: x"}});
    install("before-stop.d/10-balancer");
    install("before-stop.d/notes.txt");
    before_stop.run(run);
    STRCMP_EQUAL("10-balancer run, 20-spool run", called().c_str());
    CHECK((warnings == Strings{"before-stop 20-spool: 3 are old"}));
    CHECK(std::ranges::count(lines, "before-stop 20-spool: two") == 1);
    CHECK(std::ranges::count(steps, "before-stop 20-spool: writing") == 1);
}

TEST(HookPoint, tells_a_program_what_is_done_and_lets_it_write_to_the_product_only) {
    install("after-commit.d/definitions");
    facts.operation = job::Operation::rollback;
    after_commit.run(run);
    const auto &call = programs.calls().at(0);
    STRCMP_EQUAL("1", call.environment.at("UPDATE_CONTROL_CONTRACT").c_str());
    STRCMP_EQUAL("rollback", call.environment.at("UPDATE_CONTROL_OPERATION").c_str());
    STRCMP_EQUAL("2.8.0.0", call.environment.at("UPDATE_CONTROL_FROM_VERSION").c_str());
    STRCMP_EQUAL("2.8.1.0", call.environment.at("UPDATE_CONTROL_TO_VERSION").c_str());
    CHECK(call.protect_system);
    CHECK_FALSE(call.may_mount);
    CHECK((call.writable == std::vector<std::filesystem::path>{"/var", "/run"}));
    CHECK(call.time_limit == ProductPrograms::time_limit);
}

TEST(HookPoint, before_stop_ends_the_job_with_the_first_program_that_fails) {
    install("before-stop.d/a", {.standard_error = {"the balancer says no"}, .exit_code = 1});
    install("before-stop.d/b");
    STRCMP_EQUAL(
        "the program /usr/lib/update-control/before-stop.d/a, which runs before the services stop, failed: "
        "the balancer says no. No service has stopped. To see it by itself: "
        "/usr/lib/update-control/before-stop.d/a run",
        failure_of_before_stop().c_str());
    STRCMP_EQUAL("UC0810", code_of_failure.c_str());
    STRCMP_EQUAL("a run", called().c_str());
}

TEST(HookPoint, before_stop_ends_the_job_with_a_program_that_takes_too_long_or_cannot_start) {
    install("before-stop.d/a", {.timed_out = true});
    STRCMP_CONTAINS("took longer", failure_of_before_stop().c_str());
    storage.put_file(hook_points + "before-stop.d/0-missing-interpreter", "#!/nothing");
    STRCMP_CONTAINS("could not be started", failure_of_before_stop().c_str());
}

TEST(HookPoint, before_stop_that_asks_for_later_says_nothing_against_the_version) {
    install("before-stop.d/a", {.standard_error = {"a report is being sent"}, .exit_code = 75});
    CHECK_THROWS(HookPointPostponed, before_stop.run(run));
    STRCMP_CONTAINS("later: a report is being sent", failure_of_before_stop().c_str());
    STRCMP_EQUAL("UC0811", code_of_failure.c_str());
}

TEST(HookPoint, before_stop_does_not_keep_a_rollback_from_going_back) {
    facts.operation = job::Operation::rollback;
    install("before-stop.d/a", {.standard_error = {"no"}, .exit_code = 1});
    install("before-stop.d/b");
    before_stop.run(run);
    STRCMP_EQUAL("a run, b run", called().c_str());
    LONGS_EQUAL(1, warnings.size());
    STRCMP_CONTAINS("The rollback goes on without it", warnings[0].c_str());
}

TEST(HookPoint, before_stop_ends_on_request) {
    install("before-stop.d/a");
    std::stop_source stop;
    stop.request_stop();
    run.stop = stop.get_token();
    CHECK_THROWS(Cancelled, before_stop.run(run));
}

TEST(HookPoint, before_stop_is_undone_from_the_last_program_to_the_first_whatever_fails) {
    install("before-stop.d/a");
    install("before-stop.d/b", {.standard_error = {"no answer"}, .exit_code = 1});
    before_stop.undo(run);
    STRCMP_EQUAL("b undo, a undo", called().c_str());
    LONGS_EQUAL(1, warnings.size());
    STRCMP_CONTAINS("no answer", warnings[0].c_str());
    STRCMP_CONTAINS("run it again: /usr/lib/update-control/before-stop.d/b undo", warnings[0].c_str());
}

TEST(HookPoint, after_commit_that_fails_is_a_warning_with_the_command_and_the_others_run) {
    install("after-commit.d/a", {.standard_error = {"no network"}, .exit_code = 1});
    install("after-commit.d/b", {.exit_code = 75});
    install("after-commit.d/c");
    CHECK(after_commit.run(run) == job::PhaseEnd::done);
    STRCMP_EQUAL("a run, b run, c run", called().c_str());
    LONGS_EQUAL(2, warnings.size());
    STRCMP_EQUAL("the program a failed: no network. Version 2.8.1.0 is committed and stays. When that is "
                 "corrected, run it again: /usr/lib/update-control/after-commit.d/a run",
                 warnings[0].c_str());
}

TEST(HookPoint, after_commit_is_nothing_but_after_the_commit_when_the_deadline_of_the_trial_has_passed) {
    install("after-commit.d/a");
    install("after-commit.d/b", {.exit_code = 1});
    std::stop_source stop;
    stop.request_stop();
    run.stop = stop.get_token();
    CHECK(after_commit.run(run) == job::PhaseEnd::done);
    STRCMP_EQUAL("a run, b run", called().c_str());
    LONGS_EQUAL(1, warnings.size());
    STRCMP_CONTAINS("the program b failed", warnings[0].c_str());
}

TEST(HookPoint, after_commit_is_repeated_when_the_machine_shuts_down_in_the_middle) {
    for (const int exit_code : {143, 0}) {
        bool ends = false;
        install("after-commit.d/a",
                {.exit_code = exit_code, .effect = [&](const hooks::runner::HookCall &) { ends = true; }});
        install("after-commit.d/b");
        run.agent_ends = [&] { return ends; };
        CHECK_THROWS(Cancelled, after_commit.run(run));
        CHECK(warnings.empty());
    }
    STRCMP_EQUAL("a run, a run", called().c_str());
}

TEST(HookPoint, bounds_what_is_run_and_what_is_logged) {
    for (std::size_t number = 0; number < ProductPrograms::max_programs + 1; ++number)
        install("after-commit.d/" + std::to_string(number),
                {.standard_error = Strings(number == 0 ? ProductPrograms::max_lines + 5 : 0, "a line")});
    after_commit.run(run);
    LONGS_EQUAL(ProductPrograms::max_programs, programs.calls().size());
    LONGS_EQUAL(ProductPrograms::max_lines, std::ranges::count(lines, "after-commit 0: a line"));
    LONGS_EQUAL(2, warnings.size());
    STRCMP_CONTAINS("holds 9 programs; only the first 8 run", warnings[0].c_str());
    STRCMP_CONTAINS("5 more lines are left out", warnings[1].c_str());
}

TEST(HookPoint, that_trouble_strikes_in_is_made_good_whatever_it_is) {
    struct Case {
        job::Phase phase;
        phases_tests::Trouble trouble;
        std::string chain_ends;
    };
    using job::Phase;
    using phases_tests::Moment;
    using phases_tests::Trouble;
    const Case cases[] = {
        {Phase::stop_services, Trouble::failure, "3 failed-3 undo-3 undo-2 ended-rolled-back"},
        {Phase::stop_services, Trouble::stop_asked, "3 failed-3 undo-3 undo-2 ended-rolled-back"},
        {Phase::stop_services, Trouble::power_cut, "3 boot-a continues undo-3 undo-2 ended-rolled-back"},
        {Phase::stop_services, Trouble::agent_killed, "3 continues undo-3 undo-2 ended-rolled-back"},
        {Phase::start_services, Trouble::failure, "10 failed-10 ended-succeeded"},
        {Phase::start_services, Trouble::power_cut, "10 boot-b continues 10 ended-succeeded"},
        {Phase::start_services, Trouble::agent_killed, "10 continues 10 ended-succeeded"},
    };
    for (const auto &each : cases)
        for (const Moment moment : {Moment::before, Moment::after}) {
            phases_tests::SimulatedUpgrade upgrade;
            upgrade.trouble_in(each.phase, each.trouble, moment, ".d/balancer");
            upgrade.upgrade_to("2.8.1.0");
            CHECK_FALSE_TEXT(upgrade.trouble_is_ahead(), each.chain_ends.c_str());
            const auto &chain = upgrade.chain();
            CHECK_TEXT(chain.ends_with(each.chain_ends), (each.chain_ends + " <- " + chain).c_str());
            STRCMP_EQUAL_TEXT("", upgrade.faults().c_str(), chain.c_str());
        }
}

TEST(HookPoint, that_was_left_by_a_failed_trial_is_undone_in_the_old_system) {
    phases_tests::SimulatedUpgrade upgrade;
    upgrade.trouble_in(job::Phase::start_services, phases_tests::Trouble::failure,
                       phases_tests::Moment::before, "run /usr/lib/mailsec/test-message");
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_CONTAINS("undo-3 undo-2 ended-rolled-back", upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
}
