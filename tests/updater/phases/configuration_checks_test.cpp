// What the new image's checkers are run with, and what is said when they refuse the converted configuration.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/fake_system_roots.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/cancelled.hpp"
#include "updater/phases/configuration_checks.hpp"

#include <sys/stat.h>

#include <algorithm>

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;
using Strings = std::vector<std::string>;

namespace {

const std::filesystem::path checker_folder = "/usr/lib/update-control/configuration-checks";
const std::filesystem::path new_image = "/images/b";

FakeHookRunner::Script says(int exit_code, Strings words) {
    FakeHookRunner::Script script;
    script.exit_code = exit_code;
    script.standard_error = std::move(words);
    return script;
}

} // namespace

TEST_GROUP(ConfigurationChecks) {
    partitions_test::FakeStorage disk;
    partitions_test::FakeSystemRoots roots{
        disk, {{partitions::Slot::a, "/images/a"}, {partitions::Slot::b, new_image}}, partitions::Slot::a};
    FakeHookRunner programs;
    ConfigurationChecks checks{disk, roots, programs, partitions::Layout()};
    job::JobFacts facts;
    Strings lines;
    std::stop_source stop;
    job::PhaseRun run = phase_run(facts, lines);

    void setup() override {
        run.stop = stop.get_token();
        facts.new_slot = partitions::Slot::b;
        facts.to_version = "2.8.1.0";
        disk.put_file(new_image / "etc/ssh/sshd_config", "of the image");
        disk.put_file(new_image / "etc/motd", "of the image");
        disk.put_file(new_image / "var/lib/state", "of the image");
        disk.put_file("/upper/ssh/sshd_config", "converted");
        disk.make_node("/upper/motd", S_IFCHR, 0);
        disk.put_file("/var-of-it/lib/mine", "carried");
    }
    void install(const std::string &name, FakeHookRunner::Script script) {
        disk.put_file(new_image / checker_folder.relative_path() / name, "");
        programs.install(checker_folder / name, std::move(script));
    }
    void check() {
        checks.run_all(checks.checkers_of(new_image, run), {.upper = "/upper", .var = "/var-of-it"}, run);
    }
    /// Empty: accepted.
    std::string refusal() {
        try {
            check();
        } catch (const ConfigurationRefused &refused) {
            return refused.what();
        }
        return "";
    }
};

TEST(ConfigurationChecks, run_in_the_new_image_with_the_converted_configuration_in_force) {
    auto script = says(0, {});
    script.effect = [this](const hooks::runner::HookCall &call) {
        STRCMP_EQUAL("converted", disk.contents(call.root / "etc/ssh/sshd_config").c_str());
        CHECK_FALSE(disk.exists(call.root / "etc/motd"));
        STRCMP_EQUAL("of the image", disk.contents(call.root / "var/lib/state").c_str());
        STRCMP_EQUAL("carried", disk.contents(call.root / "var/lib/mine").c_str());
    };
    install("ssh", script);
    check();
    LONGS_EQUAL(1, programs.calls().size());
    const auto &call = programs.calls().front();
    STRCMP_EQUAL("/usr/lib/update-control/configuration-checks/ssh", call.program.c_str());
    CHECK(call.root != "/");
    CHECK(call.binds.empty());
    CHECK(call.arguments.empty());
    CHECK_FALSE(call.private_network);
    CHECK(call.protect_system && call.may_mount);
    CHECK(call.capabilities == hooks::runner::capabilities_for_checkers);
    CHECK(call.time_limit <= std::chrono::minutes(2));
}

TEST(ConfigurationChecks, run_in_the_order_of_their_names_and_all_of_them_whatever_they_say) {
    for (const char *name : {"20-ssh", "10-postfix", "30-nftables"})
        install(name, says(name[0] == '3' ? 0 : 1, {}));
    CHECK_FALSE(refusal().empty());
    Strings order;
    for (const auto &call : programs.calls())
        order.push_back(call.program.filename());
    CHECK((order == Strings{"10-postfix", "20-ssh", "30-nftables"}));
}

