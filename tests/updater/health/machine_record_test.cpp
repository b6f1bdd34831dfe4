// What is noted of a machine before its upgrade, and how it travels to the new system.
#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/cancelled.hpp"
#include "updater/health/machine_record.hpp"
#include "updater/health/secure_shell.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::health;
using Strings = std::vector<std::string>;
using Endpoints = std::vector<network::Endpoint>;

TEST_GROUP(MachineRecord) {
    FakeServiceManager services;
    FakeHookRunner programs;
    FakeGreetingProbe probe;

    void sshd_says(Strings lines, int exit_code = 0) {
        FakeHookRunner::Script script;
        script.standard_output = std::move(lines);
        script.exit_code = exit_code;
        programs.install("/usr/sbin/sshd", script);
    }
    Endpoints ssh() {
        return ssh_endpoints_that_answer(programs, probe, {});
    }
};

TEST(MachineRecord, knows_where_a_listen_address_of_sshd_is_reached) {
    struct Case {
        const char *line;
        network::Endpoint expected;
    };
    for (const auto &[line, expected] : std::vector<Case>{
             {"listenaddress 0.0.0.0:22", {"127.0.0.1", 22}},
             {"listenaddress [::]:2222", {"::1", 2222}},
             {"listenaddress 192.0.2.7:22", {"192.0.2.7", 22}},
             {"listenaddress [fe80::1%br0]:22", {"fe80::1%br0", 22}},
             {"listenaddress 192.0.2.7:22 rdomain red", {"192.0.2.7", 22}},
         }) {
        network::Endpoint found;
        CHECK_TEXT(parse_listen_address(line, found), line);
        CHECK_TEXT(found == expected, line);
    }
    network::Endpoint none;
    for (const char *line :
         {"port 22", "listenaddress", "listenaddress 192.0.2.7", "listenaddress 192.0.2.7:", "",
          "listenaddress 192.0.2.7:0", "listenaddress 192.0.2.7:70000", "permitlisten any:1"})
        CHECK_FALSE_TEXT(parse_listen_address(line, none), line);
}

TEST(MachineRecord, holds_where_sshd_answers_not_where_it_only_should) {
    sshd_says({"port 22", "listenaddress 0.0.0.0:22", "listenaddress 127.0.0.1:22", "listenaddress [::]:22",
               "listenaddress 192.0.2.7:2222", "listenaddress 192.0.2.7:25"});
    probe.listen({"127.0.0.1", 22});
    probe.listen({"192.0.2.7", 2222});
    probe.listen({"192.0.2.7", 25}, "220 mx1 ESMTP");
    CHECK((ssh() == Endpoints{{"127.0.0.1", 22}, {"192.0.2.7", 2222}}));
    const auto &call = programs.calls().front();
    CHECK((call.arguments == Strings{"-T"}));
    CHECK(call.root == "/");
    CHECK_FALSE(call.private_network);
}

TEST(MachineRecord, requires_nothing_of_an_sshd_that_is_not_there_or_does_not_say) {
    probe.listen({"127.0.0.1", 22});
    CHECK(ssh().empty());
    sshd_says({}, 255);
    CHECK(ssh().empty());
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(Cancelled, ssh_endpoints_that_answer(programs, probe, stop.get_token()));
}

TEST(MachineRecord, holds_what_has_failed_and_what_is_switched_off) {
    services.install("postfix.service");
    services.install("broken.service", "failed");
    services.install("extra.service", "inactive", "disabled");
    services.install("by-hand.service", "active", "disabled");
    const auto record = record_machine(services, programs, probe, {});
    CHECK((record.failed_units == Strings{"broken.service"}));
    CHECK((record.switched_off_units == Strings{"extra.service"}));
}

TEST(MachineRecord, travels_as_json_and_is_nothing_where_nothing_was_recorded) {
    const MachineRecord record{{"broken.service"}, {"extra.service"}, {{"::1", 22}}};
    CHECK(machine_record_from(to_json(record)) == record);
    CHECK(machine_record_from(to_json(MachineRecord{})) == MachineRecord{});
    CHECK_FALSE(machine_record_from(nlohmann::json::object()).has_value());
}
