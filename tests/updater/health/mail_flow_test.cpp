// Whether mail flows: the gate, the units and the listeners of an appliance in memory, good and bad.
#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/health/mail_flow.hpp"

#include <functional>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::health;

TEST_GROUP(MailFlow) {
    updater_test::FakeServiceManager services;
    updater_test::FakeMailGate gate;
    updater_test::FakeGreetingProbe probe;
    configuration::Appliance appliance;
    std::vector<network::Endpoint> listening{{"127.0.0.1", 25}};
    MailFlow flow{services, gate,
                  [this](std::uint16_t port) {
                      CHECK_EQUAL(25, port);
                      return listening;
                  },
                  probe, appliance};

    void setup() override {
        appliance.mail.unit = "postfix.service";
        appliance.mail.listener_ports = {25};
        appliance.services.units = {
            {"postfix.service", true}, {"filter.service", true}, {"report.service", false}};
        for (const char *unit : {"postfix.service", "postfix@-.service", "filter.service", "report.service"})
            services.install(unit);
        services.set_parts("postfix.service", {"postfix@-.service", "postfix-helper.service"});
        services.install("postfix-helper.service", "inactive");
        probe.listen({"127.0.0.1", 25}, "220 mx1 ESMTP");
    }
    void check_stopped(const MailState &state, const char *problem, const char *advice) {
        CHECK(state.mail == Mail::stopped);
        STRCMP_EQUAL(problem, state.problem.c_str());
        STRCMP_EQUAL(advice, state.advice.c_str());
    }
};

TEST(MailFlow, is_found_when_gate_units_and_listeners_let_it) {
    CHECK((flow.look() == MailState{Mail::flows, "", ""}));
    CHECK((flow.look_for_greetings() == MailState{Mail::flows, "", ""}));
}

TEST(MailFlow, does_not_depend_on_units_that_mail_does_without) {
    services.crash("report.service");
    services.install("filter.service", "inactive", "disabled");
    CHECK(flow.look().mail == Mail::flows);
}

TEST(MailFlow, is_stopped_by_a_unit_and_the_problem_names_it_and_how_to_see_why) {
    const struct {
        std::function<void()> happens;
        const char *problem;
        const char *advice;
    } cases[] = {
        {[this] { services.crash("postfix.service"); }, "postfix.service failed", "journalctl -u postfix -b"},
        {[this] { services.crash("postfix@-.service"); },
         "postfix@-.service, a part of postfix.service, failed", "journalctl -u postfix@- -b"},
        {[this] { services.crash("filter.service"); }, "filter.service failed", "journalctl -u filter -b"},
        {[this] { services.install("filter.service", "inactive"); }, "filter.service does not run",
         "systemctl start filter # why it ended: journalctl -u filter -b"},
        {[this] { services.install("postfix.service", "inactive", "disabled"); },
         "postfix.service does not run", "systemctl start postfix # why it ended: journalctl -u postfix -b"},
        {[this] { services.install("postfix.service", "inactive", "masked"); },
         "postfix.service is masked and does not run", "systemctl unmask postfix && systemctl start postfix"},
        {[this] { services.install("postfix.service", "activating"); }, "postfix.service is starting",
         "systemctl status postfix"},
        {[this] { appliance.mail.unit = "exim.service"; }, "exim.service is not installed",
         "systemctl status exim"}};
    for (const auto &row : cases) {
        row.happens();
        check_stopped(flow.look(), row.problem, row.advice);
        check_stopped(flow.look_for_greetings(), row.problem, row.advice);
        setup();
    }
}

TEST(MailFlow, is_stopped_by_a_gate_that_stayed_closed) {
    gate.close({25});
    check_stopped(flow.look(), "the mail gate refuses mail from outside",
                  "nft delete table inet update_control");
}

TEST(MailFlow, that_was_stopped_on_request_is_stopped_without_a_problem) {
    MailFlow drained{services, gate,      [this](std::uint16_t) { return listening; },
                     probe,    appliance, [] { return "update-control --drain --keep-over-restart"; }};
    gate.close({25});
    CHECK(drained.look() == (MailState{Mail::stopped, "", ""}));
    CHECK(drained.look_for_greetings() == (MailState{Mail::stopped, "", ""}));
    services.crash("postfix.service");
    check_stopped(drained.look(), "postfix.service failed", "journalctl -u postfix -b");
    setup();
    gate.open();
    const MailState opened = drained.look();
    CHECK(opened.mail == Mail::flows);
    STRCMP_CONTAINS("something else opened the mail gate", opened.problem.c_str());
    STRCMP_EQUAL("update-control --drain --keep-over-restart", opened.advice.c_str());
}

TEST(MailFlow, is_stopped_when_nothing_listens_although_the_unit_runs) {
    listening.clear();
    check_stopped(flow.look(), "nothing listens at port 25, although postfix.service runs",
                  "journalctl -u postfix -b");
}

TEST(MailFlow, is_stopped_when_the_mail_server_does_not_greet) {
    probe.stop({"127.0.0.1", 25});
    CHECK(flow.look().mail == Mail::flows); // it does not ask for a greeting
    check_stopped(flow.look_for_greetings(),
                  "the mail server at 127.0.0.1:25 does not greet: Connection refused",
                  "journalctl -u postfix -b");
    probe.listen({"127.0.0.1", 25}, "421 mx1 too busy");
    check_stopped(flow.look_for_greetings(), "the mail server at 127.0.0.1:25 refuses mail: 421 mx1 too busy",
                  "journalctl -u postfix -b");
}

TEST(MailFlow, is_unknown_when_systemd_does_not_answer) {
    services.make_silent();
    const MailState state = flow.look();
    CHECK(state.mail == Mail::unknown);
    STRCMP_CONTAINS("does not answer", state.problem.c_str());
    STRCMP_EQUAL("systemctl status postfix", state.advice.c_str());
}
