// What makes a new system healthy, and what is said when it is not.
#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_network_state.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/cancelled.hpp"
#include "updater/health/health_gate.hpp"
#include "updater/health/machine_record.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::health;
using namespace updater_test;
using Strings = std::vector<std::string>;

TEST_GROUP(HealthGate) {
    FakeServiceManager services;
    FakeHookRunner programs;
    FakeNetworkState network;
    FakeGreetingProbe probe;
    configuration::Appliance appliance;
    HealthExpectations expected;
    std::chrono::milliseconds slept{0};
    Strings lines;

    void setup() override {
        appliance.services.units = {
            {"postfix.service", true}, {"report.service", false}, {"fax.service", true}};
        appliance.stores = {{"message-store", "/store", "2", "/inspect", "store.service"}};
        appliance.health_programs = {{"/health/test-message", std::chrono::seconds(120)}};
        services.install("postfix.service");
        services.install("report.service");
        services.install("fax.service", "inactive", "disabled");
        expected.services = record_services(services, appliance.services);
        expected.records = {{"message-store", 4711}};
        network::InterfaceAddresses interface;
        interface.name = "ens3";
        interface.mac = "52:54:00:12:34:56";
        interface.addresses = {{"192.0.2.7", 24}, {"2001:db8::7", 64}};
        expected.pinned = {interface};
        network.set_dhcp(expected.pinned);
        programs.install("/inspect", {{"opening", "records 4711"}, {}, 0, false, {}});
        programs.install("/health/test-message", {{"sent", "arrived"}, {}, 0, false, {}});
    }

    /// The reasons for which the gate stays shut; none: it opens.
    Strings reasons(std::stop_token stop = {}) {
        HealthGate::Patience patience;
        patience.sleep = [this](std::chrono::milliseconds time) { slept += time; };
        HealthGate gate(services, programs, network, probe, appliance, patience);
        try {
            gate.check(
                expected, [this](std::string_view line) { lines.emplace_back(line); }, stop);
        } catch (const HealthFailed &failed) {
            for (const std::string &reason : failed.reasons())
                STRCMP_CONTAINS(reason.c_str(), failed.what());
            return failed.reasons();
        }
        return {};
    }
};

TEST(HealthGate, opens_when_everything_is_as_before) {
    CHECK(reasons().empty());
    CHECK((lines == Strings{"opening", "records 4711", "sent", "arrived"}));
    CHECK(slept.count() == 0);
}

TEST(HealthGate, programs_see_the_running_system_and_the_expected_number) {
    reasons();
    const hooks::runner::HookCall &call = programs.calls().back();
    CHECK(call.root == "/");
    CHECK_FALSE(call.private_network);
    CHECK(call.time_limit == std::chrono::seconds(120));
    STRCMP_EQUAL("4711", call.environment.at("UPDATE_CONTROL_EXPECTED_RECORDS").c_str());
}

TEST(HealthGate, wants_a_store_readable_of_which_no_number_is_known) {
    expected.records.clear();
    services.install("store.service");
    programs.install("/inspect",
                     {.standard_output = {}, .standard_error = {"no such table"}, .exit_code = 1});
    CHECK_EQUAL(1U, reasons().size());
    STRCMP_CONTAINS("no such table", reasons().at(0).c_str());
}

TEST(HealthGate, tells_a_program_no_number_when_nothing_was_counted) {
    expected.records.clear();
    CHECK(reasons().empty());
    CHECK_FALSE(programs.calls().back().environment.contains("UPDATE_CONTROL_EXPECTED_RECORDS"));
}

TEST(HealthGate, a_required_unit_that_failed_shuts_it) {
    services.crash("postfix.service");
    CHECK((reasons() == Strings{"postfix.service is failed (failed), not active"}));
}

TEST(HealthGate, a_part_of_a_unit_that_failed_shuts_it_although_the_unit_is_active) {
    services.set_parts("postfix.service", {"postfix@-.service"});
    services.install("postfix@-.service", "failed");
    CHECK((reasons() == Strings{"postfix@-.service, a part of postfix.service, failed"}));
}

TEST(HealthGate, units_that_do_not_matter_or_did_not_run_before_do_not_shut_it) {
    services.crash("report.service");
    CHECK(reasons().empty());
}

