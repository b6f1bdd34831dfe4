// When the watch looks, when it waits for greetings, and that it tells what it found.
#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/agent/mail_watch.hpp"

#include <atomic>
#include <semaphore>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using health::Mail;

namespace {

class CountingProbe : public updater_test::FakeGreetingProbe {
  public:
    network::Greeting greeting_of(const network::Endpoint &endpoint,
                                  std::chrono::milliseconds limit) override {
        ++greetings;
        return FakeGreetingProbe::greeting_of(endpoint, limit);
    }
    std::atomic<int> greetings = 0;
};

} // namespace

TEST_GROUP(MailWatch) {
    updater_test::FakeServiceManager services;
    updater_test::FakeMailGate gate;
    CountingProbe probe;
    configuration::Appliance appliance;
    health::MailFlow flow{services, gate,
                          [](std::uint16_t port) {
                              return std::vector<network::Endpoint>{{"127.0.0.1", port}};
                          },
                          probe, appliance};
    health::MailState told;
    MailWatch watch{flow, [this](const health::MailState &found) { told = found; }};

    void setup() override {
        appliance.mail.unit = "postfix.service";
        appliance.mail.listener_ports = {25};
        services.install("postfix.service");
        probe.listen({"127.0.0.1", 25}, "220 mx1 ESMTP");
    }
};

TEST(MailWatch, tells_what_happened_outside_a_job_too) {
    watch.look_again();
    CHECK(told.mail == Mail::flows);
    services.crash("postfix.service");
    watch.look_again();
    STRCMP_EQUAL("postfix.service failed", told.problem.c_str());
}

TEST(MailWatch, waits_for_a_greeting_once_in_many_looks) {
    watch.look_again();
    CHECK_EQUAL(1, probe.greetings);
    for (int look = 1; look < MailWatch::looks_for_one_greeting; ++look)
        watch.look_again();
    CHECK_EQUAL(1, probe.greetings);
    watch.look_again();
    CHECK_EQUAL(2, probe.greetings);
}

TEST(MailWatch, says_that_mail_flows_again_only_after_a_greeting) {
    watch.look_now();
    services.crash("postfix.service");
    watch.look_again();
    services.install("postfix.service");
    probe.stop({"127.0.0.1", 25});
    watch.look_again();
    CHECK(told.mail == Mail::stopped);
    probe.listen({"127.0.0.1", 25}, "220 mx1 ESMTP");
    watch.look_again();
    CHECK(told.mail == Mail::flows);
}

TEST(MailWatch, looks_at_once_when_it_is_asked_to) {
    std::counting_semaphore<> looked{0};
    MailWatch asked{flow, [&looked](const health::MailState &) { looked.release(); }};
    asked.begin();
    asked.look_soon();
    for (int look = 0; look < 3; ++look) // before the thread begins, by itself, and because it was asked
        looked.acquire();
    asked.stop();
}
