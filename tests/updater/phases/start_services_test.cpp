// Phase 10: the new system is proved with the mail gate closed and the mail queue covered; then comes the
// commit, and only then mail. The least acceptable version rises with the commit and not before, wherever the
// power is cut.
#include "partitions/durable.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_mounts.hpp"
#include "tests/support/fake_network_state.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/phases/10_start_services.hpp"
#include "updater/phases/finishing.hpp"
#include "updater/services/gate_queue.hpp"

#include <functional>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;
using partitions_test::FakeStorage;

namespace {

using Path = std::filesystem::path;

const Path data = "/data";
const Path trial_generation = data / "generations/2.8.1.0-1";
const Path shared_queue = data / "shared/spool-postfix"; ///< what /var/spool/postfix shows on an appliance
const Path least_file = data / "update-control/least-version";
const Path mail_queue = "/var/spool/postfix";
const Path services_held = "/run/update-control/services-held";
const Path on_trial = "/run/update-control/on-trial";

configuration::Appliance appliance_with_postfix() {
    configuration::Appliance appliance;
    appliance.mail.queue = mail_queue;
    appliance.mail.unit = "postfix.service";
    appliance.mail.listener_ports = {25};
    appliance.services.units = {{"postfix.service", true}};
    appliance.health_programs = {{"/health/test-message", std::chrono::seconds(1)}};
    return appliance;
}

} // namespace

TEST_GROUP(StartServices) {
    FakeServiceManager services;
    FakeMailGate gate;
    FakeNetworkState network;
    FakeGreetingProbe probe;
    FakeHookRunner programs;
    configuration::Appliance appliance = appliance_with_postfix();
    job::JobFacts facts;
    std::vector<std::string> lines;
    bool told_that_mail_flows = false;
    std::vector<std::string> events; ///< with what holds at that moment
    std::function<void(FakeStorage &)> during_check = [](FakeStorage &) {};

    void setup() override {
        services.install("postfix.service");
        facts.services = services::record_services(services, appliance.services);
        facts.old_slot = partitions::Slot::a;
        facts.new_slot = partitions::Slot::b;
        facts.old_generation = "2.8.0.0-1";
        facts.new_generation = "2.8.1.0-1";
        facts.to_version = "2.8.1.0";
        facts.least_acceptable_version = "2.8.0.5";
    }

    static void prepare(FakeStorage & disk) {
        disk.put_file("/boot/grubenv", partitions_test::boot_environment(partitions::Slot::a, true, true));
        disk.put_directory(trial_generation);
        disk.put_file(trial_generation / "pin/lan0.network", "");
        disk.put_directory(data / "generations/2.8.0.0-1");
        disk.put_file(shared_queue / "deferred/A1", "accepted before");
        disk.put_directory(shared_queue / "incoming");
        disk.put_directory(shared_queue / "maildrop");
        disk.put_directory(mail_queue);
        disk.put_symlink("../generations/2.8.0.0-1", data / "slots/system-a");
        disk.put_symlink("../generations/2.8.1.0-1", data / "slots/system-b");
        checks::LeastVersion(disk, least_file).raise_to(firmware::Version(2, 8, 0, 0));
    }

    /// As after a start of the machine: nothing runs, and the initramfs has set its marks if it is a trial.
    void start_machine(FakeStorage & disk) {
        gate = FakeMailGate();
        services = FakeServiceManager();
        services.install("postfix.service", "inactive");
        partitions_test::FakeMounts mounts(disk);
        mounts.bind(shared_queue, mail_queue, false);
        if (committed(disk))
            return;
        disk.put_file(services_held, "");
        disk.put_file(on_trial, "");
    }

    /// Phase 10 by an agent that has just started.
    void run_phase(FakeStorage & disk) {
        watch(disk);
        with_phase(disk, [](StartServicesPhase &phase, job::PhaseRun &run) {
            CHECK(phase.run(run) == job::PhaseEnd::done);
        });
    }
    void undo_phase(FakeStorage & disk) {
        with_phase(disk, [](StartServicesPhase &phase, job::PhaseRun &run) { phase.undo(run); });
    }
    void with_phase(FakeStorage & disk,
                    const std::function<void(StartServicesPhase &, job::PhaseRun &)> &work) {
        partitions_test::FakeMounts mounts(disk);
        partitions::GrubBootSelection boot(disk, "/boot/grubenv");
        partitions::Generations generations(disk, data);
        health::HealthGate::Patience patience;
        patience.sleep = [](std::chrono::milliseconds) {};
        health::HealthGate health(services, programs, network, probe, appliance, patience);
        checks::LeastVersion least(disk, least_file);
        const partitions::Layout layout;
        TrialMarks marks(disk, layout);
        TrialMail mail(disk, mounts, generations, services, gate, appliance);
        ServiceStart service_start(services, appliance);
        TrialSettings settings(disk, network, services);
        OldSystem old_system(boot, generations, least, {disk, generations, layout.left_generation},
                             appliance.keep_old_generation);
        Finishing finishing(generations, marks, mail, service_start, settings, old_system);
        StartServicesPhase phase(boot, generations, marks, mail, service_start, health, finishing);
        job::PhaseRun run = phase_run(facts, lines);
        run.mail_flows_again = [this] { told_that_mail_flows = !gate.is_closed(); };
        work(phase, run);
    }

    void watch(FakeStorage & disk) {
        const auto note = [this, &disk](const std::string &what) {
            const bool covered = !disk.exists(mail_queue / "deferred/A1");
            events.push_back(what + (committed(disk) ? ", committed" : "") +
                             (gate.is_closed() ? ", gate closed" : "") + (covered ? ", queue covered" : ""));
        };
        gate.tell([note](const std::string &what) { note("gate: " + what); });
        services.let_units_work(
            [note, &disk](const std::string &unit) {
                if (disk.exists(services_held))
                    throw services::StartFailed(unit + " is held back");
                note("start");
            },
            [note](const std::string &) { note("stop"); });
        programs.install(
            "/health/test-message",
            {.standard_output = {}, .effect = [this, note, &disk](const hooks::runner::HookCall &) {
                 note("health check");
                 during_check(disk);
             }});
    }

    std::string least_on(FakeStorage & disk) const {
        return checks::LeastVersion(disk, least_file).value().value_or(firmware::Version()).text();
    }
    static bool committed(FakeStorage & disk) {
        return partitions::GrubBootSelection(disk, "/boot/grubenv").default_slot() == partitions::Slot::b;
    }
    void check_finished(FakeStorage & disk, const std::string &where) {
        STRCMP_EQUAL_TEXT("2.8.0.5", least_on(disk).c_str(), where.c_str());
        CHECK_FALSE_TEXT(gate.is_closed(), where.c_str());
        CHECK_TEXT(services.state("postfix.service").is_active(), where.c_str());
        CHECK_TEXT(network.unpinned(), where.c_str());
        STRCMP_EQUAL_TEXT("accepted before", disk.contents(mail_queue / "deferred/A1").c_str(),
                          where.c_str());
        for (const Path &gone : {trial_generation / "gate-queue", trial_generation / "pin", on_trial})
            CHECK_FALSE_TEXT(disk.exists(gone), (where + ": " + gone.string()).c_str());
    }
};

