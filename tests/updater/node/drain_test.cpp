// Mail that was stopped on request: what survives a restart of the agent, of the appliance, and a job.
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/node/drain.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::node;

namespace {

const char *const order_file = "/data/update-control/drained.json";
const char *const rules_file = "/data/update-control/drained.nft";

/// One start of the agent.
struct DrainingAgent {
    DrainingAgent(partitions_test::FakeStorage &storage, updater_test::FakeMailGate &filter,
                  std::string boot_id)
        : gate(filter),
          drain(
              {storage, {order_file, rules_file}}, {gate, {25}, [] { return std::string("rules"); }},
              std::move(boot_id), [] { return std::chrono::system_clock::time_point(); },
              [this](const std::optional<DrainOrder> &order) { told = order ? order->by : ""; }) {
        drain.at_start();
    }
    std::string told;
    services::SharedMailGate gate;
    Drain drain;
};

} // namespace

TEST_GROUP(Drain) {
    partitions_test::FakeStorage storage;
    updater_test::FakeMailGate filter;

    void setup() override {
        storage.put_directory("/data/update-control");
    }
};

TEST(Drain, closes_the_gate_and_resuming_opens_it) {
    DrainingAgent agent(storage, filter, "boot-1");
    CHECK_FALSE(filter.is_closed());
    agent.drain.begin("root", false);
    CHECK_TRUE(filter.is_closed());
    STRCMP_EQUAL("root", agent.told.c_str());
    CHECK_TRUE(agent.drain.end());
    CHECK_FALSE(filter.is_closed());
    STRCMP_EQUAL("", agent.told.c_str());
    CHECK_FALSE(storage.exists(order_file));
}

TEST(Drain, holds_when_the_gate_cannot_be_opened) {
    DrainingAgent agent(storage, filter, "boot-1");
    agent.drain.begin("root", true);
    filter.make_fail();
    CHECK_THROWS(services::MailGateError, agent.drain.end());
    CHECK_TRUE(agent.drain.order().has_value());
    CHECK_TRUE(storage.exists(order_file) && storage.exists(rules_file));
    filter.repair();
    CHECK_TRUE(agent.drain.end());
    CHECK_FALSE(filter.is_closed() || storage.exists(order_file));
}

TEST(Drain, resuming_what_was_not_ordered_says_so) {
    DrainingAgent agent(storage, filter, "boot-1");
    CHECK_FALSE(agent.drain.end());
}

TEST(Drain, survives_a_restart_of_the_agent) {
    DrainingAgent(storage, filter, "boot-1").drain.begin("root", false);
    filter.open();
    const DrainingAgent after(storage, filter, "boot-1");
    CHECK_TRUE(filter.is_closed());
    STRCMP_EQUAL("root", after.told.c_str());
}

TEST(Drain, ends_with_a_restart_of_the_appliance_unless_it_was_ordered_otherwise) {
    for (const bool keep : {false, true}) {
        DrainingAgent(storage, filter, "boot-1").drain.begin("root", keep);
        filter.open(); // the restart
        CHECK_EQUAL(keep, storage.exists(rules_file));
        DrainingAgent after(storage, filter, "boot-2");
        CHECK_EQUAL(keep, filter.is_closed());
        CHECK_EQUAL(keep, after.drain.order().has_value());
        after.drain.end();
        CHECK_FALSE(storage.exists(rules_file));
    }
}

TEST(Drain, the_last_order_decides_about_the_restart_and_the_first_says_since_when_and_who) {
    DrainingAgent agent(storage, filter, "boot-1");
    agent.drain.begin("root", true);
    agent.drain.begin("eve", false);
    STRCMP_EQUAL("root", agent.drain.order()->by.c_str());
    CHECK_FALSE(agent.drain.order()->keep_over_restart);
    CHECK_FALSE(storage.exists(rules_file));
}

TEST(Drain, outlives_a_job_that_lets_mail_in) {
    DrainingAgent agent(storage, filter, "boot-1");
    agent.drain.begin("root", false);
    agent.gate.close({25});
    agent.gate.open();
    CHECK_TRUE(filter.is_closed());
}

TEST(Drain, an_order_that_cannot_be_read_keeps_no_mail_out) {
    storage.put_file(order_file, "{\"since_utc\":\"yesterday\"}");
    const DrainingAgent agent(storage, filter, "boot-1");
    CHECK_FALSE(filter.is_closed());
    CHECK_FALSE(storage.exists(order_file));
}

TEST(Drain, a_power_cut_leaves_an_order_whole_or_none_and_no_rules_without_an_order) {
    partitions_test::for_each_cut(
        [](partitions_test::FakeStorage &disk) { disk.put_directory("/data/update-control"); },
        [this](partitions_test::FakeStorage &disk) {
            DrainingAgent agent(disk, filter, "boot-1");
            agent.drain.begin("root", true);
            agent.drain.end();
        },
        [this](partitions_test::FakeStorage &rebooted, const std::string &where) {
            CHECK_TRUE_TEXT(!rebooted.exists(rules_file) || rebooted.exists(order_file), where.c_str());
            filter.open();
            const DrainingAgent after(rebooted, filter, "boot-2");
            CHECK_EQUAL_TEXT(filter.is_closed(), after.drain.order().has_value(), where.c_str());
        });
}
