// Phase 3: in which order mail is refused, records are counted and services stop, and what brings them back.
#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/health/machine_record.hpp"
#include "updater/phases/03_stop_services.hpp"
#include "updater/refusal.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;
using Strings = std::vector<std::string>;

namespace {

configuration::Appliance mail_appliance() {
    configuration::Appliance appliance;
    appliance.stores.push_back({.name = "message-store", .path = "/var/lib/store", .format = "1"});
    appliance.stores[0].inspect = "/usr/lib/inspect";
    appliance.stores[0].unit = "store.service";
    appliance.services.units = {{"mta.service", true}, {"store.service", true}, {"extra.service", false}};
    appliance.services.stop_timeout = std::chrono::seconds(1);
    appliance.services.start_timeout = std::chrono::seconds(1);
    appliance.mail.listener_ports = {25};
    return appliance;
}

} // namespace

TEST_GROUP(StopServices) {
    configuration::Appliance appliance = mail_appliance();
    updater_test::FakeServiceManager services;
    updater_test::FakeMailGate gate;
    updater_test::FakeHookRunner programs;
    updater_test::FakeGreetingProbe probe;
    StopServicesPhase phase{services, gate, programs, probe, appliance};
    job::JobFacts facts;
    int saves = 0;
    std::size_t calls_when_first_saved = 99;
    std::optional<health::MachineRecord> machine_when_first_saved;
    Strings lines;
    job::PhaseRun run = updater_test::phase_run(facts, lines);

    void setup() override {
        run.save_facts = [this] {
            if (saves++ != 0)
                return;
            calls_when_first_saved = services.calls().size();
            machine_when_first_saved = facts.machine;
        };
        services.install("mta.service");
        services.install("store.service");
        services.install("extra.service", "inactive", "disabled");
        programs.install("/usr/lib/inspect", {.standard_output = {"records 4711"},
                                              .effect = [this](const hooks::runner::HookCall &) {
                                                  CHECK(services.state("store.service").is_active());
                                                  CHECK_FALSE(services.state("mta.service").is_active());
                                              }});
    }
};

TEST(StopServices, refuses_mail_and_stops_every_unit_in_the_configured_order) {
    CHECK(phase.run(run) == job::PhaseEnd::done);
    CHECK(gate.is_closed());
    CHECK((services.calls() == Strings{"stop mta.service", "stop store.service", "stop extra.service"}));
}

TEST(StopServices, waits_for_units_that_the_machine_is_still_starting) {
    services.make_start_slow("store.service", 2);
    phase.run(run);
    LONGS_EQUAL(4711, facts.expected_records["message-store"]);
    CHECK(facts.services && facts.services->find("store.service"));
    phase.undo(run);
    CHECK(services.state("store.service").is_active());
}

TEST(StopServices, gives_up_on_units_that_never_start_before_mail_is_refused) {
    services.make_start_slow("store.service", -1);
    CHECK_THROWS(services::ServiceError, phase.run(run));
    CHECK_FALSE(gate.is_closed());
    CHECK(services.calls().empty());
}

TEST(StopServices, knows_durably_what_ran_before_the_first_unit_stops) {
    phase.run(run);
    LONGS_EQUAL(0, calls_when_first_saved);
    CHECK(facts.services && facts.services->find("mta.service"));
}

TEST(StopServices, records_the_machine_as_it_is_while_everything_runs) {
    const std::string sshd = "/usr/sbin/sshd";
    probe.listen({"127.0.0.1", 22});
    services.install("broken.service", "failed");
    programs.install(sshd, {.standard_output = {"listenaddress 0.0.0.0:22"},
                            .effect = [this](const hooks::runner::HookCall &) {
                                CHECK_FALSE(gate.is_closed());
                                CHECK(services.calls().empty());
                            }});
    phase.run(run);
    const auto &recorded = facts.machine;
    CHECK(recorded.has_value());
    CHECK((recorded->failed_units == Strings{"broken.service"}));
    CHECK((recorded->switched_off_units == Strings{"extra.service"}));
    CHECK((recorded->ssh == std::vector<network::Endpoint>{{"127.0.0.1", 22}}));
    CHECK(machine_when_first_saved == facts.machine);
}

TEST(StopServices, counts_the_records_when_nothing_writes_any_more_and_the_store_still_runs) {
    phase.run(run);
    LONGS_EQUAL(4711, facts.expected_records.at("message-store"));
}

TEST(StopServices, counts_no_records_for_a_rollback_to_a_store_of_its_own) {
    facts.operation = job::Operation::rollback;
    phase.run(run);
    CHECK(facts.expected_records.empty());
    CHECK_FALSE(services.state("store.service").is_active());
}

TEST(StopServices, is_undone_by_starting_just_what_ran_and_letting_mail_in) {
    phase.run(run);
    phase.undo(run);
    CHECK(services.state("mta.service").is_active());
    CHECK(services.state("store.service").is_active());
    CHECK_FALSE(services.state("extra.service").is_active());
    CHECK_FALSE(gate.is_closed());
}

TEST(StopServices, lets_mail_in_again_also_when_a_service_does_not_come_back) {
    phase.run(run);
    services.make_start_fail("store.service");
    CHECK_THROWS(std::runtime_error, phase.undo(run));
    CHECK(services.state("mta.service").is_active());
    CHECK_FALSE(gate.is_closed());
}

TEST(StopServices, names_the_units_that_did_not_come_back_in_a_command) {
    phase.run(run);
    for (const char *unit : {"store.service", "mta.service"})
        services.make_start_fail(unit);
    try {
        phase.undo(run);
        FAIL("nothing was said");
    } catch (const std::runtime_error &failure) {
        STRCMP_CONTAINS("store.service did not start", failure.what());
        STRCMP_CONTAINS("Start them by hand: systemctl start store.service mta.service", failure.what());
    }
}

TEST(StopServices, can_be_undone_before_it_did_anything) {
    phase.undo(run);
    CHECK(services.calls().empty());
    CHECK_FALSE(gate.is_closed());
}

TEST(StopServices, fails_when_a_unit_does_not_stop) {
    services.make_stop_hang("store.service");
    CHECK_THROWS(services::StopTimedOut, phase.run(run));
}

TEST(StopServices, ends_before_mail_is_refused_when_a_required_unit_was_switched_off) {
    services.install("mta.service", "active", "masked");
    services.runs_although("mta.service", "masked");
    CHECK_THROWS(Refused, phase.run(run));
    CHECK_FALSE(gate.is_closed());
    CHECK(services.calls().empty());
    // The way back of a rollback does not depend on what this system requires.
    facts.operation = job::Operation::rollback;
    phase.run(run);
    CHECK(gate.is_closed());
}