TEST(StartServices, proves_the_system_with_the_gate_closed_and_the_queue_covered_and_lets_mail_in_last) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    run_phase(disk);
    std::string all;
    for (const auto &event : events)
        all += event + "\n";
    STRCMP_EQUAL("gate: close, gate closed\n"
                 "start, gate closed, queue covered\n"
                 "health check, gate closed, queue covered\n"
                 "stop, committed, gate closed, queue covered\n"
                 "start, committed, gate closed\n"
                 "gate: open, committed\n",
                 all.c_str());
    check_finished(disk, "at the end");
}

TEST(StartServices, moves_messages_that_were_written_during_the_trial_into_the_real_queue) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    during_check = [](FakeStorage &on) { on.put_file(mail_queue / "maildrop/M1", "from cron"); };
    run_phase(disk);
    STRCMP_EQUAL("from cron", disk.contents(mail_queue / "maildrop/M1").c_str());
    check_finished(disk, "at the end");
}

TEST(StartServices, raises_the_least_acceptable_version_with_the_commit) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    run_phase(disk);
    CHECK(committed(disk));
    STRCMP_EQUAL("2.8.0.5", least_on(disk).c_str());
    STRCMP_CONTAINS("no version older than 2.8.0.5", lines.back().c_str());
    // Again, as after a restart.
    run_phase(disk);
    STRCMP_EQUAL("2.8.0.5", least_on(disk).c_str());
}

