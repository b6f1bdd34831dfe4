// The contract with conversion programs of other releases (updater/contracts.md), word for word: whoever
// changes it here needs a new contract number.
#include "hooks/runner/old_root.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/checks/conversion_chain.hpp"
#include "updater/phases/conversions.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;

TEST_GROUP(ConversionContract) {
    FakeHookRunner programs;
    Conversions conversions{programs, partitions::Layout(), std::chrono::seconds(3600)};
    job::JobFacts facts;
    std::vector<std::string> lines;
    job::PhaseRun run = phase_run(facts, lines);
    firmware::Conversion step{"policy", firmware::ConversionKind::configuration, "policy-program", "1", "2"};
    ConversionView view{.program_root = "/images/b",
                        .old_root = "/images/a",
                        .new_root = "/",
                        .old_var = "/data/old/var",
                        .new_var = "/data/new/var"};

    void convert() {
        conversions.convert(step, "/data/source", "/data/target", view, run, {});
    }
    /// "" when it was done, else the reason.
    std::string outcome_of_exit(int status) {
        programs.install("/usr/lib/update-control/hooks/policy-program",
                         {.standard_output = {}, .standard_error = {"the last line"}, .exit_code = status});
        try {
            convert();
        } catch (const ConversionFailed &failure) {
            CHECK_EQUAL(status == hooks::runner::exit_try_later,
                        dynamic_cast<const TryAgainLater *>(&failure) != nullptr);
            return failure.what();
        }
        return "";
    }
};

TEST(ConversionContract, is_number_one) {
    UNSIGNED_LONGS_EQUAL(1, checks::conversion_contract);
}

TEST(ConversionContract, says_how_a_program_is_called) {
    programs.install("/usr/lib/update-control/hooks/policy-program", {});
    convert();
    const hooks::runner::HookCall &call = programs.calls().at(0);
    STRCMP_EQUAL("/usr/lib/update-control/hooks/policy-program", call.program.c_str());
    CHECK((call.arguments == std::vector<std::string>{"convert", "1", "2", "/data/source", "/data/target"}));
    STRCMP_EQUAL("/images/b", call.root.c_str());
    CHECK(call.time_limit == std::chrono::seconds(3600));
    const std::map<std::string, std::string> expected{
        {"UPDATE_CONTROL_CONTRACT", "1"},
        {"UPDATE_CONTROL_OLD_ROOT", hooks::runner::old_root_in_hook},
        {"UPDATE_CONTROL_NEW_ROOT", "/"},
        {"UPDATE_CONTROL_OLD_VAR", "/data/old/var"},
        {"UPDATE_CONTROL_NEW_VAR", "/data/new/var"}};
    CHECK(call.environment == expected);
    view.rehearsal = true;
    convert();
    STRCMP_EQUAL("1", programs.calls().at(1).environment.at("UPDATE_CONTROL_REHEARSAL").c_str());
}

TEST(ConversionContract, says_what_a_program_can_change) {
    struct Case {
        firmware::ConversionKind kind;
        std::set<std::string> writable;
        std::set<std::string> read_only;
    };
    const std::string in_old = hooks::runner::old_root_in_hook;
    for (const Case &each : {Case{firmware::ConversionKind::store,
                                  {"/data/source", "/data/target"},
                                  {"/data/old/var", "/data/new/var"}},
                             Case{firmware::ConversionKind::configuration,
                                  {"/data/target", "/data/new/var"},
                                  {"/data", "/data/source", "/data/old/var"}}}) {
        step.kind = each.kind;
        programs.install("/usr/lib/update-control/hooks/policy-program", {});
        convert();
        const hooks::runner::HookCall &call = programs.calls().back();
        std::set<std::string> writable;
        std::set<std::string> read_only;
        for (const auto &bind : call.binds) {
            const std::string target = bind.target;
            if (target.starts_with("/data"))
                (bind.read_only ? read_only : writable).insert(target);
            if (!bind.read_only && !target.starts_with("/data") && !target.starts_with(in_old + "/dev/"))
                CHECK_TEXT(each.writable.contains(target.substr(in_old.size())), target.c_str());
        }
        CHECK(writable == each.writable);
        CHECK(read_only == each.read_only);
        CHECK(call.protect_system && call.private_network && !call.may_mount);
        // Of the data partition a store's conversion does not even see anything else.
        CHECK(each.kind == firmware::ConversionKind::configuration ||
              std::ranges::any_of(call.temporary_filesystems,
                                  [](const auto &one) { return one.target == "/data"; }));
        CHECK(call.capabilities == (each.kind == firmware::ConversionKind::store
                                        ? hooks::runner::capabilities_for_files_and_accounts
                                        : hooks::runner::capabilities_for_system_files));
        CHECK_FALSE(call.in_background);
    }
    view.rehearsal = true;
    convert();
    CHECK(programs.calls().back().in_background);
}

TEST(ConversionContract, says_what_an_exit_status_means) {
    struct Case {
        int status;
        const char *outcome;
    };
    for (const Case &each : {Case{0, ""}, Case{1, "the conversion of policy failed: the last line"},
                             Case{75, "the conversion of policy asks to be tried later: the last line"},
                             Case{203, "the conversion of policy failed: the last line"}})
        STRCMP_EQUAL(each.outcome, outcome_of_exit(each.status).c_str());
}
