// The rules of the phases, word for word: a changed rule must be changed here too, on purpose.
#include "updater/job/phase_table.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::job;

namespace {

std::string in_words(OnReturn meaning) {
    switch (meaning) {
    case OnReturn::roll_back:
        return "roll back";
    case OnReturn::run_again:
        return "run again";
    case OnReturn::go_on_in_new_system:
        return "go on in the new system";
    case OnReturn::finish_when_committed:
        return "finish when committed";
    }
    return "?";
}

std::string row_in_words(Phase phase) {
    return std::to_string(number_of(phase)) + " " + std::string(name_of(phase)) + " | " +
           in_words(rules_of(phase).on_return) + " | " +
           (can_be_cancelled(phase) ? "can be cancelled" : "too late to cancel") + " | mail " +
           (mail_flows_in(phase) ? "flows" : "waits") + " | " +
           (runs_under_new_system(phase) ? "new" : "old") + " system" +
           (rules_of(phase).rollback == Rollback::takes_part ? " | in a rollback\n" : "\n");
}

} // namespace

TEST_GROUP(PhaseRules){};

TEST(PhaseRules, are_these) {
    std::string table;
    for (const Phase phase : all_phases)
        table += row_in_words(phase);
    STRCMP_EQUAL(
        "1 download the update | run again | can be cancelled | mail flows | old system\n"
        "2 install the new OS | run again | can be cancelled | mail flows | old system\n"
        "3 shut down services | roll back | too late to cancel | mail waits | old system | in a rollback\n"
        "4 prepare the message store migration | roll back | too late to cancel | mail waits | old system\n"
        "5 back up the configuration | roll back | too late to cancel | mail waits | old system\n"
        "6 restart the appliance | go on in the new system | too late to cancel | mail waits | old system | "
        "in a rollback\n"
        "7 migrate the message store | roll back | too late to cancel | mail waits | new system\n"
        "8 install the new configuration | roll back | too late to cancel | mail waits | new system\n"
        "9 clean up | roll back | too late to cancel | mail waits | new system\n"
        "10 restart all services | finish when committed | too late to cancel | mail waits | new system | in "
        "a rollback\n",
        table.c_str());
}

TEST(PhaseRules, say_which_phases_a_job_has) {
    struct Case {
        Operation operation;
        const char *phases;
    };
    for (const Case &each : {Case{Operation::install, "1 2 3 4 5 6 7 8 9 10 "},
                             Case{Operation::download, "1 "}, Case{Operation::rollback, "3 6 10 "}}) {
        std::string phases;
        for (const Phase phase : all_phases)
            if (takes_part(phase, each.operation))
                phases += std::to_string(number_of(phase)) + " ";
        STRCMP_EQUAL(each.phases, phases.c_str());
    }
}

TEST(PhaseRules, exist_for_the_ten_phases_only) {
    CHECK_THROWS(std::logic_error, rules_of(static_cast<Phase>(0)));
    CHECK_THROWS(std::logic_error, name_of(static_cast<Phase>(11)));
}