TEST(HealthGate, a_required_unit_that_the_new_release_adds_has_to_run) {
    appliance.services.units.push_back({"renamed-filter.service", true});
    services.install("renamed-filter.service", "inactive", "enabled");
    CHECK((reasons() == Strings{"renamed-filter.service is inactive (dead), not active"}));
    services.install("renamed-filter.service", "active", "disabled");
    CHECK(
        (reasons() ==
         Strings{"renamed-filter.service is new, required and disabled: it would not run after a restart"}));
    services.install("renamed-filter.service", "inactive", "masked");
    CHECK(reasons().empty());
}

TEST(HealthGate, a_unit_that_dies_of_the_test_message_shuts_it) {
    programs.install("/health/test-message", {{}, {}, 0, false, [this](const hooks::runner::HookCall &) {
                                                  services.crash("postfix.service");
                                              }});
    CHECK((reasons() == Strings{"postfix.service is failed (failed), not active"}));
}

TEST(HealthGate, every_other_number_of_records_shuts_it) {
    for (const char *line : {"records 4710", "records 4712", "records 0"}) {
        programs.install("/inspect", {{line}, {}, 0, false, {}});
        LONGS_EQUAL_TEXT(1, reasons().size(), line);
        STRCMP_CONTAINS(", it had 4711", reasons()[0].c_str());
    }
}

TEST(HealthGate, a_store_that_cannot_be_read_shuts_it) {
    programs.install("/inspect", {{}, {"the database does not answer"}, 1, false, {}});
    CHECK((reasons() == Strings{"the message-store cannot be read: /inspect the database does not answer"}));
    programs.install("/inspect", {{"records many"}, {}, 0, false, {}});
    STRCMP_CONTAINS("did not print a line \"records N\"", reasons().at(0).c_str());
    appliance.stores.clear();
    STRCMP_CONTAINS("knows no store message-store", reasons().at(0).c_str());
}

TEST(HealthGate, addresses_may_take_a_moment) {
    network.come_up_after(5);
    CHECK(reasons().empty());
    CHECK(slept == std::chrono::milliseconds(2500));
}

TEST(HealthGate, an_address_that_does_not_come_up_shuts_it_and_only_after_a_while) {
    auto other = expected.pinned;
    other[0].addresses = {{"192.0.2.99", 24}, {"2001:db8::7", 64}};
    network.set_up(other);
    CHECK((reasons() == Strings{"ens3 lacks the address 192.0.2.7/24 after 60 seconds"}));
    CHECK(slept == std::chrono::seconds(60));
}

TEST(HealthGate, a_test_message_that_does_not_arrive_shuts_it_with_its_reason) {
    programs.install("/health/test-message", {{}, {"it did not arrive"}, 1, false, {}});
    CHECK((reasons() == Strings{"the check test-message: it did not arrive"}));
    programs.install("/health/test-message",
                     {{}, {"later perhaps"}, hooks::runner::exit_try_later, false, {}});
    CHECK((reasons() == Strings{"the check test-message: later perhaps"}));
    programs.install("/health/test-message", {{}, {}, 0, true, {}});
    STRCMP_CONTAINS("took longer", reasons().at(0).c_str());
}

TEST(HealthGate, all_reasons_are_given_at_once) {
    services.crash("postfix.service");
    network.break_with("systemd-networkd: no answer");
    programs.install("/inspect", {{}, {"no database"}, 1, false, {}});
    programs.install("/health/test-message", {{}, {"no answer on port 25"}, 1, false, {}});
    LONGS_EQUAL(4, reasons().size());
}

TEST(HealthGate, a_unit_that_had_not_failed_before_shuts_it_whether_it_is_configured_or_not) {
    for (const char *unit : {"acme-agent.service", "report.service"}) {
        expected.machine =
            MachineRecord{.failed_units = {"old-trouble.service"}, .switched_off_units = {}, .ssh = {}};
        services.install("old-trouble.service", "failed");
        services.install(unit);
        CHECK(reasons().empty());
        services.crash(unit);
        LONGS_EQUAL(1, reasons().size());
        STRCMP_CONTAINS((std::string(unit) + " failed, which it had not before").c_str(),
                        reasons()[0].c_str());
        STRCMP_CONTAINS((std::string("systemctl status ") + unit).c_str(), reasons()[0].c_str());
        services.install(unit);
    }
}

