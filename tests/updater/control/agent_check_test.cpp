// What a load balancer is told of this node.
#include "updater/control/agent_check.hpp"

#include <CppUTest/TestHarness.h>

using nlohmann::json;
using namespace updater::control;

namespace {

json drained() {
    return {{"state", "idle"}, {"mail", "stopped"}, {"mail_problem", nullptr}, {"drained", {{"by", "root"}}}};
}

} // namespace

TEST_GROUP(AgentCheck){};

TEST(AgentCheck, a_load_balancer_is_told_in_one_line_whether_mail_is_wanted) {
    const auto state = [](const char *activity, const char *mail) {
        return json{{"state", activity}, {"mail", mail}, {"mail_problem", nullptr}};
    };
    const auto with = [](json document, const char *name, const json &value) {
        document[name] = value;
        return document;
    };
    const json problem = {{"text", "postfix.service failed"}};
    const struct {
        json state;
        const char *line;
    } cases[] = {
        {state("idle", "flows"), "ready up\n"},
        {state("running", "flows"), "ready up\n"},
        {with(state("running", "flows"), "seconds_until_mail_stop", 61), "ready up\n"},
        {with(state("running", "flows"), "seconds_until_mail_stop", 60), "drain\n"},
        {drained(), "drain\n"},
        {with(drained(), "mail", "flows"), "drain\n"},
        {state("running", "stopped"), "maint\n"},
        {with(drained(), "state", "running"), "maint\n"},
        {state("restarting", "flows"), "maint\n"},
        {state("rolling-back", "unknown"), "maint\n"},
        {with(state("idle", "stopped"), "mail_problem", problem), "down #postfix.service failed\n"},
        {with(state("running", "stopped"), "mail_problem", problem), "down #postfix.service failed\n"},
        {state("idle", "unknown"), "down #whether mail flows is not known\n"},
        {json::object(), "down #whether mail flows is not known\n"},
    };
    for (const auto &row : cases)
        STRCMP_EQUAL_TEXT(row.line, agent_check_line(row.state).c_str(), row.state.dump().c_str());
    STRCMP_EQUAL("down #agent does not answer\n", agent_check_line_without_agent().c_str());
    STRCMP_EQUAL("\n", agent_check_line_of_busy_agent().c_str());
}