TEST(StartServices, leaves_the_least_acceptable_version_when_the_firmware_names_none_or_an_older_one) {
    for (const char *const least : {"", "2.7.0.0"}) {
        FakeStorage disk;
        prepare(disk);
        start_machine(disk);
        facts.least_acceptable_version = least;
        run_phase(disk);
        CHECK(committed(disk));
        STRCMP_EQUAL("2.8.0.0", least_on(disk).c_str());
    }
}

TEST(StartServices, retires_the_old_generation_only_when_it_is_not_kept_and_never_in_a_rollback) {
    struct Case {
        bool keep;
        job::Operation operation;
        bool there;
    };
    for (const Case &each :
         {Case{true, job::Operation::install, true}, Case{false, job::Operation::install, false},
          Case{false, job::Operation::rollback, true}}) {
        FakeStorage disk;
        prepare(disk);
        start_machine(disk);
        appliance.keep_old_generation = each.keep;
        facts.operation = each.operation;
        run_phase(disk);
        CHECK_EQUAL(each.there, disk.exists(data / "generations/2.8.0.0-1"));
        CHECK_EQUAL(each.there,
                    partitions::GrubBootSelection(disk, "/boot/grubenv").bootable(partitions::Slot::a));
    }
}

TEST(StartServices, does_not_commit_nor_let_mail_in_nor_uncover_the_queue_when_something_fails) {
    struct Case {
        const char *what;
        std::function<void(FakeStorage &)> spoil;
    };
    const std::vector<Case> cases = {
        {"a required service fails", [&](FakeStorage &) { services.make_start_fail("postfix.service"); }},
        {"the mail gate fails", [&](FakeStorage &) { gate.make_fail(); }},
        {"the queue cannot be covered",
         [&](FakeStorage &disk) {
             disk.put_file(trial_generation / "gate-queue", "");
             disk.fail_when("gate-queue", FakeStorage::Failure::broken);
         }},
        {"the health gate stays shut",
         [&](FakeStorage &) {
             facts.expected_records = {{"no-such-store", 1}};
         }},
        {"a unit has failed that had not before",
         [&](FakeStorage &) {
             facts.expected_records.clear();
             facts.machine = health::MachineRecord{};
             services.install("acme-agent.service", "failed");
             services.make_start_fail("acme-agent.service");
         }},
    };
    for (const Case &one : cases) {
        FakeStorage disk;
        prepare(disk);
        start_machine(disk);
        one.spoil(disk);
        bool failed = false;
        try {
            run_phase(disk);
        } catch (const std::exception &) {
            failed = true;
        }
        CHECK_TEXT(failed, one.what);
        CHECK_FALSE_TEXT(committed(disk), one.what);
        STRCMP_EQUAL_TEXT("2.8.0.0", least_on(disk).c_str(), one.what);
        CHECK_TEXT(disk.exists(on_trial), one.what);
        CHECK_TEXT(disk.exists(trial_generation / "pin"), one.what);
        for (const std::string &event : events)
            CHECK_FALSE_TEXT(event.starts_with("gate: open"), one.what);
        facts.expected_records.clear();
    }
}

TEST(StartServices, starts_once_more_what_failed_while_services_were_held_back) {
    FakeStorage disk;
    prepare(disk);
    services.install("broken.service", "failed");
    facts.machine = health::record_machine(services, programs, probe, {});
    services.install("boot-mail.service", "failed");
    services.crash("postfix.service");
    run_phase(disk);
    CHECK(committed(disk));
    const std::vector<std::string> first_calls(services.calls().begin(), services.calls().begin() + 2);
    CHECK((first_calls == std::vector<std::string>{"start postfix.service", "start boot-mail.service"}));
    CHECK(services.state("broken.service").is_failed());
}

TEST(StartServices, lets_mail_in_also_when_the_least_acceptable_version_cannot_be_noted) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    disk.fail_when("least-version", FakeStorage::Failure::full);
    CHECK_THROWS(NotFinished, run_phase(disk));
    CHECK(committed(disk));
    CHECK_FALSE(gate.is_closed());
    CHECK(network.unpinned());
    disk.heal();
    run_phase(disk);
    STRCMP_EQUAL("2.8.0.5", least_on(disk).c_str());
}

