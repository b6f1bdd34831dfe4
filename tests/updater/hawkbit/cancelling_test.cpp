// What the server no longer wants, where the client is killed, the agent's answer is lost, or the state is.
#include "tests/updater/hawkbit/device_bench.hpp"

using namespace std::chrono_literals;
using namespace updater::hawkbit;

namespace {

struct CancellingBench : DeviceBench {
    void install_until(std::chrono::seconds time) {
        server.assign("2.8.1.0");
        poll_after(0s);
        now += time;
        check_orders("install 2.8.1.0");
    }
    void lose_answers_of_cancel() {
        agent.after_cancel = [] { throw AgentAway("the answer is lost"); };
    }
    void lose_cancel() {
        agent.before_cancel = [] { throw AgentAway("the agent does not answer"); };
    }
    void reach_agent_again() {
        agent.before_cancel = nullptr;
        agent.after_cancel = nullptr;
        start();
    }
};

} // namespace

TEST_GROUP_BASE(Cancelling, CancellingBench){};

TEST(Cancelling, is_durable_before_the_agent_is_asked) {
    install_until(10s);
    server.action(1).cancelling = true;
    std::string cancel;
    agent.before_cancel = [&] { cancel = kept().action->cancel; };
    poll_after(0s);
    STRCMP_EQUAL("c1", cancel.c_str());
}

TEST(Cancelling, is_reported_as_such_though_the_answer_of_the_agent_was_lost) {
    install_until(10s);
    server.action(1).cancelling = true;
    lose_answers_of_cancel();
    poll_after(0s);
    reach_agent_again();
    poll_after(1min);
    check_orders("install 2.8.1.0, cancel");
    STRCMP_EQUAL("cancel closed/success", server.action(1).told.back().c_str());
    STRCMP_EQUAL("canceled", server.action(1).state.c_str());
}

TEST(Cancelling, is_asked_for_again_where_the_agent_never_heard_of_it) {
    install_until(10s);
    server.action(1).cancelling = true;
    lose_cancel();
    poll_after(0s);
    reach_agent_again();
    poll_after(30s);
    check_orders("install 2.8.1.0, cancel");
    STRCMP_EQUAL("cancel closed/success", server.action(1).told.back().c_str());
}

TEST(Cancelling, that_never_reached_the_agent_is_rejected_at_the_end_of_the_job) {
    install_until(10s);
    server.action(1).cancelling = true;
    lose_cancel();
    poll_after(0s);
    reach_agent_again();
    now += 5min;
    run_for(20min);
    CHECK(told(1).ends_with("cancel rejected, closed/success"));
    check_orders("install 2.8.1.0");
}

TEST(Cancelling, is_rejected_at_once_where_the_agent_refuses) {
    install_until(10s);
    server.action(1).cancelling = true;
    agent.before_cancel = [] { throw AgentRefuses("not this one"); };
    poll_after(0s);
    CHECK(told(1).ends_with("cancel rejected"));
    CHECK(kept().action->cancel.empty());
}

TEST(Cancelling, is_left_to_the_end_of_a_job_that_ends_meanwhile) {
    install_until(10s);
    server.action(1).cancelling = true;
    agent.before_cancel = [this] { now += 20min; };
    poll_after(0s);
    poll_after(1min);
    CHECK(told(1).ends_with("cancel rejected, closed/success"));
}

TEST(Cancelling, is_not_asked_for_in_a_phase_in_which_it_would_only_stop_what_is_left_to_do) {
    install_until(5min);
    server.action(1).cancelling = true;
    poll_after(0s);
    check_orders("install 2.8.1.0");
    CHECK(told(1).ends_with("cancel rejected"));
}

TEST(Cancelling, of_a_withdrawn_action_is_durable_and_asked_for_again) {
    install_until(10s);
    server.action(1).state = "canceled"; // by force
    bool withdrawn = false;
    agent.before_cancel = [&] {
        withdrawn = kept().action->withdrawn;
        throw AgentAway("the agent does not answer");
    };
    poll_after(0s);
    CHECK(withdrawn);
    reach_agent_again();
    poll_after(30s);
    check_orders("install 2.8.1.0, cancel");
    CHECK(!kept().action);
}

TEST(Cancelling, reaches_the_job_of_an_action_that_was_forgotten) {
    install_until(10s);
    server.action(1).cancelling = true;
    start_without_state();
    poll_after(0s);
    poll_after(30s);
    check_orders("install 2.8.1.0, cancel");
    STRCMP_EQUAL("cancel closed/success", server.action(1).told.back().c_str());
    STRCMP_EQUAL("2.8.0.0", agent.state().running_version.c_str());
}

TEST(Cancelling, of_a_forgotten_action_is_rejected_where_its_job_goes_on_and_the_end_is_told) {
    install_until(5min);
    server.action(1).cancelling = true;
    start_without_state();
    poll_after(0s);
    CHECK(told(1).find("cancel rejected") != std::string::npos);
    run_for(20min);
    STRCMP_EQUAL("finished", server.action(1).state.c_str());
    STRCMP_EQUAL("closed/success", server.action(1).told.back().c_str());
    check_orders("install 2.8.1.0");
}

TEST(Cancelling, of_a_forgotten_action_tells_no_success_before_the_server_has_said_which_version_it_wants) {
    install_until(5min);
    server.action(1).cancelling = true;
    start_without_state();
    poll_after(0s);
    server.action(1).version = "2.8.2.0"; // the job was for a stepping stone
    now += 20min;
    run_for(10min);
    STRCMP_EQUAL("error", server.action(1).state.c_str());
    STRCMP_EQUAL("version 2.8.2.0 is not in the vendor's feed", server.action(1).details.back().c_str());
}

TEST(Cancelling, of_an_unknown_action_spares_what_a_person_has_begun) {
    poll_after(0s);
    agent.begin_foreign_job("2.8.1.0");
    server.assign("2.8.1.0").cancelling = true;
    poll_after(10s);
    check_orders("");
    STRCMP_EQUAL("cancel closed/success", told(1).c_str());
    STRCMP_EQUAL("nothing of it is under way; version 2.8.0.0 runs", server.action(1).details.back().c_str());
}
