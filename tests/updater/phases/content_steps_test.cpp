// What an upgrade does about the product's content: holding updates back, noticing one that slipped in, and
// having it repaired.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/cancelled.hpp"
#include "updater/phases/content_steps.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;

namespace {

const std::string words_program = "/usr/lib/update-control/content.d/words";

} // namespace

TEST_GROUP(ContentSteps) {
    TemporaryFolder folder;
    text::Clock clock = [] { return std::chrono::system_clock::time_point(); };
    content::ContentLock lock{folder / "content.lock", clock};
    content::ContentLock update{folder / "content.lock", clock}; ///< of a content update
    partitions_test::FakeStorage storage;
    updater_test::FakeHookRunner runner;
    content::ContentPrograms programs{storage, runner, "/usr/lib/update-control/content.d"};
    content::ContentRecord record{storage, "/data/update-control/content.json"};
    int pauses = 0;
    int pauses_of_update = 0; ///< after that many it has ended
    ContentParts parts{lock, programs, record,
                       [this](std::chrono::milliseconds, const std::stop_token &stop) {
                           if (++pauses == pauses_of_update)
                               update.release();
                           return !stop.stop_requested();
                       }};
    job::JobFacts facts;
    std::vector<std::string> lines;
    std::vector<std::string> warnings;
    job::PhaseRun run = updater_test::phase_run(facts, lines);
    std::string version = "9";          ///< what the program says
    std::string version_repaired = "9"; ///< and after a repair
    int exit_of_repair = 0;

    void setup() override {
        facts.job = "20261201-000000";
        run.log = [this](job::Severity severity, std::string_view line) {
            (severity == job::Severity::warning ? warnings : lines).emplace_back(line);
        };
    }
    void install_words() {
        storage.put_file(words_program, "a program");
        runner.install_function(words_program, [this](const hooks::runner::HookCall &call) {
            updater_test::FakeHookRunner::Script script;
            if (call.arguments.at(0) == "versions") {
                script.standard_output = {"words " + version};
                return script;
            }
            version = exit_of_repair == 0 ? version_repaired : version;
            script.exit_code = exit_of_repair;
            script.standard_error = {"nothing to take it from"};
            return script;
        });
    }
    /// The steps of an upgrade, with these versions before it, on trial and after the commit.
    void upgrade(const std::string &before, const std::string &converted, const std::string &after) {
        version = before;
        HoldContent(parts).run(run);
        version = converted;
        NoteContent(parts).run(run);
        version = after;
        VerifyContent(parts).run(run);
    }
    content::ContentState state() const {
        return record.report().components.at(0).state;
    }
};

TEST(ContentSteps, do_nothing_for_a_product_without_content_but_hold_the_lock) {
    HoldContent(parts).run(run);
    CHECK(lock.held_since().has_value());
    CHECK(facts.content_before && facts.content_before->empty());
    NoteContent(parts).run(run);
    VerifyContent(parts).run(run);
    CHECK_FALSE(lock.held_since().has_value());
    CHECK(lines.empty() && warnings.empty());
    CHECK_FALSE(storage.exists("/data/update-control/content.json"));
}

TEST(ContentSteps, wait_for_an_update_that_runs) {
    CHECK(update.try_hold());
    pauses_of_update = 3;
    HoldContent(parts).run(run);
    LONGS_EQUAL(3, pauses);
    CHECK(lock.held_since().has_value());
}

TEST(ContentSteps, end_the_job_when_an_update_does_not_end_and_say_nothing_against_the_version) {
    CHECK(update.try_hold());
    CHECK_THROWS(ContentUpdateRuns, HoldContent(parts).run(run));
    CHECK_FALSE(facts.content_before.has_value());
    LONGS_EQUAL(5 * 60 * 5, pauses);
}

TEST(ContentSteps, do_not_keep_a_rollback_from_going_back) {
    facts.operation = job::Operation::rollback;
    CHECK(update.try_hold());
    HoldContent(parts).run(run);
    LONGS_EQUAL(1, warnings.size());
    install_words();
    VerifyContent(parts).run(run); // its content is that of before the upgrade
    CHECK(record.report().job.empty());
}

