// update-control --drain, --resume, --role and --test-message: the real program, a real bus, the real bus
// object, a node in memory.
#include "tests/support/served_agent.hpp"
#include "tests/updater/control/program.hpp"
#include "updater/control/node_reports.hpp"
#include "updater/control/reports.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using nlohmann::json;
using namespace updater::control;

namespace {

json waiting_message() {
    return {{"id", "4Xy"},
            {"arrived", "2026-12-01T00:00:00+00:00"},
            {"age_seconds", 600},
            {"recipients", 2},
            {"reason", "connect to 10.0.0.1: timed out"}};
}

json drained_state() {
    return {{"format", 1},
            {"state", "idle"},
            {"mail", "stopped"},
            {"mail_problem", nullptr},
            {"drained",
             {{"since", "2026-12-01T00:10:00+00:00"},
              {"by", "root"},
              {"keep_over_restart", false},
              {"queue_length", 3},
              {"connections", 1},
              {"looked", "2026-12-01T00:10:02+00:00"},
              {"problem", nullptr}}}};
}

} // namespace

TEST_GROUP(NodeProgram) {
    PrivateBus bus;
    ServedAgent served{bus};

    Ended run(const std::vector<std::string> &arguments) const {
        return Program(arguments, {bus.address(), false}).wait();
    }
    FakeNode &node() {
        return served.agent.fake_node;
    }
};

TEST(NodeProgram, draining_waits_until_the_queue_is_empty) {
    node().messages = json::array({waiting_message()});
    node().looks_until_empty = 2;
    const Ended ended = run({"--drain", "--wait", "60"});
    CHECK_EQUAL(0, ended.exit_code);
    STRCMP_CONTAINS("the queue is empty", ended.output.c_str());
    CHECK_TRUE(node().is_drained);
    LONGS_EQUAL(60, node().last_wish.awaited.count());
    LONGS_EQUAL(getuid(), node().last_wish.user);
    CHECK_FALSE(node().last_wish.keep_over_restart);
}

TEST(NodeProgram, what_remains_when_the_time_is_over_is_listed_and_mail_stays_stopped) {
    node().messages = json::array({waiting_message()});
    const Ended ended = run({"--drain", "--wait", "0"});
    CHECK_EQUAL(12, ended.exit_code);
    STRCMP_CONTAINS("after 0 s 1 message waits in the queue", ended.output.c_str());
    STRCMP_CONTAINS("4Xy  10 min", ended.output.c_str());
    STRCMP_CONTAINS("2 recipients  connect to 10.0.0.1: timed out", ended.output.c_str());
    CHECK_TRUE(node().is_drained);
    const Ended as_json = run({"--drain", "--wait", "0", "--json"});
    CHECK_EQUAL(12, as_json.exit_code);
    LONGS_EQUAL(2, json::parse(as_json.output)["messages"][0]["recipients"].get<int>());
}

TEST(NodeProgram, a_queue_that_cannot_be_listed_is_not_called_empty) {
    node().problem = "this product has no program cluster.d/queue";
    const Ended ended = run({"--drain"});
    CHECK_EQUAL(1, ended.exit_code);
    STRCMP_CONTAINS("is not known: this product has no program", ended.output.c_str());
    CHECK_TRUE(node().is_drained);
}

TEST(NodeProgram, draining_can_be_ordered_over_a_restart_and_without_waiting) {
    CHECK_EQUAL(0, run({"--drain", "--keep-over-restart", "--no-wait"}).exit_code);
    CHECK_TRUE(node().last_wish.keep_over_restart);
    LONGS_EQUAL(0, node().last_wish.awaited.count());
}

TEST(NodeProgram, the_status_of_a_drained_node_says_so_and_is_no_problem) {
    node().is_drained = true;
    served.agent.status.mail({updater::health::Mail::stopped, "", ""});
    const Ended ended = run({"-s"});
    CHECK_EQUAL(0, ended.exit_code);
    STRCMP_CONTAINS("stopped: drained on request since 2026-12-01 00:10:00 +00:00 by root",
                    ended.output.c_str());
    STRCMP_CONTAINS("update-control --resume", ended.output.c_str());
}