TEST(StartServices, uncovers_a_queue_that_somebody_stands_in) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    std::unique_ptr<partitions::File> in_use;
    during_check = [&](FakeStorage &on) {
        on.put_file(mail_queue / "pid/master.pid", "");
        on.put_file(mail_queue / "maildrop/M1", "from cron", 0700);
        in_use = on.open(mail_queue / "pid/master.pid", partitions::OpenMode::read);
    };
    run_phase(disk);
    check_finished(disk, "although it is in use");
    STRCMP_EQUAL("from cron", disk.contents(mail_queue / "maildrop/M1").c_str());
}

TEST(StartServices, after_the_commit_lets_mail_in_whatever_else_fails_and_tells_what_is_left) {
    struct Case {
        const char *what;
        std::function<void(FakeStorage &)> spoil;
        const char *says;
    };
    const std::vector<Case> cases = {
        {"the mark of the trial stays",
         [](FakeStorage &disk) {
             disk.fail_when("remove /run/update-control/on-trial", FakeStorage::Failure::broken);
         },
         "ending the trial: "},
        {"a message cannot be moved",
         [](FakeStorage &disk) { disk.fail_when("clone", FakeStorage::Failure::full); },
         "returning to the mail queue: "},
        {"the mail server does not stop", [&](FakeStorage &) { services.make_stop_hang("postfix.service"); },
         "returning to the mail queue: "},
        {"the pins stay", [](FakeStorage &disk) { disk.fail_when("/pin", FakeStorage::Failure::broken); },
         "unpinning the addresses: "},
        {"the least version cannot be noted",
         [](FakeStorage &disk) { disk.fail_when("least-version", FakeStorage::Failure::full); },
         "noting the least acceptable version: "},
    };
    for (const Case &one : cases) {
        FakeStorage disk;
        prepare(disk);
        start_machine(disk);
        network = FakeNetworkState();
        told_that_mail_flows = false;
        during_check = [&](FakeStorage &on) {
            on.put_file(mail_queue / "maildrop/M1", "from cron");
            one.spoil(on);
        };
        std::string says;
        try {
            run_phase(disk);
        } catch (const NotFinished &unfinished) {
            says = unfinished.what();
        }
        STRCMP_CONTAINS_TEXT(one.says, says.c_str(), one.what);
        LONGS_EQUAL_TEXT(0, says.find(one.says), says.c_str()); // and nothing before it
        CHECK_TEXT(committed(disk), one.what);
        CHECK_FALSE_TEXT(gate.is_closed(), one.what);
        CHECK_TEXT(told_that_mail_flows, one.what);
        CHECK_TEXT(services.state("postfix.service").is_active(), one.what);
        disk.heal();
        services.repair("postfix.service");
        run_phase(disk);
        check_finished(disk, one.what);
        STRCMP_EQUAL_TEXT("from cron", disk.contents(mail_queue / "maildrop/M1").c_str(), one.what);
    }
}

TEST(StartServices, removes_the_settings_of_the_trial_once_mail_is_in) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    services.install("update-control-deadline.timer");
    run_phase(disk);
    const auto &calls = services.calls();
    STRCMP_EQUAL("stop update-control-deadline.timer", calls.back().c_str());
    STRCMP_EQUAL("reload", calls[calls.size() - 2].c_str());
    CHECK_FALSE(services.state("update-control-deadline.timer").is_active());
}

TEST(StartServices, mail_of_a_trial_that_is_rolled_back_comes_into_the_queue_of_the_old_system) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    for (const char *message : {"maildrop/M1", "incoming/I1", "active/A7", "deferred/D/D1", "hold/H1"})
        disk.put_file(trial_generation / "gate-queue" / message, "from cron");
    disk.put_file(trial_generation / "gate-queue/pid/master.pid", "1");
    disk.put_directory(mail_queue / "hold");
    services.install("postfix.service");
    undo_phase(disk);
    for (const char *message : {"maildrop/M1", "incoming/I1", "incoming/A7", "incoming/D1", "hold/H1"})
        STRCMP_EQUAL_TEXT("from cron", disk.contents(shared_queue / message).c_str(), message);
    CHECK_FALSE(disk.exists(trial_generation / "gate-queue"));
    CHECK(services.state("postfix.service").is_active());
    // Nothing to do: no service is stopped for it.
    FakeStorage without;
    prepare(without);
    start_machine(without);
    without.put_file(trial_generation / "gate-queue/pid/master.pid", "1");
    undo_phase(without);
    CHECK(services.calls().empty());
    // What cannot be moved stays where it is, and the mail server runs all the same.
    FakeStorage full;
    prepare(full);
    start_machine(full);
    services.install("postfix.service");
    full.put_file(trial_generation / "gate-queue/maildrop/M1", "from cron");
    full.fail_when("clone", FakeStorage::Failure::full);
    CHECK_THROWS(partitions::StorageFull, undo_phase(full));
    STRCMP_EQUAL("from cron", full.contents(trial_generation / "gate-queue/maildrop/M1").c_str());
    CHECK(services.state("postfix.service").is_active());
}