TEST(HealthGate, a_failed_unit_of_the_updater_does_not_shut_it_nor_does_one_of_which_nothing_is_recorded) {
    expected.machine = MachineRecord{};
    for (const char *unit : {"update-check.service", "update-window@3.timer", "update-control-hook.service"})
        services.install(unit, "failed");
    CHECK(reasons().empty());
    services.install("update-of-somebody-else.service", "failed");
    LONGS_EQUAL(1, reasons().size());
    expected.machine.reset();
    CHECK(reasons().empty());
}

TEST(HealthGate, a_unit_that_fails_is_named_once_however_much_it_matters) {
    expected.machine = MachineRecord{};
    services.set_parts("postfix.service", {"postfix@-.service"});
    services.crash("postfix.service");
    services.install("postfix@-.service", "failed");
    CHECK((reasons() == Strings{"postfix.service is failed (failed), not active",
                                "postfix@-.service, a part of postfix.service, failed"}));
}

TEST(HealthGate, units_are_looked_at_when_the_machine_has_started_but_not_for_ever) {
    expected.machine = MachineRecord{};
    services.install("acme-agent.service");
    services.make_machine_start_slow(4, "acme-agent.service");
    LONGS_EQUAL(1, reasons().size());
    CHECK(slept == std::chrono::seconds(2));
    services.install("acme-agent.service");
    services.make_machine_start_slow(100'000);
    CHECK(reasons().empty());
    CHECK(slept == std::chrono::seconds(62));
}

TEST(HealthGate, a_unit_that_is_switched_off_and_did_not_run_before_shuts_it_when_it_runs) {
    services.install("extra.service", "inactive", "disabled");
    services.install("statistics.service", "inactive", "masked");
    services.install("by-hand.service", "active", "disabled");
    expected.machine = record_machine(services, programs, probe, {});
    CHECK((expected.machine->switched_off_units ==
           Strings{"extra.service", "fax.service", "statistics.service"}));
    CHECK(reasons().empty());
    services.install("extra.service", "active", "disabled");
    services.install("new-one.service", "active", "disabled");
    LONGS_EQUAL(1, reasons().size());
    STRCMP_CONTAINS("extra.service runs, although it is switched off", reasons()[0].c_str());
    // The new system has it switched on.
    services.install("extra.service", "active", "enabled");
    CHECK(reasons().empty());
}

TEST(HealthGate, sshd_has_to_answer_where_it_did_and_may_take_a_moment) {
    const network::Endpoint here{"127.0.0.1", 22};
    const network::Endpoint there{"192.0.2.7", 2222};
    expected.machine = MachineRecord{.failed_units = {}, .switched_off_units = {}, .ssh = {here, there}};
    probe.listen_after(here, 3);
    probe.listen(there);
    CHECK(reasons().empty());
    CHECK(slept == std::chrono::milliseconds(1500));
    probe.stop(there);
    LONGS_EQUAL(1, reasons().size());
    STRCMP_CONTAINS(
        "sshd does not answer at 192.0.2.7:2222, as it did before the upgrade: Connection refused",
        reasons()[0].c_str());
    slept = std::chrono::milliseconds(0);
    probe.listen(there, "220 mx1 ESMTP");
    STRCMP_CONTAINS("something else answers: 220 mx1 ESMTP", reasons().at(0).c_str());
    CHECK(slept == std::chrono::seconds(60));
}

TEST(HealthGate, all_that_is_wrong_with_the_machine_is_given_at_once_too) {
    services.install("extra.service", "inactive", "disabled");
    expected.machine = record_machine(services, programs, probe, {});
    expected.machine->ssh = {{"127.0.0.1", 22}};
    services.crash("postfix.service");
    services.crash("acme-agent.service");
    services.install("extra.service", "active", "disabled");
    programs.install("/health/test-message", {{}, {"no answer on port 25"}, 1, false, {}});
    LONGS_EQUAL(5, reasons().size());
}

TEST(HealthGate, a_request_to_stop_is_no_failure) {
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(Cancelled, reasons(stop.get_token()));
}
