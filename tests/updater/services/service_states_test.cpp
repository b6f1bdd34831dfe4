// Units that ran run again afterwards, the others stay as they were.
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/services/service_states.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::services;
using namespace updater_test;
using Strings = std::vector<std::string>;

TEST_GROUP(ServiceStates) {
    FakeServiceManager manager;
    configuration::Services configured{
        {{"postfix.service", true}, {"filter.service", true}, {"report.service"}, {"old.service"}},
        std::chrono::seconds(180),
        std::chrono::seconds(300)};
    OnStep on_step = [](std::string_view) {};

    void setup() override {
        manager.install("postfix.service");
        manager.install("filter.service");
        manager.install("report.service", "inactive", "disabled");
        manager.install("old.service", "inactive", "masked");
    }
    void stop_all() {
        for (const configuration::ServiceUnit &unit : configured.units)
            manager.stop(unit.name, configured.stop_timeout);
    }
};

TEST(ServiceStates, only_what_ran_is_started_again_and_in_reverse) {
    const ServiceStates before = record_services(manager, configured);
    stop_all();
    start_services(manager, configured, before, on_step);
    const Strings started(manager.calls().begin() + 4, manager.calls().end());
    CHECK((started == Strings{"start filter.service", "start postfix.service"}));
    CHECK(record_services(manager, configured) == before);
}

TEST(ServiceStates, units_that_the_new_release_adds_run_unless_they_are_switched_off) {
    const ServiceStates before = record_services(manager, configured);
    configured.units = {{"renamed-filter.service", true}, {"static.service"},  {"disabled.service", true},
                        {"masked.service", true},         {"runtime.service"}, {"postfix.service", true}};
    manager.install("renamed-filter.service", "inactive", "enabled");
    manager.install("static.service", "inactive", "static");
    manager.install("disabled.service", "inactive", "disabled");
    manager.install("masked.service", "inactive", "masked");
    manager.install("runtime.service", "inactive", "masked-runtime");
    start_services(manager, configured, before, on_step);
    CHECK((manager.calls() ==
           Strings{"start postfix.service", "start static.service", "start renamed-filter.service"}));
}

TEST(ServiceStates, what_runs_although_it_is_switched_off_is_not_started_again_and_does_not_fail_anything) {
    struct Case {
        const char *load_state;
        const char *file_state;
        bool can_be_started;
    };
    for (const Case &each : {Case{"masked", "masked", false}, Case{"loaded", "disabled", true}}) {
        manager.install("report.service", "active", each.file_state);
        manager.runs_although("report.service", each.load_state);
        const ServiceStates before = record_services(manager, configured);
        CHECK(before.find("report.service")->switched_off);
        CHECK(nlohmann::json::parse(nlohmann::json(before).dump()).get<ServiceStates>() == before);
        stop_all();
        start_services(manager, configured, before, on_step);
        CHECK_FALSE(manager.state("report.service").is_active());
        CHECK(start_services_as_far_as_possible(manager, configured, before, on_step).empty());
        CHECK_FALSE(manager.state("report.service").is_active());
        // Without a restart of the machine the appliance is as it was, as far as anybody can start it.
        const auto failures = start_again_what_ran(manager, configured, before, on_step);
        LONGS_EQUAL(each.can_be_started ? 0 : 1, failures.size());
        CHECK_EQUAL(each.can_be_started, manager.state("report.service").is_active());
    }
}

TEST(ServiceStates, what_is_masked_until_the_next_restart_runs_after_it) {
    manager.install("report.service", "active", "masked-runtime");
    manager.runs_although("report.service", "masked");
    const ServiceStates before = record_services(manager, configured);
    CHECK_FALSE(before.find("report.service")->switched_off);
    stop_all();
    start_services(manager, configured, before, on_step); // still masked
    CHECK_FALSE(manager.state("report.service").is_active());
    manager.install("report.service", "inactive", "enabled");
    start_services(manager, configured, before, on_step);
    CHECK(manager.state("report.service").is_active());
}

TEST(ServiceStates, what_is_masked_meanwhile_is_not_started_either) {
    const ServiceStates before = record_services(manager, configured);
    manager.install("filter.service", "inactive", "masked");
    start_services(manager, configured, before, on_step);
    CHECK((manager.calls() == Strings{"start postfix.service"}));
}

TEST(ServiceStates, a_unit_that_was_still_starting_is_started_again) {
    manager.install("report.service", "activating");
    CHECK(record_services(manager, configured).was_active("report.service"));
}

TEST(ServiceStates, an_undo_starts_what_it_can_and_names_the_rest) {
    const ServiceStates before = record_services(manager, configured);
    stop_all();
    manager.make_start_fail("filter.service");
    const auto failures = start_services_as_far_as_possible(manager, configured, before, on_step);
    LONGS_EQUAL(1, failures.size());
    STRCMP_EQUAL("filter.service", failures[0].unit.c_str());
    STRCMP_CONTAINS("filter.service did not start", failures[0].reason.c_str());
    CHECK(manager.state("postfix.service").is_active());
}

TEST(ServiceStates, reach_the_new_system_through_the_journal) {
    const ServiceStates before = record_services(manager, configured);
    const std::string journal = nlohmann::json(before).dump();
    CHECK(nlohmann::json::parse(journal).get<ServiceStates>() == before);
}

TEST(ServiceStates, a_format_of_the_future_is_an_error) {
    const nlohmann::json future = {{"format", 2}, {"units", nlohmann::json::array()}};
    CHECK_THROWS(std::runtime_error, future.get<ServiceStates>());
}

TEST_GROUP(SendersStillConnected) {
    FakeMailGate gate;
};

TEST(SendersStillConnected, are_waited_for) {
    gate.connect(2);
    LONGS_EQUAL(0, wait_for_senders(gate, {25}, std::chrono::seconds(60)));
}

TEST(SendersStillConnected, are_not_waited_for_forever) {
    gate.connect(1000000);
    CHECK(wait_for_senders(gate, {25}, std::chrono::seconds(0)) > 0);
}
