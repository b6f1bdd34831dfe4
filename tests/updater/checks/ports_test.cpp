// Ports that a firmware needs, and who holds them as ss(8) says.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/checks/ports.hpp"
#include "updater/refusal.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

TEST_GROUP(HeldPorts) {
    updater_test::FakeHookRunner programs;

    void answer(std::vector<std::string> lines, std::vector<std::string> errors = {}, int exit_code = 0) {
        programs.install("/usr/bin/ss", {.standard_output = std::move(lines),
                                         .standard_error = std::move(errors),
                                         .exit_code = exit_code,
                                         .effect = nullptr});
    }
};

TEST(HeldPorts, have_their_units) {
    answer({"udp   UNCONN 0      0      127.0.0.53%lo:53        0.0.0.0:*    "
            "cgroup:/system.slice/systemd-resolved.service",
            "tcp   LISTEN 0      100          0.0.0.0:25        0.0.0.0:*    "
            "cgroup:/system.slice/system-postfix.slice/postfix@-.service <->",
            "tcp   LISTEN 0      128             [::]:22           [::]:*    cgroup:/",
            "tcp   LISTEN 0      128                *:8080            *:*",
            "udp   UNCONN 0      0       [fe80::1]%lan:546           [::]:*    "
            "cgroup:/user.slice/user-0.slice/session-3.scope"});
    CHECK((held_ports(programs, {}) == std::vector<HeldPort>{{"udp", 53, "systemd-resolved.service"},
                                                             {"tcp", 25, "postfix@-.service"},
                                                             {"tcp", 22, ""},
                                                             {"tcp", 8080, ""},
                                                             {"udp", 546, "session-3.scope"}}));
}

TEST(HeldPorts, are_not_made_of_anything_else) {
    answer({"", "Netid State", "tcp LISTEN 0 0", "raw UNCONN 0 0 *:25 *:*", "tcp LISTEN 0 0 *:* *:*",
            "tcp LISTEN 0 0 nonsense *:*", "tcp LISTEN 0 0 *:25x *:*"});
    CHECK(held_ports(programs, {}).empty());
}

TEST(HeldPorts, are_unknown_if_they_cannot_be_read) {
    answer({}, {"Cannot open netlink socket"}, 1);
    CHECK_THROWS(PortsUnknown, held_ports(programs, {}));
}

TEST_GROUP(NeededPorts) {
    firmware::Manifest manifest;
    configuration::Services stopped;
    updater_test::FakeServiceManager services;

    void setup() override {
        manifest.required_ports = {{25, "tcp", "postfix.service"}, {514, "udp", "mailsec-log.service"}};
        stopped.units = {{"postfix.service", true}};
        services.set_parts("postfix.service", {"postfix@-.service"});
    }
    std::string refusal(const std::vector<HeldPort> &held) {
        try {
            check_ports(manifest, stopped, services, held);
        } catch (const Refused &refused) {
            return std::string(refused.what()) + " -> " + refused.next_step();
        }
        return "";
    }
};

TEST(NeededPorts, are_free_or_held_by_what_stops) {
    STRCMP_EQUAL("free, or held by what the upgrade stops: tcp port 25 for postfix.service, udp port 514 for "
                 "mailsec-log.service",
                 check_ports(manifest, stopped, services,
                             {{"tcp", 25, "postfix@-.service"},
                              {"tcp", 514, "other.service"},
                              {"udp", 25, "other.service"},
                              {"udp", 514, "mailsec-log.service"}})
                     .c_str());
}

TEST(NeededPorts, of_a_service_that_runs_are_its_own_if_nobody_knows_who_holds_them) {
    CHECK(!refusal({{"tcp", 25, ""}}).empty());
    services.install("postfix.service");
    STRCMP_EQUAL("", refusal({{"tcp", 25, ""}}).c_str());
    CHECK(!refusal({{"tcp", 25, ""}, {"tcp", 25, "exim4.service"}}).empty());
}

TEST(NeededPorts, that_others_hold_are_refused_with_each_holder) {
    STRCMP_EQUAL("tcp port 25, which postfix.service needs, is held by exim4.service; udp port 514, which "
                 "mailsec-log.service needs, is held by an unknown process; udp port 514, which "
                 "mailsec-log.service needs, is held by rsyslog.service -> Stop what holds it or give it "
                 "another port. See who it is: ss -lnp --tcp 'sport = :25'; ss -lnp --udp 'sport = :514'",
                 refusal({{"tcp", 25, "postfix@-.service"},
                          {"tcp", 25, "exim4.service"},
                          {"udp", 514, "rsyslog.service"},
                          {"udp", 514, "rsyslog.service"},
                          {"udp", 514, ""}})
                     .c_str());
}
