// A rollback that a person asks for after the commit, with the real phases: the other system is tried like a
// new one, and nothing that it has is made, converted or taken away.
#include "tests/updater/phases/simulated_upgrade.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace phases_tests;

TEST_GROUP(RollbackOnRequest) {
    SimulatedUpgrade upgrade;

    void setup() override {
        upgrade.upgrade_to("2.8.1.0");
    }
    /// What has happened since the upgrade.
    std::string chain() const {
        const std::string before = "begins 1 2 3 4 5 6 restart boot-b continues 7 8 9 10 ended-succeeded ";
        STRCMP_EQUAL(before.c_str(), upgrade.chain().substr(0, before.size()).c_str());
        return upgrade.chain().substr(before.size());
    }
    void check_runs(const std::string &version) {
        STRCMP_EQUAL(version.c_str(), upgrade.machine().running().version.c_str());
        STRCMP_EQUAL("", upgrade.faults_but_of_the_store().c_str());
    }
};

TEST(RollbackOnRequest, tries_the_other_system_both_ways) {
    upgrade.roll_back();
    STRCMP_EQUAL("begins 3 6 restart boot-a continues 10 ended-succeeded", chain().c_str());
    check_runs("2.8.0.0");
    upgrade.roll_back();
    STRCMP_EQUAL("begins 3 6 restart boot-a continues 10 ended-succeeded "
                 "begins 3 6 restart boot-b continues 10 ended-succeeded",
                 chain().c_str());
    check_runs("2.8.1.0");
}

TEST(RollbackOnRequest, is_followed_by_an_upgrade_like_any_other) {
    upgrade.roll_back();
    upgrade.upgrade_to("2.8.1.0");
    check_runs("2.8.1.0");
    upgrade.upgrade_to("2.8.2.0");
    check_runs("2.8.2.0");
}

TEST(RollbackOnRequest, that_does_not_go_through_leaves_both_systems_whole) {
    struct Case {
        job::Phase phase;
        Trouble trouble;
        const char *at;
        std::string chain;
    };
    const std::string comes_back = "boot-b continues undo-6 undo-3 ended-failed";
    const std::string comes_back_from_10 = "boot-b continues undo-10 undo-6 undo-3 ended-failed";
    const std::vector<Case> cases = {
        {job::Phase::stop_services, Trouble::failure, "stop store.service",
         "begins 3 failed-3 undo-3 ended-failed"},
        {job::Phase::stop_services, Trouble::power_cut, "stop store.service",
         "begins 3 boot-b continues undo-3 ended-failed"},
        {job::Phase::restart_appliance, Trouble::failure, "write /boot/grubenv",
         "begins 3 6 failed-6 undo-6 undo-3 ended-failed"},
        {job::Phase::restart_appliance, Trouble::power_cut, "write /boot/grubenv",
         "begins 3 6 " + comes_back},
        {job::Phase::start_services, Trouble::failure, "start postfix.service",
         "begins 3 6 restart boot-a continues 10 failed-10 restart " + comes_back_from_10},
        {job::Phase::start_services, Trouble::power_cut, "ran /usr/lib/mailsec/test-message",
         "begins 3 6 restart boot-a continues 10 " + comes_back_from_10},
    };
    for (const Case &each : cases) {
        SimulatedUpgrade one;
        one.upgrade_to("2.8.1.0");
        const auto before = one.chain().size() + 1;
        one.trouble_in(each.phase, each.trouble, Moment::before, each.at);
        one.roll_back();
        CHECK_FALSE_TEXT(one.trouble_is_ahead(), each.chain.c_str());
        STRCMP_EQUAL(each.chain.c_str(), one.chain().substr(before).c_str());
        // Nothing was stored in the meantime by the other system.
        STRCMP_EQUAL_TEXT("", one.faults().c_str(), each.chain.c_str());
        STRCMP_EQUAL("2.8.1.0", one.machine().running().version.c_str());
        one.roll_back();
        STRCMP_EQUAL("2.8.0.0", one.machine().running().version.c_str());
        STRCMP_CONTAINS_TEXT(" ended-succeeded", one.chain().c_str(), each.chain.c_str());
    }
}

TEST(RollbackOnRequest, to_a_system_that_no_longer_starts_comes_back) {
    upgrade.new_system_panics("2.8.0.0");
    upgrade.roll_back();
    STRCMP_EQUAL("begins 3 6 restart boot-a panic boot-b continues undo-6 undo-3 ended-failed",
                 chain().c_str());
    check_runs("2.8.1.0");
    STRCMP_EQUAL("", upgrade.faults().c_str());
    STRCMP_CONTAINS("update-control --rollback --force", upgrade.end().next_step.c_str());
}

TEST(RollbackOnRequest, that_fails_keeps_mail_that_could_not_be_put_into_the_queue) {
    SimulatedUpgrade one;
    one.upgrade_to("2.8.1.0");
    bool is_full = true;
    one.before_each_operation([&is_full](const std::string &operation) {
        if (is_full && operation.starts_with("clone /data/generations/2.8.0.0-1/gate-queue"))
            throw partitions::StorageFull("clone", "/data", "no space left", "free some");
    });
    one.trouble_in(job::Phase::start_services, Trouble::failure, Moment::before,
                   "ran /usr/lib/mailsec/test-message");
    one.roll_back();
    STRCMP_CONTAINS("error(undoing phase 10", one.chain().c_str());
    STRCMP_EQUAL("2.8.1.0", one.machine().running().version.c_str());
    CHECK(!one.machine().storage().list("/data/generations/2.8.0.0-1/gate-queue/maildrop").empty());
    // The next try of that system does not lose it either.
    is_full = false;
    one.roll_back();
    STRCMP_EQUAL("2.8.0.0", one.machine().running().version.c_str());
    STRCMP_EQUAL("", one.faults_but_of_the_store().c_str());
}