TEST(NodeProgram, resuming_can_be_repeated_and_gives_way_to_a_job) {
    node().is_drained = true;
    const Ended ended = run({"--resume"});
    CHECK_EQUAL(0, ended.exit_code);
    STRCMP_CONTAINS("accepted again", ended.output.c_str());
    CHECK_FALSE(node().is_drained);
    STRCMP_CONTAINS("nothing was changed", run({"--resume"}).output.c_str());
    node().job_keeps_mail_back = true;
    CHECK_EQUAL(4, run({"--resume"}).exit_code);
}

TEST(NodeProgram, the_role_is_shown_taken_and_given) {
    const Ended none = run({"--role", "show"});
    CHECK_EQUAL(1, none.exit_code);
    STRCMP_CONTAINS("has no roles", none.errors.c_str());
    node().role = "secondary";
    STRCMP_CONTAINS("secondary", run({"--role", "show"}).output.c_str());
    STRCMP_CONTAINS("primary", run({"--role", "take"}).output.c_str());
    STRCMP_CONTAINS("Role", run({"-s"}).output.c_str());
    STRCMP_CONTAINS("secondary", run({"--role", "give"}).output.c_str());
    node().refuses_role = "the peer is away";
    const Ended refused = run({"--role", "take"});
    CHECK_EQUAL(1, refused.exit_code);
    STRCMP_CONTAINS("the peer is away", refused.output.c_str());
}

TEST(NodeProgram, a_test_message_says_how_long_it_took_or_why_it_did_not_pass) {
    const Ended ended = run({"--test-message"});
    CHECK_EQUAL(0, ended.exit_code);
    STRCMP_CONTAINS("It took 800 ms.", ended.output.c_str());
    node().test_fails = "Postfix did not take it";
    const Ended failed = run({"--test-message", "--json"});
    CHECK_EQUAL(1, failed.exit_code);
    STRCMP_EQUAL("failed", json::parse(failed.output)["last"]["result"].get<std::string>().c_str());
}

TEST(NodeProgram, what_somebody_else_asked_for_meanwhile_is_no_answer) {
    node().role = "secondary";
    node().others_ask = true;
    for (const std::vector<std::string> &arguments :
         {std::vector<std::string>{"--role", "take"}, {"--test-message"}}) {
        const Ended ended = run(arguments);
        CHECK_TRUE(ended.exit_code != 0);
        STRCMP_CONTAINS("what became of it is not known", ended.errors.c_str());
        STRCMP_EQUAL("", ended.output.c_str());
    }
}

TEST_GROUP(NodeReports){};

TEST(NodeReports, a_drained_node_is_told_of_in_a_line_after_a_job_too) {
    STRCMP_EQUAL("Mail is stopped: drained on request since 2026-12-01 00:10:00 +00:00 by root; to accept it "
                 "again: update-control --resume\n",
                 mail_report(drained_state()).c_str());
    CHECK_FALSE(is_mail_stopped(drained_state()));
    STRCMP_CONTAINS("3 messages wait in the queue, 1 sender is still connected",
                    status_report(drained_state()).c_str());
}

TEST(NodeReports, a_problem_beside_the_order_is_told_first) {
    json state = drained_state();
    state["mail_problem"] = {{"text", "postfix.service failed"}, {"advice", "journalctl -u postfix -b"}};
    STRCMP_CONTAINS("stopped: postfix.service failed", status_report(state).c_str());
    STRCMP_CONTAINS("3 messages wait", status_report(state).c_str());
    CHECK_TRUE(is_mail_stopped(state));
}

TEST(NodeReports, an_opened_gate_is_not_called_stopped) {
    json state = drained_state();
    state["mail"] = "flows";
    state["mail_problem"] = {{"text", "something else opened the mail gate"},
                             {"advice", "update-control --drain"}};
    STRCMP_CONTAINS("Mail flows: something else opened the mail gate", mail_report(state).c_str());
}

TEST(NodeReports, agents_of_other_releases_know_no_order) {
    for (const json &state : {json{{"mail", "stopped"}}, json{{"drained", nullptr}}, json{{"drained", 7}}}) {
        STRCMP_EQUAL("", drained_text(state).c_str());
        STRCMP_EQUAL("", role_report(state).c_str());
    }
}
