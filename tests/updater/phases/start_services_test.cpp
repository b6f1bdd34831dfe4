// Phase 10: the least acceptable version rises with the commit and not before, wherever the power is cut.
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_network_state.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/phases/10_start_services.hpp"

#include <functional>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using partitions::Slot;
using partitions_test::FakeStorage;

namespace {

/// Tells when it has committed.
class TellingBootSelection : public partitions::GrubBootSelection {
  public:
    TellingBootSelection(partitions::Storage &storage, std::function<void()> committed)
        : GrubBootSelection(storage, "/boot/grubenv"), committed_(std::move(committed)) {}
    void commit(Slot slot) override {
        GrubBootSelection::commit(slot);
        committed_();
    }

  private:
    std::function<void()> committed_;
};

} // namespace

TEST_GROUP(StartServices) {
    TemporaryFolder folder; ///< stands for /data: whether the mail queue is covered only real paths tell
    const std::filesystem::path data = folder.path();
    const std::filesystem::path generation = data / "generations/2.8.1.0-1";
    const std::filesystem::path file = data / "update-control/least-version";
    FakeServiceManager services;
    FakeMailGate gate;
    FakeNetworkState network;
    FakeHookRunner programs;
    Appliance appliance;
    Layout layout;
    JobFacts facts;
    std::vector<std::string> lines;

    void setup() override {
        std::filesystem::create_directories(generation / "gate-queue");
        std::filesystem::create_directory(data / "queue-of-senders");
        appliance.mail.queue = data / "queue";
        appliance.mail.unit = "postfix.service";
        appliance.mail.listener_ports = {25};
        appliance.services.units = {{"postfix.service", true}};
        services.install("postfix.service");
        facts.services = record_services(services, appliance.services);
        facts.old_slot = Slot::a;
        facts.new_slot = Slot::b;
        facts.old_generation = "2.8.0.0-1";
        facts.new_generation = "2.8.1.0-1";
        facts.to_version = "2.8.1.0";
        facts.least_acceptable_version = "2.8.0.5";
    }

    void prepare(FakeStorage & disk) const {
        disk.put_file("/boot/grubenv", partitions_test::boot_environment(Slot::a, true, true));
        disk.put_directory(generation / "gate-queue");
        disk.put_directory(data / "generations/2.8.0.0-1");
        disk.put_directory(data / "queue-of-senders");
        disk.put_symlink("../generations/2.8.0.0-1", data / "slots/system-a");
        disk.put_symlink("../generations/2.8.1.0-1", data / "slots/system-b");
        LeastVersion(disk, file).raise_to(Version(2, 8, 0, 0));
    }

    /// A symbolic link is what the bind mount is on an appliance: it shows the gate's queue, or the real one.
    void show_queue(const std::string &name) const {
        std::filesystem::remove(data / "queue");
        std::filesystem::create_symlink(data / name, data / "queue");
    }

    /// Phase 10 in a system that has just started, or whose agent was started anew.
    void run_phase(FakeStorage & disk) {
        TellingBootSelection boot(disk, [this] { show_queue("queue-of-senders"); });
        partitions::Generations generations(disk, data);
        HealthGate health(services, programs, network, appliance, {});
        LeastVersion least(disk, file);
        StartServicesPhase phase(disk, boot, generations, services, gate, network, health, least, appliance,
                                 layout);
        show_queue(boot.default_slot() == Slot::b ? "queue-of-senders" : "generations/2.8.1.0-1/gate-queue");
        PhaseRun run{.facts = facts,
                     .save_facts = [] {},
                     .progress = [](int, std::string_view) {},
                     .log = [this](Severity, std::string_view line) { lines.emplace_back(line); },
                     .stop = {}};
        CHECK(phase.run(run) == PhaseEnd::done);
    }

    std::string least_on(FakeStorage & disk) const {
        return LeastVersion(disk, file).value().value_or(Version()).text();
    }
    static bool committed(FakeStorage & disk) {
        return partitions::GrubBootSelection(disk, "/boot/grubenv").default_slot() == Slot::b;
    }
};

TEST(StartServices, RaisesTheLeastAcceptableVersionWithTheCommit) {
    FakeStorage disk;
    prepare(disk);
    run_phase(disk);
    CHECK(committed(disk));
    STRCMP_EQUAL("2.8.0.5", least_on(disk).c_str());
    STRCMP_CONTAINS("no version older than 2.8.0.5", lines.back().c_str());
    // Again, as after a restart.
    run_phase(disk);
    STRCMP_EQUAL("2.8.0.5", least_on(disk).c_str());
}

TEST(StartServices, LeavesTheLeastAcceptableVersionWhenTheFirmwareNamesNoneOrAnOlderOne) {
    for (const char *const least : {"", "2.7.0.0"}) {
        FakeStorage disk;
        prepare(disk);
        facts.least_acceptable_version = least;
        run_phase(disk);
        CHECK(committed(disk));
        STRCMP_EQUAL("2.8.0.0", least_on(disk).c_str());
    }
}

TEST(StartServices, LeavesTheLeastAcceptableVersionWhenItDoesNotCommit) {
    struct Case {
        const char *what;
        std::function<void()> spoil;
    };
    const std::vector<Case> cases = {
        {"a required service fails", [&] { services.make_start_fail("postfix.service"); }},
        {"the mail gate fails", [&] { gate.make_fail(); }},
        {"the health gate stays shut",
         [&] {
             facts.expected_records = {{"no-such-store", 1}};
         }},
    };
    for (const Case &one : cases) {
        FakeStorage disk;
        prepare(disk);
        services.crash("postfix.service");
        one.spoil();
        bool failed = false;
        try {
            run_phase(disk);
        } catch (const std::exception &) {
            failed = true;
        }
        CHECK_TEXT(failed, one.what);
        CHECK_FALSE_TEXT(committed(disk), one.what);
        STRCMP_EQUAL_TEXT("2.8.0.0", least_on(disk).c_str(), one.what);
        services.repair("postfix.service");
        gate.repair();
    }
}

TEST(StartServices, LetsMailInAlsoWhenTheLeastAcceptableVersionCannotBeNoted) {
    FakeStorage disk;
    prepare(disk);
    disk.fail_when("least-version", FakeStorage::Failure::full);
    CHECK_THROWS(partitions::StorageError, run_phase(disk));
    CHECK(committed(disk));
    CHECK_FALSE(gate.is_closed());
    CHECK(network.unpinned());
    disk.heal();
    run_phase(disk);
    STRCMP_EQUAL("2.8.0.5", least_on(disk).c_str());
}

TEST(StartServices, RaisesItOnlyWithTheCommitWhereverThePowerIsCut) {
    const auto reboots = partitions_test::for_each_cut(
        [&](FakeStorage &disk) { prepare(disk); }, [&](FakeStorage &disk) { run_phase(disk); },
        [&](FakeStorage &disk, const std::string &where) {
            if (!committed(disk)) {
                STRCMP_EQUAL_TEXT("2.8.0.0", least_on(disk).c_str(), where.c_str());
                return;
            }
            run_phase(disk); // a committed upgrade is finished at the next start
            STRCMP_EQUAL_TEXT("2.8.0.5", least_on(disk).c_str(), where.c_str());
        });
    CHECK(reboots > 0);
}
