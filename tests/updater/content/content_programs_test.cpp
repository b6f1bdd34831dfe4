// What the product's programs say of content, and what the check and the record make of it.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/content/content_check.hpp"
#include "updater/content/content_programs.hpp"
#include "updater/content/content_record.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::content;

namespace {

const std::string content_folder = "/usr/lib/update-control/content.d";

} // namespace

TEST_GROUP(ContentPrograms) {
    partitions_test::FakeStorage storage;
    updater_test::FakeHookRunner runner;
    ContentPrograms programs{storage, runner, content_folder};
    std::string problems;

    void install(const std::string &name, updater_test::FakeHookRunner::Script script) {
        storage.put_file(content_folder + "/" + name, "a program");
        runner.install(content_folder + "/" + name, std::move(script));
    }
    std::string said() {
        std::string text;
        for (const auto &each :
             programs.components([this](const std::string &problem) { problems += problem; }, {}))
            text += each.name + " " + each.version + ", ";
        return text;
    }
    checks::Finding finding_for(const ContentReport &report) {
        checks::Findings findings;
        check_content(report, programs, findings, {});
        LONGS_EQUAL(1, findings.all().size());
        return findings.all().front();
    }
};

TEST(ContentPrograms, say_components_with_their_versions_and_nothing_else_counts) {
    install("words", {.standard_output = {"virus-words 7", "", "three words here", "no/name 1",
                                          "spam-words 1.2~rc1", "long " + std::string(65, 'x')}});
    STRCMP_EQUAL("virus-words 7, spam-words 1.2~rc1, ", said().c_str());
    const auto &call = runner.calls().at(0);
    STRCMP_EQUAL("versions", call.arguments.at(0).c_str());
    CHECK(call.protect_system && call.writable.empty() && call.private_network);
}

TEST(ContentPrograms, that_fail_are_told_of_and_say_nothing) {
    install("a", {.standard_output = {"half 1"}, .standard_error = {"the file is damaged"}, .exit_code = 1});
    install("b", {.standard_output = {"whole 1"}});
    STRCMP_EQUAL("whole 1, ", said().c_str());
    STRCMP_CONTAINS(
        "/usr/lib/update-control/content.d/a could not say the versions of its content: the file is damaged",
        problems.c_str());
}

TEST(ContentPrograms, are_bounded) {
    for (int number = 0; number < 9; ++number)
        install("p" + std::to_string(number),
                {.standard_output = std::vector<std::string>(10, "name" + std::to_string(number) + " 1")});
    LONGS_EQUAL(ContentPrograms::max_components, programs.components([](const std::string &) {}, {}).size());
    CHECK(runner.calls().size() <= ContentPrograms::max_programs);
}

TEST(ContentPrograms, repair_what_they_are_told) {
    install("words", {});
    const auto result = programs.repair(content_folder + "/words", {"a", "b"}, [](std::string_view) {}, {});
    LONGS_EQUAL(0, result.exit_code);
    const auto &call = runner.calls().at(0);
    CHECK((call.arguments == std::vector<std::string>{"repair", "a", "b"}));
    CHECK_FALSE(call.writable.empty());
}

TEST(ContentPrograms, are_checked_against_what_the_last_upgrade_left) {
    STRCMP_EQUAL("SKIP", std::string(checks::word_of(finding_for({}).verdict)).c_str());
    install("words", {.standard_output = {"words 7"}});
    CHECK(finding_for({}).verdict == checks::Verdict::pass);
    STRCMP_EQUAL("words 7", finding_for({}).text.c_str());
    ContentReport report{"1",
                         {{.name = "words",
                           .version = "7",
                           .expected = "9",
                           .program = content_folder + "/words",
                           .state = ContentState::unrepaired,
                           .reason = "is 7, was 9 before the upgrade"}}};
    const auto warning = finding_for(report);
    CHECK(warning.verdict == checks::Verdict::warn);
    STRCMP_CONTAINS("words is 7, was 9 before the upgrade", warning.text.c_str());
    STRCMP_EQUAL("Run: /usr/lib/update-control/content.d/words repair words", warning.advice.c_str());
    report.components[0].state = ContentState::repaired;
    CHECK(finding_for(report).verdict == checks::Verdict::notice);
    report.components[0].version = "6"; // updated since
    report.components[0].state = ContentState::unrepaired;
    CHECK(finding_for(report).verdict == checks::Verdict::pass);
    install("words", {.exit_code = 1});
    CHECK(finding_for({}).verdict == checks::Verdict::warn);
}

TEST(ContentPrograms, leave_a_record_that_outlives_the_agent) {
    const ContentReport report{"20261201-000000",
                               {{.name = "words",
                                 .version = "7",
                                 .expected = "9",
                                 .program = "/p",
                                 .state = ContentState::repaired,
                                 .reason = "why"}}};
    ContentRecord(storage, "/data/update-control/content.json").note(report);
    const auto read = ContentRecord(storage, "/data/update-control/content.json").report();
    STRCMP_EQUAL(to_json(report).dump().c_str(), to_json(read).dump().c_str());
    for (const char *damaged : {"", "{", "[]", R"({"format":1,"job":7,"components":[]})",
                                R"({"format":1,"job":"1","components":[{"name":"a"}]})"}) {
        storage.put_file("/data/update-control/content.json", damaged);
        CHECK(ContentRecord(storage, "/data/update-control/content.json").report().job.empty());
    }
}
