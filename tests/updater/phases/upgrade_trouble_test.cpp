// Trouble of each kind in each phase, before and after the write that decides it: the whole chain of states,
// and what the appliance is in the end.
#include "tests/updater/phases/simulated_upgrade.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace phases_tests;

namespace {

/// What decides a phase: nothing of it is done before the first, all that matters is done after the second.
struct Decision {
    std::string begins;
    std::string ends;
};

Decision decision_of(job::Phase phase) {
    const std::string generation = "/data/generations/2.8.1.0-1";
    const auto is = [](const std::string &event) { return Decision{event, event}; };
    switch (phase) {
    case job::Phase::download:
        return is("check the manifest");
    case job::Phase::install: // unbootable
        return {"write /boot/grubenv", "sync /boot/grubenv"};
    case job::Phase::stop_services:
        return {"close the mail gate", "stop store.service"};
    case job::Phase::prepare_store_migration:
        return is("sync-filesystem " + generation + "/source/message-store");
    case job::Phase::back_up_configuration:
        return is(" " + generation + "/etc/upper"); // the rename to this
    case job::Phase::restart_appliance:             // the try
        return {"write /boot/grubenv", "sync /boot/grubenv"};
    case job::Phase::migrate_store:
        return is("message-store.stage-1 " + generation + "/var/lib/mailsec/store"); // the rename to this
    case job::Phase::install_configuration:
        return is("look at /etc");
    case job::Phase::clean_up:
        return is("remove " + generation + "/source");
    case job::Phase::start_services: // the commit
        return {"write /boot/grubenv", "sync /boot/grubenv"};
    }
    return {};
}

struct TroubleCase {
    job::Phase phase;
    Moment moment;
    Trouble trouble;
    std::string chain;
};

const std::string on_to_the_end = "3 4 5 6 restart boot-b continues 7 8 9 10 ended-succeeded";
const std::string roll_back_from_6 = "undo-6 undo-5 undo-4 undo-3 undo-2 ended-rolled-back";
const std::string boot_and_roll_back = "boot-a continues " + roll_back_from_6;
const std::string restart_and_roll_back = "restart " + boot_and_roll_back;
const std::string boot_and_roll_back_from_10 = "boot-a continues undo-10 " + roll_back_from_6;
const std::string in_new_system = "begins 1 2 3 4 5 6 restart boot-b continues ";

std::vector<TroubleCase> trouble_cases() {
    using enum Moment;
    using enum Trouble;
    return {
        // clang-format off
        {job::Phase::download, before, failure, "begins 1 failed-1 ended-failed"},
        {job::Phase::download, before, refusal, "begins 1 failed-1 ended-refused"},
        {job::Phase::download, before, stop_asked, "begins 1 failed-1 ended-cancelled"},
        {job::Phase::download, before, power_cut, "begins 1 boot-a continues 1 2 " + on_to_the_end},
        {job::Phase::download, before, agent_killed, "begins 1 continues 1 2 " + on_to_the_end},
        {job::Phase::download, after, failure, "begins 1 failed-1 ended-failed"},
        {job::Phase::download, after, refusal, "begins 1 failed-1 ended-refused"},
        {job::Phase::download, after, stop_asked, "begins 1 failed-2 undo-2 ended-cancelled"},
        {job::Phase::download, after, power_cut, "begins 1 boot-a continues 1 2 " + on_to_the_end},
        {job::Phase::download, after, agent_killed, "begins 1 continues 1 2 " + on_to_the_end},
        {job::Phase::install, before, failure, "begins 1 2 failed-2 undo-2 ended-failed"},
        {job::Phase::install, before, refusal, "begins 1 2 failed-2 undo-2 ended-refused"},
        {job::Phase::install, before, stop_asked, "begins 1 2 failed-2 undo-2 ended-cancelled"},
        {job::Phase::install, before, power_cut, "begins 1 2 boot-a continues 2 " + on_to_the_end},
        {job::Phase::install, before, agent_killed, "begins 1 2 continues 2 " + on_to_the_end},
        {job::Phase::install, after, failure, "begins 1 2 failed-2 undo-2 ended-failed"},
        {job::Phase::install, after, refusal, "begins 1 2 failed-2 undo-2 ended-refused"},
        {job::Phase::install, after, stop_asked, "begins 1 2 failed-2 undo-2 ended-cancelled"},
        {job::Phase::install, after, power_cut, "begins 1 2 boot-a continues 2 " + on_to_the_end},
        {job::Phase::install, after, agent_killed, "begins 1 2 continues 2 " + on_to_the_end},
        {job::Phase::stop_services, before, failure, "begins 1 2 3 failed-3 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, before, stop_asked, "begins 1 2 3 failed-3 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, before, power_cut, "begins 1 2 3 boot-a continues undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, before, agent_killed, "begins 1 2 3 continues undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, after, failure, "begins 1 2 3 failed-3 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, after, stop_asked, "begins 1 2 3 failed-4 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, after, power_cut, "begins 1 2 3 boot-a continues undo-3 undo-2 ended-rolled-back"},
        {job::Phase::stop_services, after, agent_killed, "begins 1 2 3 continues undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, before, failure, "begins 1 2 3 4 failed-4 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, before, stop_asked, "begins 1 2 3 4 failed-5 undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, before, power_cut, "begins 1 2 3 4 boot-a continues undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, before, agent_killed, "begins 1 2 3 4 continues undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, after, failure, "begins 1 2 3 4 failed-4 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, after, stop_asked, "begins 1 2 3 4 failed-5 undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, after, power_cut, "begins 1 2 3 4 boot-a continues undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::prepare_store_migration, after, agent_killed, "begins 1 2 3 4 continues undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::back_up_configuration, before, failure, "begins 1 2 3 4 5 failed-5 undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::back_up_configuration, before, stop_asked, "begins 1 2 3 4 5 failed-6 " + roll_back_from_6},
        {job::Phase::back_up_configuration, before, power_cut, "begins 1 2 3 4 5 boot-a continues undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::back_up_configuration, before, agent_killed, "begins 1 2 3 4 5 continues undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::back_up_configuration, after, failure, "begins 1 2 3 4 5 failed-5 undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::back_up_configuration, after, stop_asked, "begins 1 2 3 4 5 failed-6 " + roll_back_from_6},
        {job::Phase::back_up_configuration, after, power_cut, "begins 1 2 3 4 5 boot-a continues undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::back_up_configuration, after, agent_killed, "begins 1 2 3 4 5 continues undo-5 undo-4 undo-3 undo-2 ended-rolled-back"},
        {job::Phase::restart_appliance, before, failure, "begins 1 2 3 4 5 6 failed-6 " + roll_back_from_6},
        {job::Phase::restart_appliance, before, power_cut, "begins 1 2 3 4 5 6 " + boot_and_roll_back},
        {job::Phase::restart_appliance, before, agent_killed, "begins 1 2 3 4 5 6 continues " + roll_back_from_6},
        {job::Phase::restart_appliance, after, failure, "begins 1 2 3 4 5 6 failed-6 " + roll_back_from_6},
        {job::Phase::restart_appliance, after, power_cut, "begins 1 2 3 4 5 6 boot-b continues 7 8 9 10 ended-succeeded"},
        {job::Phase::restart_appliance, after, agent_killed, "begins 1 2 3 4 5 6 continues " + roll_back_from_6},
        {job::Phase::migrate_store, before, failure, in_new_system + "7 failed-7 " + restart_and_roll_back},
        {job::Phase::migrate_store, before, stop_asked, in_new_system + "7 failed-8 " + restart_and_roll_back},
        {job::Phase::migrate_store, before, power_cut, in_new_system + "7 " + boot_and_roll_back},
        {job::Phase::migrate_store, before, agent_killed, in_new_system + "7 continues " + restart_and_roll_back},
        {job::Phase::migrate_store, after, failure, in_new_system + "7 failed-7 " + restart_and_roll_back},
        {job::Phase::migrate_store, after, stop_asked, in_new_system + "7 failed-8 " + restart_and_roll_back},
        {job::Phase::migrate_store, after, power_cut, in_new_system + "7 " + boot_and_roll_back},
        {job::Phase::migrate_store, after, agent_killed, in_new_system + "7 continues " + restart_and_roll_back},
        {job::Phase::install_configuration, before, failure, in_new_system + "7 8 failed-8 " + restart_and_roll_back},
        {job::Phase::install_configuration, before, stop_asked, in_new_system + "7 8 failed-9 " + restart_and_roll_back},
        {job::Phase::install_configuration, before, power_cut, in_new_system + "7 8 " + boot_and_roll_back},
        {job::Phase::install_configuration, before, agent_killed, in_new_system + "7 8 continues " + restart_and_roll_back},
        {job::Phase::install_configuration, after, failure, in_new_system + "7 8 failed-8 " + restart_and_roll_back},
        {job::Phase::install_configuration, after, stop_asked, in_new_system + "7 8 failed-9 " + restart_and_roll_back},
        {job::Phase::install_configuration, after, power_cut, in_new_system + "7 8 " + boot_and_roll_back},
        {job::Phase::install_configuration, after, agent_killed, in_new_system + "7 8 continues " + restart_and_roll_back},
        {job::Phase::clean_up, before, failure, in_new_system + "7 8 9 failed-9 " + restart_and_roll_back},
        {job::Phase::clean_up, before, stop_asked, in_new_system + "7 8 9 failed-10 restart " + boot_and_roll_back_from_10},
        {job::Phase::clean_up, before, power_cut, in_new_system + "7 8 9 " + boot_and_roll_back},
        {job::Phase::clean_up, before, agent_killed, in_new_system + "7 8 9 continues " + restart_and_roll_back},
        {job::Phase::clean_up, after, failure, in_new_system + "7 8 9 failed-9 " + restart_and_roll_back},
        {job::Phase::clean_up, after, stop_asked, in_new_system + "7 8 9 failed-10 restart " + boot_and_roll_back_from_10},
        {job::Phase::clean_up, after, power_cut, in_new_system + "7 8 9 " + boot_and_roll_back},
        {job::Phase::clean_up, after, agent_killed, in_new_system + "7 8 9 continues " + restart_and_roll_back},
        {job::Phase::start_services, before, failure, in_new_system + "7 8 9 10 failed-10 restart " + boot_and_roll_back_from_10},
        {job::Phase::start_services, before, stop_asked, in_new_system + "7 8 9 10 ended-succeeded"},
        {job::Phase::start_services, before, power_cut, in_new_system + "7 8 9 10 " + boot_and_roll_back_from_10},
        {job::Phase::start_services, before, agent_killed, in_new_system + "7 8 9 10 continues restart " + boot_and_roll_back_from_10},
        {job::Phase::start_services, after, failure, in_new_system + "7 8 9 10 failed-10 ended-succeeded"},
        {job::Phase::start_services, after, stop_asked, in_new_system + "7 8 9 10 ended-succeeded"},
        {job::Phase::start_services, after, power_cut, in_new_system + "7 8 9 10 boot-b continues 10 ended-succeeded"},
        {job::Phase::start_services, after, agent_killed, in_new_system + "7 8 9 10 continues 10 ended-succeeded"},
        // clang-format on
    };
}

} // namespace

TEST_GROUP(TroubleInAnUpgrade){};

TEST(TroubleInAnUpgrade, leads_through_these_states_to_a_whole_appliance) {
    for (const TroubleCase &one : trouble_cases()) {
        SimulatedUpgrade upgrade;
        const Decision decision = decision_of(one.phase);
        upgrade.trouble_in(one.phase, one.trouble, one.moment,
                           one.moment == Moment::before ? decision.begins : decision.ends);
        upgrade.upgrade_to("2.8.1.0");
        CHECK_FALSE_TEXT(upgrade.trouble_is_ahead(), one.chain.c_str());
        STRCMP_EQUAL(one.chain.c_str(), upgrade.chain().c_str());
        STRCMP_EQUAL_TEXT("", upgrade.faults().c_str(), one.chain.c_str());
        const bool in_new = one.chain.ends_with("ended-succeeded");
        STRCMP_EQUAL_TEXT(in_new ? "2.8.1.0" : "2.8.0.0", upgrade.machine().running().version.c_str(),
                          one.chain.c_str());
    }
}

TEST(TroubleInAnUpgrade, is_nothing_that_the_next_upgrade_stumbles_over) {
    for (const job::Phase phase :
         {job::Phase::install, job::Phase::back_up_configuration, job::Phase::migrate_store}) {
        SimulatedUpgrade upgrade;
        upgrade.trouble_in(phase, Trouble::failure, Moment::after, decision_of(phase).ends);
        upgrade.upgrade_to("2.8.1.0");
        STRCMP_EQUAL("2.8.0.0", upgrade.machine().running().version.c_str());
        upgrade.upgrade_to("2.8.1.0");
        STRCMP_EQUAL("", upgrade.faults().c_str());
        STRCMP_EQUAL("2.8.1.0", upgrade.machine().running().version.c_str());
    }
}

TEST(TroubleInAnUpgrade, a_stop_is_heard_before_the_next_service_stops) {
    SimulatedUpgrade upgrade;
    upgrade.keep_record();
    upgrade.trouble_in(job::Phase::stop_services, Trouble::stop_asked, Moment::before, "stop store.service");
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("begins 1 2 3 failed-3 undo-3 undo-2 ended-rolled-back", upgrade.chain().c_str());
    CHECK(upgrade.record().find("stop fax.service") == std::string::npos);
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(TroubleInAnUpgrade, a_stop_is_heard_until_the_last_moment_before_the_try_and_before_the_commit) {
    SimulatedUpgrade before_try;
    before_try.trouble_in(job::Phase::restart_appliance, Trouble::stop_asked, Moment::before,
                          "slots/system-b");
    before_try.upgrade_to("2.8.1.0");
    STRCMP_EQUAL(("begins 1 2 3 4 5 6 failed-6 " + roll_back_from_6).c_str(), before_try.chain().c_str());
    STRCMP_EQUAL("", before_try.faults().c_str());

    SimulatedUpgrade before_commit;
    before_commit.trouble_in(job::Phase::start_services, Trouble::stop_asked, Moment::before,
                             "ran /usr/lib/mailsec/test-message");
    before_commit.upgrade_to("2.8.1.0");
    STRCMP_EQUAL((in_new_system + "7 8 9 10 failed-10 restart " + boot_and_roll_back_from_10).c_str(),
                 before_commit.chain().c_str());
    STRCMP_EQUAL("", before_commit.faults().c_str());
}

TEST(TroubleInAnUpgrade, after_the_commit_is_overcome_whatever_it_strikes) {
    for (const char *event : {"remove /run/update-control/on-trial", "uncover the queue",
                              "open the mail gate", "remove /data/generations/2.8.1.0-1/pin", "reload",
                              "stop update-control-deadline.timer", "/data/update-control/least-version"})
        for (const auto trouble :
             {Trouble::failure, Trouble::stop_asked, Trouble::power_cut, Trouble::agent_killed}) {
            SimulatedUpgrade upgrade;
            upgrade.trouble_in(job::Phase::start_services, trouble, Moment::before, event);
            upgrade.upgrade_to("2.8.1.0");
            CHECK_FALSE_TEXT(upgrade.trouble_is_ahead(), event);
            STRCMP_EQUAL_TEXT("", upgrade.faults().c_str(), (event + (": " + upgrade.chain())).c_str());
            STRCMP_EQUAL_TEXT("2.8.1.0", upgrade.machine().running().version.c_str(), event);
            CHECK_TEXT(upgrade.chain().ends_with("ended-succeeded"), upgrade.chain().c_str());
        }
}