TEST(StartServices, mail_of_an_earlier_trial_is_not_dropped_by_the_next_one) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    disk.put_file(trial_generation / "gate-queue/maildrop/M1", "from the first trial");
    run_phase(disk);
    STRCMP_EQUAL("from the first trial", disk.contents(shared_queue / "maildrop/M1").c_str());
    check_finished(disk, "at the end");
}

TEST(StartServices, mail_that_is_left_is_put_back_by_the_next_agent) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    disk.put_file(trial_generation / "gate-queue/deferred/D/D1", "from cron");
    const partitions::Generations generations(disk, data);
    LONGS_EQUAL(1, services::put_back_left_mail(disk, generations, mail_queue));
    STRCMP_EQUAL("from cron", disk.contents(shared_queue / "incoming/D1").c_str());
    CHECK_FALSE(disk.exists(trial_generation / "gate-queue"));
    LONGS_EQUAL(0, services::put_back_left_mail(disk, generations, mail_queue));
}

TEST(StartServices, lets_mail_in_after_a_restart_also_when_the_boot_selection_cannot_be_read) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    run_phase(disk);
    disk.put_file("/boot/grubenv", "damaged");
    disk.put_file(trial_generation / "pin/lan0.network", "");
    // Who watches the phase would look at the boot selection.
    gate = FakeMailGate();
    services = FakeServiceManager();
    services.install("postfix.service");
    gate.close({25});
    with_phase(disk, [](StartServicesPhase &phase, job::PhaseRun &run) { phase.run(run); });
    CHECK_FALSE(gate.is_closed());
    CHECK_FALSE(disk.exists(trial_generation / "pin"));
    // On trial nothing is known without it.
    disk.put_file(on_trial, "");
    gate.close({25});
    CHECK_THROWS(partitions::BootSelectionDamaged,
                 with_phase(disk, [](StartServicesPhase &phase, job::PhaseRun &run) { phase.run(run); }));
    CHECK(gate.is_closed());
}

TEST(StartServices, notes_what_a_rollback_leaves_and_forgets_it_with_the_next_installation) {
    FakeStorage disk;
    prepare(disk);
    start_machine(disk);
    const Path note = data / "update-control/left-generation";
    facts.operation = job::Operation::rollback;
    run_phase(disk);
    STRCMP_EQUAL("2.8.0.0-1\n", disk.contents(note).c_str());
    facts.operation = job::Operation::install;
    run_phase(disk);
    CHECK_FALSE(disk.exists(note));
}

TEST(StartServices, is_finished_after_the_commit_and_has_changed_nothing_before_wherever_the_power_is_cut) {
    const auto reboots = partitions_test::for_each_cut(
        [&](FakeStorage &disk) {
            prepare(disk);
            start_machine(disk);
            network = FakeNetworkState();
            during_check = [](FakeStorage &on) { on.put_file(mail_queue / "maildrop/M1", "from cron"); };
        },
        [&](FakeStorage &disk) { run_phase(disk); },
        [&](FakeStorage &disk, const std::string &where) {
            STRCMP_EQUAL_TEXT("accepted before", disk.contents(shared_queue / "deferred/A1").c_str(),
                              where.c_str());
            if (!committed(disk)) {
                STRCMP_EQUAL_TEXT("2.8.0.0", least_on(disk).c_str(), where.c_str());
                return;
            }
            during_check = [](FakeStorage &) {};
            partitions::remove_tree(disk, "/run");
            start_machine(disk);
            run_phase(disk); // a committed upgrade is finished at the next start
            check_finished(disk, where);
            CHECK_TEXT(!disk.list(mail_queue / "maildrop").empty(), where.c_str());
            for (const Path &message : disk.list(mail_queue / "maildrop"))
                if (!message.has_extension())
                    STRCMP_EQUAL_TEXT("from cron", disk.contents(message).c_str(), where.c_str());
        });
    CHECK(reboots > 0);
}
