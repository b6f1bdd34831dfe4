// Whole upgrades with the real ten phases: what happens in which order, and what a new system is refused for.
#include "partitions/durable.hpp"
#include "tests/updater/phases/simulated_upgrade.hpp"

#include <algorithm>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace phases_tests;

TEST_GROUP(Upgrade) {
    SimulatedUpgrade upgrade;

    void check_was_rolled_back(const std::string &reason) {
        STRCMP_EQUAL(
            "begins 1 2 3 4 5 6 restart boot-b continues 7 8 9 10 failed-10 restart boot-a continues "
            "undo-10 undo-6 undo-5 undo-4 undo-3 undo-2 ended-rolled-back",
            upgrade.chain().c_str());
        STRCMP_CONTAINS(reason.c_str(), upgrade.end().reason.c_str());
        STRCMP_EQUAL("", upgrade.faults().c_str());
    }
};

TEST(Upgrade, that_nothing_disturbs_goes_through_the_ten_phases) {
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("begins 1 2 3 4 5 6 restart boot-b continues 7 8 9 10 ended-succeeded",
                 upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
    STRCMP_EQUAL("2.8.1.0", upgrade.machine().running().version.c_str());
    LONGS_EQUAL(10, upgrade.end().phases.size());
    STRCMP_EQUAL("2.8.1.0", upgrade.firmware_known().c_str());
}

TEST(Upgrade,
     keeps_mail_out_from_the_first_stopped_service_to_the_commit_and_the_queue_covered_while_it_proves) {
    upgrade.keep_record();
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("1: read the firmware\n"
                 "1: check the manifest\n"
                 "2: read the firmware\n"
                 "2: sync /boot/grubenv\n"
                 "2: run /usr/lib/update-control/hooks/etc\n"
                 "2: run /usr/lib/update-control/hooks/message-store\n"
                 "3: run /usr/lib/update-control/before-stop.d/balancer\n"
                 "3: run /usr/sbin/sshd\n"
                 "3: close the mail gate\n"
                 "3: stop postfix.service\n"
                 "3: run /usr/lib/mailsec/inspect\n"
                 "3: stop store.service\n"
                 "3: stop fax.service\n"
                 "5: run /usr/lib/update-control/hooks/etc\n"
                 "6: sync /boot/grubenv\n"
                 "7: run /usr/lib/update-control/hooks/message-store\n"
                 "8: look at /etc\n"
                 "10: close the mail gate\n"
                 "10: cover the queue\n"
                 "10: start store.service\n"
                 "10: start postfix.service\n"
                 "10: run /usr/lib/mailsec/inspect\n"
                 "10: run /usr/lib/mailsec/test-message\n"
                 "10: sync /boot/grubenv\n"
                 "10: stop postfix.service\n"
                 "10: uncover the queue\n"
                 "10: start store.service\n"
                 "10: start postfix.service\n"
                 "10: open the mail gate\n"
                 "10: reload\n"
                 "10: stop update-control-deadline.timer\n"
                 "10: run /usr/lib/update-control/after-commit.d/balancer\n",
                 upgrade.record().c_str());
}

TEST(Upgrade, takes_mail_until_phase3_and_again_at_its_end) {
    upgrade.upgrade_to("2.8.1.0");
    std::string names;
    for (const auto &message : upgrade.machine().world().accepted)
        names += message.name + " ";
    STRCMP_EQUAL("m1 m2 m3 m4 local5 m6 m7 ", names.c_str());
}

TEST(Upgrade, follows_upon_another_into_the_other_slot) {
    upgrade.upgrade_to("2.8.1.0");
    upgrade.upgrade_to("2.8.2.0");
    STRCMP_EQUAL("begins 1 2 3 4 5 6 restart boot-b continues 7 8 9 10 ended-succeeded "
                 "begins 1 2 3 4 5 6 restart boot-a continues 7 8 9 10 ended-succeeded",
                 upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
    STRCMP_EQUAL("2.8.2.0", upgrade.machine().running().version.c_str());
}

TEST(Upgrade, that_fails_on_a_full_disk_lets_mail_in_again_also_without_a_journal) {
    auto &disk = upgrade.machine().storage();
    upgrade.do_in(job::Phase::back_up_configuration, "run /usr/lib/update-control/hooks/etc", [&disk] {
        disk.take_away("/data/update-control/journal.reserve"); // by somebody who looked for space
        disk.fail_when("update-control/journal", partitions_test::FakeStorage::Failure::full);
        throw partitions::StorageError("write", "/data", "no space left", "free some");
    });
    upgrade.upgrade_to("2.8.1.0");
    CHECK(upgrade.end().outcome == job::Outcome::rolled_back);
    STRCMP_CONTAINS("no space left", upgrade.end().reason.c_str());
    STRCMP_CONTAINS("free space on /data", upgrade.end().next_step.c_str());
    CHECK_FALSE(upgrade.machine().gate().is_closed());
    CHECK(upgrade.machine().services().state("postfix.service").is_active());
    // With the next start of the agent it has an end, too.
    disk.heal();
    upgrade.switch_on();
    STRCMP_CONTAINS("ended-rolled-back", upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(Upgrade, pins_nothing_but_what_is_up_at_the_restart) {
    upgrade.do_in(job::Phase::back_up_configuration, "sync-filesystem", [this] {
        upgrade.machine().storage().put_file("/data/generations/2.8.1.0-1/pin/old.network",
                                             "Address=1.2.3.4");
    });
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("", upgrade.faults().c_str());
    CHECK(upgrade.machine().storage().exists(places::pins_in_force));
    CHECK_FALSE(upgrade.machine().storage().exists(places::pins_in_force / "old.network"));
}

TEST(Upgrade, has_the_new_generation_on_record_before_anything_is_in_it) {
    std::string record;
    upgrade.do_in(job::Phase::install, "2.8.1.0-1/var", [&] {
        const auto disk = upgrade.machine().storage().after_reboot({});
        record = disk->contents("/data/update-control/journal");
    });
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_CONTAINS("\"new_generation\":\"2.8.1.0-1\"", record.c_str());
}

TEST(Upgrade, removes_its_rehearsal_before_mail_is_refused) {
    bool left = false;
    upgrade.do_in(job::Phase::stop_services, "close the mail gate", [&] {
        left = upgrade.machine().storage().exists("/data/generations/2.8.1.0-1/rehearsal");
    });
    upgrade.upgrade_to("2.8.1.0");
    CHECK_FALSE(left);
}

TEST(Upgrade, whose_rehearsal_fails_ends_while_mail_flows_and_leaves_nothing) {
    upgrade.trouble_in(job::Phase::install, Trouble::failure, Moment::before,
                       "run /usr/lib/update-control/hooks/etc");
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("begins 1 2 failed-2 undo-2 ended-failed", upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(Upgrade, whose_store_cannot_be_converted_ends_while_mail_flows_and_leaves_nothing) {
    upgrade.trouble_in(job::Phase::install, Trouble::failure, Moment::before,
                       "run /usr/lib/update-control/hooks/message-store");
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("begins 1 2 failed-2 undo-2 ended-failed", upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(Upgrade, converts_into_an_empty_folder) {
    upgrade.do_in(job::Phase::back_up_configuration, "sync-filesystem", [this] {
        upgrade.machine().storage().put_file("/data/generations/2.8.1.0-1/source/message-store.stage-1/half",
                                             "");
    });
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("2.8.1.0", upgrade.machine().running().version.c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
}

TEST(Upgrade, into_a_system_that_panics_comes_back) {
    upgrade.new_system_panics("2.8.1.0");
    upgrade.upgrade_to("2.8.1.0");
    STRCMP_EQUAL("begins 1 2 3 4 5 6 restart boot-b panic boot-a continues "
                 "undo-6 undo-5 undo-4 undo-3 undo-2 ended-rolled-back",
                 upgrade.chain().c_str());
    STRCMP_EQUAL("", upgrade.faults().c_str());
    STRCMP_CONTAINS("2.8.1.0 did not come up", upgrade.end().reason.c_str());
}

TEST(Upgrade, into_a_system_without_the_address_comes_back) {
    upgrade.do_in(job::Phase::start_services, "close the mail gate",
                  [this] { upgrade.machine().network().set_up({}); });
    upgrade.upgrade_to("2.8.1.0");
    check_was_rolled_back("lan0 lacks the address 192.168.77.101/24");
}

TEST(Upgrade, whose_conversion_loses_a_message_comes_back) {
    upgrade.do_in(job::Phase::migrate_store, "copy-attributes", [this] {
        upgrade.machine().storage().put_file("/data/generations/2.8.1.0-1/source/message-store/m0", "1:m0");
    });
    upgrade.upgrade_to("2.8.1.0");
    check_was_rolled_back("records");
}

TEST(Upgrade, whose_service_does_not_start_comes_back) {
    upgrade.do_in(job::Phase::start_services, "close the mail gate",
                  [this] { upgrade.machine().services().make_start_fail("postfix.service"); });
    upgrade.upgrade_to("2.8.1.0");
    check_was_rolled_back("postfix.service did not start");
}
