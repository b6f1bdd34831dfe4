// The client against a server and an agent that behave: what is ordered, and what the server is told.
#include "tests/support/fake_hawkbit.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/simulated_agent.hpp"
#include "updater/hawkbit/device.hpp"
#include "updater/hawkbit/status_report.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace std::chrono_literals;
using namespace updater;
using namespace updater::hawkbit;

namespace {

OfferedFirmware offer(const std::string &version, const std::string &minimum, bool stone = false) {
    return {version, "https://feed/" + version + ".fw", minimum, stone};
}

std::string joined(const std::vector<std::string> &words) {
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

TEST_GROUP(Device) {
    std::chrono::system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
    std::string fate = "succeeded";
    FakeHawkbit server;
    SimulatedAgent agent{"2.8.0.0", [this] { return now; }, 60s,
                         [this](const std::string &) { return fate; }};
    partitions_test::FakeStorage storage;
    DeviceSettings settings;
    std::unique_ptr<StateFile> file;
    std::unique_ptr<Device> device;
    std::vector<std::string> said;

    void setup() override {
        storage.put_directory("/data");
        agent.feed.has_feed = true;
        agent.feed.newer = {offer("2.9.0.0", "2.8.1.0"), offer("2.8.1.0", "2.8.0.0")};
        settings.product = "mailsec";
        start();
    }
    void start() {
        device.reset();
        file = std::make_unique<StateFile>(storage, "/data/state.json");
        device = std::make_unique<Device>(
            settings, server, agent, *file, [this] { return now; },
            [this](const std::string &line) { said.push_back(line); });
    }
    std::chrono::milliseconds poll() {
        return device->poll();
    }
    /// As the program does: at the agent's signals, and when it is time to poll.
    void run_for(std::chrono::minutes time, bool restarts = false) {
        const auto end = now + time;
        auto next_poll = now;
        while (now < end) {
            if (restarts)
                start();
            const auto change = agent.changes_at();
            now = std::min(change ? std::min(*change, next_poll) : next_poll, end);
            if (change && now >= *change && device->agent_changed())
                next_poll = now;
            if (now >= next_poll)
                next_poll = now + poll();
        }
    }
    void check_told(std::size_t action, const char *expected) {
        STRCMP_EQUAL(expected, joined(server.action(action).told).c_str());
    }
    void check_orders(const char *expected) {
        STRCMP_EQUAL(expected, joined(agent.orders).c_str());
    }
};

TEST(Device, does_nothing_where_the_server_wants_nothing) {
    run_for(60min);
    check_orders("");
    CHECK(server.polls >= 12 && server.polls < 16);
    STRCMP_EQUAL("", device->status()["problem"].get<std::string>().c_str());
}

TEST(Device, installs_the_version_that_is_ordered_and_says_so_after_the_commit) {
    server.assign("2.8.1.0");
    run_for(9min);
    STRCMP_EQUAL("open", server.action(1).state.c_str());
    run_for(10min);
    check_orders("install 2.8.1.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
    STRCMP_EQUAL("closed/success", server.action(1).told.back().c_str());
    STRCMP_EQUAL("version 2.8.1.0 runs and is committed", server.action(1).details.back().c_str());
    CHECK(joined(server.action(1).told).starts_with("scheduled, proceeding"));
    CHECK(joined(server.action(1).told).find("resumed") != std::string::npos);
    CHECK(server.action(1).told.size() < 14);
}

TEST(Device, says_why_an_installation_failed_and_then_what_runs) {
    struct Row {
        const char *fate;
        const char *detail;
    };
    for (const Row &row :
         {Row{"rolled-back",
              "the installation of 2.8.1.0 rolled-back: the simulated reason; version 2.8.0.0 runs"},
          Row{"refused", "the installation of 2.8.1.0 refused: the simulated reason; version 2.8.0.0 runs"},
          Row{"failed", "the installation of 2.8.1.0 failed: the simulated reason; version 2.8.0.0 runs"}}) {
        fate = row.fate;
        server.installed_base.clear();
        FakeHawkbit::Action &action = server.assign("2.8.1.0");
        run_for(20min);
        STRCMP_EQUAL("error", action.state.c_str());
        STRCMP_EQUAL(row.detail, action.details.back().c_str());
        STRCMP_EQUAL(R"({"name":"firmware","version":"2.8.0.0"})", server.installed_base.c_str());
    }
}

TEST(Device, names_no_version_where_the_server_named_none) {
    settings.module = "firmware";
    server.module = "something-else";
    start();
    server.assign("2.8.1.0");
    poll();
    poll();
    check_told(1, "closed/failure");
    check_orders("");
    LONGS_EQUAL(1, said.size());
    STRCMP_CONTAINS("has ended: failure, the server's deployment has no software module",
                    said.front().c_str());
    STRCMP_CONTAINS(
        "\nlast:     failure: the server's deployment has no software module that is the firmware, "
        "firmware (1)\n",
        status_report(device->status()).c_str());
}

TEST(Device, takes_the_stepping_stones_on_the_way) {
    server.assign("2.9.0.0");
    run_for(40min);
    check_orders("install 2.8.1.0, install 2.9.0.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, installs_the_ordered_version_though_the_feed_leads_further) {
    agent.feed.newer = {offer("2.9.0.0", "2.8.0.0"), offer("2.8.1.0", "2.8.0.0")};
    server.assign("2.8.1.0");
    run_for(20min);
    check_orders("install 2.8.1.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, fails_at_once_with_the_reason_where_the_feed_cannot_help) {
    EndedJob failed;
    failed.to = "2.8.1.0";
    failed.reason = "the store <x> & its format";
    struct Row {
        const char *version;
        const char *detail;
    };
    for (const Row &row :
         {Row{"2.8.5.0", "version 2.8.5.0 is not in the vendor's feed"},
          Row{"2.7.0.0", "version 2.7.0.0 is older than 2.8.0.0, which runs; to go back use "
                         "update-control --rollback at the appliance"},
          Row{"2.9.0.0", "no step of the feed leads from 2.8.0.0 to 2.9.0.0"},
          Row{"2.8.1.0", "version 2.8.1.0 failed on this appliance before: the store x  its format"}}) {
        agent.feed.newer = {offer("2.9.0.0", "2.8.2.0"), offer("2.8.1.0", "2.8.0.0")};
        agent.feed.failed = {failed};
        FakeHawkbit::Action &action = server.assign(row.version);
        run_for(1min);
        STRCMP_EQUAL("error", action.state.c_str());
        STRCMP_EQUAL(row.detail, action.details.back().c_str());
    }
    check_orders("");
    CHECK(agent.refreshes >= 4);
}

TEST(Device, fails_an_action_that_names_no_version) {
    for (const char *version : {"newest", "https://elsewhere/x.fw", "/etc/passwd", "2.8"}) {
        FakeHawkbit::Action &action = server.assign(version);
        run_for(1min);
        STRCMP_EQUAL("error", action.state.c_str());
    }
    check_orders("");
}

TEST(Device, tries_again_while_the_feed_cannot_be_fetched) {
    agent.feed.newer.clear();
    agent.feed.feed_problem = "the server does not answer";
    server.assign("2.8.1.0");
    run_for(11min);
    STRCMP_EQUAL("open", server.action(1).state.c_str());
    CHECK(joined(server.action(1).told).find("rejected") != std::string::npos);
    agent.feed.feed_problem.clear();
    agent.feed.newer = {offer("2.8.1.0", "2.8.0.0")};
    run_for(20min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, succeeds_at_once_where_the_version_runs_already) {
    server.assign("2.8.0.0");
    run_for(1min);
    check_orders("");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, only_downloads_while_the_window_is_closed) {
    server.assign("2.8.1.0").window = "unavailable";
    run_for(30min);
    check_orders("download 2.8.1.0");
    check_told(1, "scheduled, download, download, downloaded");
    STRCMP_EQUAL("waiting", device->status()["action"]["step"].get<std::string>().c_str());
    server.action(1).window = "available";
    run_for(20min);
    check_orders("download 2.8.1.0, install 2.8.1.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, asks_for_a_deployment_only_when_it_has_changed) {
    server.assign("2.8.1.0").window = "unavailable";
    run_for(24h);
    LONGS_EQUAL(1, std::ranges::count_if(server.requests, [](const std::string &request) {
                    return request.starts_with("GET /deploymentBase/");
                }));
}

TEST(Device, only_downloads_what_is_not_to_be_installed) {
    server.assign("2.8.1.0").update = "skip";
    run_for(30min);
    check_orders("download 2.8.1.0");
    STRCMP_EQUAL("open", server.action(1).state.c_str());
}

TEST(Device, lets_a_postponement_at_the_appliance_hold_back_what_is_not_forced) {
    agent.postponed = true;
    server.assign("2.8.1.0").update = "attempt";
    run_for(30min);
    check_orders("download 2.8.1.0");
    server.action(1).update = "forced";
    run_for(20min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, lets_another_job_end_first) {
    agent.begin_foreign_job("2.8.1.0");
    server.assign("2.9.0.0");
    run_for(5min);
    check_orders("");
    run_for(30min);
    check_orders("install 2.9.0.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, takes_the_same_installation_of_somebody_else_for_its_own) {
    agent.begin_foreign_job("2.8.1.0");
    server.assign("2.8.1.0");
    run_for(20min);
    check_orders("");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, never_cancels_what_a_person_has_begun) {
    server.sleep = "00:01:00";
    agent.begin_foreign_job("2.8.1.0");
    server.assign("2.8.1.0");
    run_for(1min);
    server.action(1).cancelling = true;
    run_for(2min, true);
    CHECK(joined(server.action(1).told).find("cancel rejected") != std::string::npos);
    CHECK(joined(server.action(1).details).find("was begun at the appliance, and goes on") !=
          std::string::npos);
    run_for(20min);
    check_orders("");
    STRCMP_EQUAL("2.8.1.0", agent.state().running_version.c_str());
}

TEST(Device, lets_go_what_a_person_has_begun_and_the_server_no_longer_wants) {
    server.sleep = "00:01:00";
    agent.begin_foreign_job("2.8.1.0");
    server.assign("2.8.1.0");
    run_for(1min);
    server.action(1).state = "canceled"; // by force
    server.assign("2.9.0.0");
    run_for(40min);
    check_orders("install 2.9.0.0");
    STRCMP_EQUAL("finished", server.action(2).state.c_str());
}

TEST(Device, cancels_as_long_as_that_is_possible) {
    server.assign("2.8.1.0");
    run_for(1min);
    server.action(1).cancelling = true;
    run_for(5min);
    check_orders("install 2.8.1.0, cancel");
    STRCMP_EQUAL("canceled", server.action(1).state.c_str());
    STRCMP_EQUAL("cancel closed/success", server.action(1).told.back().c_str());
}

TEST(Device, cancels_what_only_waits) {
    server.assign("2.8.1.0").window = "unavailable";
    run_for(10min);
    server.action(1).cancelling = true;
    run_for(6min);
    check_orders("download 2.8.1.0");
    STRCMP_EQUAL("canceled", server.action(1).state.c_str());
}

TEST(Device, rejects_a_cancellation_that_comes_too_late_and_goes_on) {
    server.sleep = "00:01:00";
    server.assign("2.8.1.0");
    run_for(4min);
    server.action(1).cancelling = true;
    run_for(20min);
    CHECK(joined(server.action(1).told).find("cancel rejected") != std::string::npos);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
    STRCMP_EQUAL("closed/success", server.action(1).told.back().c_str());
}

TEST(Device, agrees_to_cancel_what_it_never_heard_of) {
    server.assign("2.8.1.0").cancelling = true;
    run_for(1min);
    check_told(1, "cancel closed/success");
}

TEST(Device, cancels_what_the_server_no_longer_wants) {
    server.assign("2.8.1.0");
    run_for(1min);
    server.action(1).state = "canceled"; // by force
    server.assign("2.9.0.0");
    run_for(50min);
    check_orders("install 2.8.1.0, cancel, install 2.8.1.0, install 2.9.0.0");
    STRCMP_EQUAL("finished", server.action(2).state.c_str());
}

TEST(Device, waits_for_a_person_to_confirm) {
    server.assign("2.8.1.0").to_confirm = true;
    run_for(30min);
    check_orders("");
    STRCMP_EQUAL("2.8.1.0", device->status()["question"]["version"].get<std::string>().c_str());
    device->answer(false, "not this week");
    run_for(10min);
    check_told(1, "denied");
    device->answer(true, "");
    run_for(20min);
    CHECK(joined(server.action(1).told).starts_with("denied, confirmed, scheduled"));
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
    try {
        device->answer(true, "");
        FAIL("nothing is asked any more");
    } catch (const Refused &refusal) {
        STRCMP_EQUAL("UC0316", messages::text_of(refusal.code()).c_str());
    }
}

TEST(Device, confirms_by_itself_where_the_settings_say_so) {
    settings.confirmation = Confirmation::automatic;
    start();
    server.assign("2.8.1.0").to_confirm = true;
    run_for(30min);
    CHECK(joined(server.action(1).told).starts_with("confirmed, scheduled"));
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, asks_soon_for_what_it_has_confirmed_and_not_after_an_interval) {
    settings.confirmation = Confirmation::automatic;
    server.sleep = "12:00:00";
    start();
    server.assign("2.8.1.0").to_confirm = true;
    CHECK(poll() < 1min);
    check_told(1, "confirmed");
    CHECK(poll() > 1h);
    check_orders("install 2.8.1.0");
}

TEST(Device, is_not_kept_busy_by_a_server_with_something_new_at_each_poll) {
    settings.confirmation = Confirmation::automatic;
    for (const bool is_question : {true, false}) {
        start();
        server.actions.clear();
        for (int pair = 0; pair < 3; ++pair) {
            std::chrono::milliseconds waited{0};
            for (int poll_number = 0; poll_number < 2; ++poll_number) {
                for (FakeHawkbit::Action &action : server.actions)
                    action.state = "finished";
                // The deployment ends at once: nothing has this version.
                server.assign("2.8.5." + std::to_string(server.actions.size())).to_confirm = is_question;
                waited += poll();
            }
            CHECK(waited >= settings.bounds.min && waited < 2 * settings.bounds.min);
        }
    }
}

TEST(Device, leaves_a_question_that_waits_for_a_person_to_the_interval) {
    server.sleep = "12:00:00";
    server.assign("2.8.1.0").to_confirm = true;
    CHECK(poll() > 1h);
}

TEST(Device, tells_what_runs_when_the_server_asks_and_when_it_has_changed) {
    server.wants_config_data = true;
    run_for(1min);
    const auto data = nlohmann::json::parse(server.config_data)["data"];
    STRCMP_EQUAL("2.8.0.0", data["version"].get<std::string>().c_str());
    STRCMP_EQUAL("mailsec", data["product"].get<std::string>().c_str());
    server.assign("2.8.1.0");
    run_for(20min);
    const auto later = nlohmann::json::parse(server.config_data)["data"];
    STRCMP_EQUAL("2.8.1.0", later["version"].get<std::string>().c_str());
    STRCMP_EQUAL("succeeded", later["last_result"].get<std::string>().c_str());
    STRCMP_EQUAL("b", later["slot"].get<std::string>().c_str());
    CHECK(later["version_since"] != "none");
    STRCMP_EQUAL("none", later["ordered_version"].get<std::string>().c_str());
}

TEST(Device, reports_the_same_when_it_is_started_again_before_every_step) {
    for (const char *end : {"succeeded", "rolled-back"}) {
        fate = end;
        FakeHawkbit::Action &action = server.assign(fate == "succeeded" ? "2.8.1.0" : "2.9.0.0");
        run_for(25min, true);
        STRCMP_EQUAL(fate == "succeeded" ? "finished" : "error", action.state.c_str());
        LONGS_EQUAL(1, std::ranges::count(action.told, "resumed"));
        LONGS_EQUAL(1, std::ranges::count_if(
                           action.told, [](const std::string &word) { return word.starts_with("closed"); }));
    }
    check_orders("install 2.8.1.0, install 2.9.0.0");
}

TEST(Device, finds_the_job_of_an_order_whose_answer_was_lost) {
    agent.loses_answer = true;
    server.assign("2.8.1.0");
    poll();
    STRCMP_EQUAL("ordering", device->status()["action"]["step"].get<std::string>().c_str());
    start();
    run_for(20min);
    check_orders("install 2.8.1.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, finds_a_job_that_ended_before_it_knew_of_it) {
    agent.loses_answer = true;
    server.assign("2.8.1.0");
    poll();
    now += 30min;
    start();
    run_for(10min);
    check_orders("install 2.8.1.0");
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, tells_the_end_once_the_server_is_back) {
    server.assign("2.8.1.0");
    run_for(2min);
    server.is_unreachable = true;
    run_for(60min, true);
    STRCMP_EQUAL("open", server.action(1).state.c_str());
    server.is_unreachable = false;
    run_for(20min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
    STRCMP_EQUAL("closed/success", server.action(1).told.back().c_str());
}

TEST(Device, drops_a_report_about_what_the_server_has_forgotten) {
    server.assign("2.8.1.0");
    run_for(4min);
    server.actions.front().state = "finished"; // the administrator closed it
    run_for(20min);
    check_orders("install 2.8.1.0");
    LONGS_EQUAL(0, device->status()["unsent"].get<int>());
}

TEST(Device, says_that_the_server_does_not_let_it_in_and_asks_seldom) {
    for (const long status : {401L, 403L}) {
        server.status = status;
        CHECK(poll() >= 54min);
        CHECK(device->status()["problem"].get<std::string>().find("<access>") != std::string::npos);
    }
    server.status = 0;
    CHECK(poll() <= 5min);
    STRCMP_EQUAL("", device->status()["problem"].get<std::string>().c_str());
}

TEST(Device, keeps_the_interval_when_the_server_fails) {
    server.sleep = "01:00:00";
    CHECK(poll() >= 54min);
    start();
    server.status = 503;
    server.retry_after = 500s;
    CHECK(poll() >= 500s);
    LONGS_EQUAL(3600, device->status()["interval_seconds"].get<int>());
}

TEST(Device, works_on_after_an_answer_of_the_server_that_cannot_be_used) {
    server.assign("2.8.1.0");
    for (const char *bad : {"ftp://x/", ""}) {
        server.base_address = bad;
        CHECK(poll() >= 27s);
        CHECK(!device->status()["problem"].get<std::string>().empty());
    }
    check_orders("");
    server.base_address = "http://another.name/T/controller/v1/mx1";
    run_for(20min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, waits_while_the_agent_is_away) {
    agent.is_away = true;
    server.assign("2.8.1.0");
    run_for(20min);
    STRCMP_EQUAL("open", server.action(1).state.c_str());
    CHECK(!device->status()["agent_problem"].get<std::string>().empty());
    agent.is_away = false;
    run_for(20min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
}

TEST(Device, begins_again_where_its_state_cannot_be_read) {
    for (const char *bad : {"", "{", "[]", R"({"format":2})", R"({"format":1,"interval":"x"})"}) {
        storage.put_file("/data/state.json", bad);
        said.clear();
        start();
        LONGS_EQUAL(1, said.size());
        CHECK(said.front().find("begins again") != std::string::npos);
        poll();
    }
}
