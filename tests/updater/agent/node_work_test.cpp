// What the agent does for a node of a cluster, with programs that are functions of the test.
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/agent/node_work.hpp"
#include "updater/job/job_requests.hpp"

#include <semaphore>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using nlohmann::json;

TEST_GROUP(NodeWork) {
    partitions_test::FakeStorage storage;
    updater_test::FakeMailGate filter;
    services::SharedMailGate gate{filter};
    node::Drain drain{{storage, {"/data/drained.json", "/data/drained.nft"}},
                      {gate, {25}, [] { return std::string("rules"); }},
                      "boot-1",
                      [] { return std::chrono::system_clock::time_point(); },
                      [](const auto &) {}};
    bool job_keeps_mail_back = false;
    bool job_stopped_in_the_middle = false;
    bool has_role = true;
    bool role_is_unreadable = false;
    int mail_changes = 0;
    std::string fails; ///< every program
    std::string role = "secondary";
    std::counting_semaphore<> listed{0};
    std::counting_semaphore<> changed{0};
    NodeWork work{
        drain,
        {.queue =
             {.run = [](const std::stop_token &) {},
              .list =
                  [this](const std::stop_token &) {
                      listed.release();
                      return node::QueueListing{1, {{"4Xy", std::chrono::sys_seconds{}, 2, "timed out"}}};
                  },
              .connections = [] { return std::size_t{0}; }},
         .has_role =
             [this] {
                 if (role_is_unreadable)
                     throw node::ProgramFailed("the folder of programs cannot be read");
                 return has_role;
             },
         .role =
             [this](node::RoleVerb verb, const std::stop_token &) {
                 if (!fails.empty())
                     throw node::ProgramFailed(fails);
                 if (verb == node::RoleVerb::take)
                     role = "primary";
                 return role;
             },
         .test_message =
             [this](const std::stop_token &) {
                 if (!fails.empty())
                     throw node::ProgramFailed(fails);
             }},
        {.job_keeps_mail_back = [this] { return job_keeps_mail_back; },
         .job_stopped_in_the_middle = [this] { return job_stopped_in_the_middle; },
         .name_of_account = [](uid_t user) { return "user-" + std::to_string(user); },
         .mail_changed = [this] { ++mail_changes; }},
        [] { return std::chrono::system_clock::time_point(std::chrono::seconds(60)); }};

    void setup() override {
        storage.put_directory("/data");
        work.on_change([this] { changed.release(); });
    }
    json end_of(std::uint64_t number) {
        for (;;) {
            const json last = work.node()["last"];
            if (last.is_object() && last["number"] == number)
                return last;
            changed.acquire();
        }
    }
};

TEST(NodeWork, tells_who_stopped_the_mail_and_what_waits) {
    CHECK_TRUE(work.state_members()["drained"].is_null());
    work.drain({1000, true, std::chrono::seconds(0)});
    CHECK_TRUE(filter.is_closed());
    CHECK_EQUAL(1, mail_changes);
    json drained;
    do {
        changed.acquire();
        drained = work.state_members()["drained"];
    } while (drained["looked"].is_null());
    STRCMP_EQUAL("user-1000", drained["by"].get<std::string>().c_str());
    STRCMP_EQUAL("1970-01-01T00:00:00Z", drained["since_utc"].get<std::string>().c_str());
    LONGS_EQUAL(1, drained["queue_length"].get<int>());
    CHECK_TRUE(drained["keep_over_restart"].get<bool>());
    const json queue = work.queue();
    LONGS_EQUAL(60, queue["messages"][0]["age_seconds"].get<int>());
    LONGS_EQUAL(2, queue["messages"][0]["recipients"].get<int>());
    work.resume();
    CHECK_FALSE(filter.is_closed());
    CHECK_TRUE(work.state_members()["drained"].is_null());
    CHECK_TRUE(work.queue()["messages"].empty());
}

TEST(NodeWork, does_not_resume_what_a_job_keeps_back) {
    work.drain({0, false, std::chrono::seconds(0)});
    job_keeps_mail_back = true;
    CHECK_THROWS(job::Busy, work.resume());
    CHECK_TRUE(filter.is_closed());
    CHECK_THROWS(job::Busy, work.begin_test_message());
}

TEST(NodeWork, does_not_resume_what_a_job_that_stopped_in_the_middle_keeps_back) {
    work.drain({0, false, std::chrono::seconds(0)});
    job_stopped_in_the_middle = true;
    try {
        work.resume();
        FAIL("mail is accepted again");
    } catch (const job::NotPossible &refusal) {
        STRCMP_CONTAINS("update-control -s", refusal.what());
    }
    CHECK_TRUE(filter.is_closed());
    CHECK_FALSE(work.state_members()["drained"].is_null());
}

TEST(NodeWork, finds_out_the_role_at_the_start_and_keeps_what_was_told_last) {
    work.begin();
    STRCMP_EQUAL("secondary", end_of(1)["role"].get<std::string>().c_str());
    STRCMP_EQUAL("primary", end_of(work.begin_role("take"))["role"].get<std::string>().c_str());
    STRCMP_EQUAL("primary", work.state_members()["role"].get<std::string>().c_str());
    fails = "the peer is away";
    const json failed = end_of(work.begin_role("give"));
    STRCMP_EQUAL("failed", failed["result"].get<std::string>().c_str());
    STRCMP_EQUAL("the peer is away", failed["text"].get<std::string>().c_str());
    STRCMP_EQUAL("primary", work.state_members()["role"].get<std::string>().c_str());
}

TEST(NodeWork, begins_also_when_it_cannot_find_out_whether_there_is_a_role) {
    role_is_unreadable = true;
    work.begin();
    CHECK_TRUE(work.state_members()["role"].is_null());
    role_is_unreadable = false;
    STRCMP_EQUAL("secondary", end_of(work.begin_role("show"))["role"].get<std::string>().c_str());
}

TEST(NodeWork, has_no_role_without_a_program) {
    has_role = false;
    work.begin();
    CHECK_TRUE(work.state_members()["role"].is_null());
    CHECK_THROWS(job::NotPossible, work.begin_role("show"));
}

TEST(NodeWork, sends_a_test_message_also_while_mail_is_stopped) {
    work.drain({0, false, std::chrono::seconds(0)});
    const json passed = end_of(work.begin_test_message());
    STRCMP_EQUAL("done", passed["result"].get<std::string>().c_str());
    CHECK_TRUE(passed["seconds"].is_number());
    fails = "Postfix did not take it";
    STRCMP_EQUAL("failed", end_of(work.begin_test_message())["result"].get<std::string>().c_str());
}

TEST(NodeWork, begins_nothing_after_its_end) {
    work.end();
    CHECK_THROWS(job::NotPossible, work.begin_role("show"));
}