TEST(ContentSteps, end_on_request_while_they_wait) {
    CHECK(update.try_hold());
    std::stop_source stop;
    stop.request_stop();
    run.stop = stop.get_token();
    CHECK_THROWS(Cancelled, HoldContent(parts).run(run));
}

TEST(ContentSteps, record_versions_that_are_as_they_have_to_be) {
    install_words();
    upgrade("9", "10", "10");
    CHECK(warnings.empty());
    CHECK(state() == content::ContentState::as_expected);
    STRCMP_EQUAL("10", record.report().components.at(0).version.c_str());
    CHECK_FALSE(lock.held_since().has_value());
}

TEST(ContentSteps, notice_an_update_that_slipped_in_and_have_it_repaired) {
    install_words();
    version_repaired = "10";
    upgrade("9", "10", "8");
    CHECK(warnings.empty());
    CHECK(state() == content::ContentState::repaired);
    STRCMP_EQUAL("NOTICE: the content words is 8, was 9 before the upgrade; it was repaired and is 10 now",
                 lines.back().c_str());
    STRCMP_EQUAL("repair words",
                 (runner.calls().at(3).arguments.at(0) + " " + runner.calls().at(3).arguments.at(1)).c_str());
}

TEST(ContentSteps, warn_with_the_command_of_what_cannot_be_repaired) {
    install_words();
    exit_of_repair = 1;
    upgrade("9", "10", "11");
    CHECK(state() == content::ContentState::unrepaired);
    LONGS_EQUAL(2, warnings.size());
    STRCMP_CONTAINS("repair failed: nothing to take it from", warnings[0].c_str());
    STRCMP_CONTAINS("words is 11, was 10 when the new system started, and could not be repaired. Run: "
                    "/usr/lib/update-control/content.d/words repair words",
                    warnings[1].c_str());
}

TEST(ContentSteps, warn_of_content_that_no_program_of_the_new_system_names) {
    install_words();
    version = "9";
    HoldContent(parts).run(run);
    storage.take_away(words_program);
    NoteContent(parts).run(run);
    VerifyContent(parts).run(run);
    LONGS_EQUAL(1, warnings.size());
    STRCMP_CONTAINS("words is missing, was 9, and could not be repaired: no program names it",
                    warnings[0].c_str());
}

TEST(ContentSteps, let_updates_run_again_also_when_nothing_can_be_recorded) {
    install_words();
    HoldContent(parts).run(run);
    storage.fail_when("content.json", partitions_test::FakeStorage::Failure::full);
    VerifyContent(parts).run(run);
    LONGS_EQUAL(1, warnings.size());
    CHECK_FALSE(lock.held_since().has_value());
}

TEST(ContentSteps, compare_once_however_often_phase_10_is_repeated) {
    int saved = 0;
    run.save_facts = [&] { ++saved; };
    install_words();
    upgrade("9", "10", "10");
    LONGS_EQUAL(1, saved);
    CHECK_FALSE(facts.content_before.has_value());
    version = "11"; // an update that was let run
    const auto calls = runner.calls().size();
    CHECK(VerifyContent(parts).run(run) == job::PhaseEnd::done);
    LONGS_EQUAL(calls, runner.calls().size());
    LONGS_EQUAL(1, saved);
    STRCMP_EQUAL("10", record.report().components.at(0).version.c_str());
    CHECK(warnings.empty());
}

TEST(ContentSteps, let_updates_run_again_also_when_the_job_cannot_be_recorded) {
    run.save_facts = [] { throw partitions::StorageError("append to", "/data/journal", "full", "free it"); };
    HoldContent(parts).run(run);
    VerifyContent(parts).run(run);
    LONGS_EQUAL(1, warnings.size());
    CHECK_FALSE(lock.held_since().has_value());
}

TEST(ContentSteps, keep_the_versions_of_the_beginning_when_an_agent_resumes) {
    install_words();
    HoldContent(parts).run(run);
    version = "10";
    HoldContent(parts).run(run);
    STRCMP_EQUAL("9", facts.content_before->at("words").c_str());
}