TEST(ConfigurationChecks, that_refuse_are_named_all_at_once_with_their_last_words) {
    install("postfix", says(1, {"much before", "a warning", "unused parameter", "fatal: no '='"}));
    install("ssh", says(255, {"90-acme.conf line 1: Bad key types"}));
    install("nftables", says(0, {"fine"}));
    auto slow = says(0, {"working"});
    slow.timed_out = true;
    install("slow", slow);
    const auto what = refusal();
    STRCMP_EQUAL(
        "2.8.1.0 cannot work with the configuration of this appliance: the checker postfix says: a warning | "
        "unused parameter | fatal: no '='; the checker slow says: took longer than its time limit; the "
        "checker "
        "ssh says: 90-acme.conf line 1: Bad key types; change these settings to what both versions accept",
        what.c_str());
    // All of their words are in the log.
    CHECK(std::find(lines.begin(), lines.end(), "postfix: much before") != lines.end());
    CHECK(std::find(lines.begin(), lines.end(), "nftables: fine") != lines.end());
}

TEST(ConfigurationChecks, that_cannot_be_asked_or_ask_for_patience_do_not_accept) {
    disk.put_file(new_image / checker_folder.relative_path() / "broken", ""); // and cannot be started
    STRCMP_CONTAINS("the checker broken says: could not be started", refusal().c_str());
    programs.install(checker_folder / "broken", says(hooks::runner::exit_try_later, {"later"}));
    STRCMP_CONTAINS("the checker broken says: later", refusal().c_str());
}

TEST(ConfigurationChecks, are_not_missed_by_an_image_without) {
    check();
    CHECK(programs.calls().empty());
    STRCMP_CONTAINS("2.8.1.0 has no configuration checkers", lines.at(0).c_str());
}

TEST(ConfigurationChecks, end_when_the_job_is_cancelled) {
    install("ssh", says(0, {}));
    stop.request_stop();
    CHECK_THROWS(Cancelled, check());
}

TEST(ConfigurationChecks, are_followed_by_the_check_programs_of_the_new_image) {
    CHECK_FALSE(checks.has_check_programs(new_image));
    FakeHookRunner::Script script;
    script.standard_output = {"WARN conflicts: /etc/motd", "advice: See the report."};
    script.effect = [this](const hooks::runner::HookCall &call) {
        STRCMP_EQUAL("converted", disk.contents(call.root / "etc/ssh/sshd_config").c_str());
        STRCMP_EQUAL("rehearsal", call.environment.at("UPDATE_CONTROL_CHECK").c_str());
        STRCMP_EQUAL("2.8.1.0", call.environment.at("UPDATE_CONTROL_NEW_VERSION").c_str());
    };
    const std::filesystem::path program = "/usr/lib/update-control/check.d/own";
    disk.put_file(new_image / program.relative_path(), "", 0755);
    programs.install(program, script);
    CHECK(checks.has_check_programs(new_image));
    checks.run_check_programs({.upper = "/upper", .var = "/var-of-it"}, run);
    CHECK((lines == Strings{"WARN conflicts: /etc/motd; See the report."}));
}

TEST(ConfigurationChecks, have_programs_beside_them_whose_failures_end_the_upgrade) {
    FakeHookRunner::Script script;
    script.standard_output = {"FAIL size: too small", "advice: Add memory.", "FAIL board: unknown"};
    const std::filesystem::path program = "/usr/lib/update-control/check.d/own";
    disk.put_file(new_image / program.relative_path(), "", 0755);
    programs.install(program, script);
    try {
        checks.run_check_programs({.upper = "/upper", .var = "/var-of-it"}, run);
        FAIL("a failed check was accepted");
    } catch (const NewImageRefuses &refuses) {
        STRCMP_EQUAL("the checks of version 2.8.1.0 say no: size: too small; Add memory.; board: unknown",
                     refuses.what());
    }
}

TEST(ConfigurationChecks, give_the_image_up_again) {
    install("ssh", says(1, {"no"}));
    CHECK_FALSE(refusal().empty());
    CHECK_FALSE(refusal().empty());
    roots.of_slot(partitions::Slot::b);
}
