// What the server takes no more of, and what is not worth a report.
#include "tests/updater/hawkbit/device_bench.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using namespace updater::hawkbit;

namespace {

bool is_about_deployment(const Request &request) {
    return request.method == Method::post && request.tail.starts_with("/deploymentBase/");
}

bool is_final(const Request &request) {
    return request.body.find(R"("closed")") != std::string::npos;
}

} // namespace

TEST_GROUP_BASE(Reports, DeviceBench){};

TEST(Reports, that_are_too_many_do_not_keep_back_the_end) {
    for (const long status : {403L, 429L}) {
        server.status_on_the_way = [status](const Request &request) {
            return is_about_deployment(request) && !is_final(request) ? status : 0;
        };
        agent.feed.newer = {{"2.9.1.0", "https://feed/2.9.1.0.fw", "2.8.0.0", false},
                            {"2.8.1.0", "https://feed/2.8.1.0.fw", "2.8.0.0", false}};
        const FakeHawkbit::Action &action = server.assign(status == 403 ? "2.8.1.0" : "2.9.1.0");
        run_for(30min);
        STRCMP_EQUAL("finished", action.state.c_str());
        STRCMP_EQUAL("closed/success", told(server.actions.size()).c_str());
    }
}

TEST(Reports, of_the_end_wait_while_the_server_is_asked_too_often) {
    server.status_on_the_way = [](const Request &request) {
        return is_about_deployment(request) && is_final(request) ? 429 : 0;
    };
    server.assign("2.8.1.0");
    run_for(30min);
    STRCMP_EQUAL("open", server.action(1).state.c_str());
    server.status_on_the_way = nullptr;
    run_for(30min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Reports, of_the_same_hindrance_are_not_made_at_each_poll) {
    agent.feed.newer.clear();
    agent.feed.feed_problem = "the server does not answer";
    server.assign("2.8.1.0");
    run_for(180min);
    STRCMP_EQUAL("scheduled, rejected", told(1).c_str());
}

TEST(Reports, of_progress_are_made_when_something_has_changed_and_after_some_hours) {
    DeviceState state;
    Reporter reporter(
        state, server, [this] { return now; }, [](const std::string &) {});
    struct Row {
        std::chrono::minutes later;
        int percent;
        const char *line;
        std::size_t reports;
    };
    for (const Row &row : {Row{0min, 5, "5 %", 1}, Row{1min, 5, "5 %", 1}, Row{5h, 5, "5 %", 1},
                           Row{1h, 5, "5 %", 2}, Row{0min, 6, "6 %", 2}, Row{1min, 6, "6 %", 3},
                           Row{0min, 16, "16 %", 4}, Row{1min, 16, "another step", 5}}) {
        now += row.later;
        reporter.progress("1", Execution::proceeding, row.percent, row.line);
        // What waits is joined in one report, as lines.
        UNSIGNED_LONGS_EQUAL(1, state.unsent.size());
        UNSIGNED_LONGS_EQUAL(row.reports, state.unsent.front().details.size());
    }
}
