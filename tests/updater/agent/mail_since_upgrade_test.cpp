// What a way back would leave behind, as far as the history and the stores tell.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/agent/mail_since_upgrade.hpp"

#include <future>
#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;

TEST_GROUP(MailSinceUpgrade) {
    partitions_test::FakeStorage storage;
    progress::History history{storage, "/data/update-control/history.json"};
    updater_test::FakeHookRunner programs;
    configuration::Appliance appliance;
    MailSinceUpgrade mail{history, programs, appliance, std::chrono::minutes(1)};

    void setup() override {
        appliance.version = "2.8.1.0";
        appliance.stores = {{"message-store", "/store", "2", "/inspect", "store.service"}};
        store_holds("records 3117");
    }
    void store_holds(const std::string &line) {
        programs.install("/inspect", {.standard_output = {line}, .effect = nullptr});
    }
    void ended(const std::string &job, job::Operation operation, const std::string &to,
               std::uint64_t records) {
        job::JobFacts facts;
        facts.job = job;
        facts.operation = operation;
        facts.to_version = to;
        if (records > 0)
            facts.expected_records["message-store"] = records;
        history.add(facts, {.outcome = job::Outcome::succeeded});
    }
};

TEST(MailSinceUpgrade, is_counted_and_dated) {
    ended("1", job::Operation::install, "2.8.0.0", 17);
    ended("2", job::Operation::install, "2.8.1.0", 1000);
    ended("3", job::Operation::download, "2.8.2.0", 0);
    const std::string told = mail.text();
    STRCMP_CONTAINS("stored since the upgrade to 2.8.1.0 ended at 1970-01-01T", told.c_str());
    STRCMP_CONTAINS(": the message-store holds 3117 records, 2117 more than before it", told.c_str());
    CHECK(programs.calls().back().time_limit == MailSinceUpgrade::max_time_to_count);
}

TEST(MailSinceUpgrade, may_be_less_than_before) {
    ended("2", job::Operation::install, "2.8.1.0", 4000);
    STRCMP_CONTAINS("883 fewer than before it, since old ones were deleted", mail.text().c_str());
}

TEST(MailSinceUpgrade, of_an_upgrade_that_nobody_recorded_is_told_as_far_as_it_is_known) {
    STRCMP_EQUAL("stored since the upgrade: the message-store holds 3117 records", mail.text().c_str());
    ended("2", job::Operation::install, "2.8.1.0", 0);
    const std::string told = mail.text();
    STRCMP_CONTAINS("holds 3117 records", told.c_str());
    CHECK(told.find("than before") == std::string::npos);
}

TEST(MailSinceUpgrade, of_a_store_that_cannot_be_read_is_said_to_be_unknown) {
    store_holds("nonsense");
    STRCMP_CONTAINS("how much, nobody knows: the message-store cannot be read", mail.text().c_str());
}

TEST(MailSinceUpgrade, of_a_store_that_takes_long_is_counted_while_other_requests_are_answered) {
    std::promise<void> goes_on;
    programs.install_function("/inspect", [may_go_on = goes_on.get_future().share()](
                                              const hooks::runner::HookCall &) {
        may_go_on.wait();
        return updater_test::FakeHookRunner::Script{.standard_output = {"records 3117"}, .effect = nullptr};
    });
    MailSinceUpgrade slow(history, programs, appliance, std::chrono::milliseconds(0));
    STRCMP_EQUAL("stored since the upgrade (it is being counted; ask again in a minute to learn how much it "
                 "is)",
                 slow.text().c_str());
    goes_on.set_value();
    std::string told = slow.text();
    while (told.find("it is being counted") != std::string::npos) {
        std::this_thread::yield();
        told = slow.text();
    }
    STRCMP_EQUAL("stored since the upgrade: the message-store holds 3117 records", told.c_str());
    LONGS_EQUAL(1, programs.calls().size());
}

TEST(MailSinceUpgrade, that_is_being_counted_makes_way_for_a_job) {
    std::promise<void> begun;
    std::promise<void> goes_on;
    programs.install_function("/inspect", [&](const hooks::runner::HookCall &) {
        begun.set_value();
        goes_on.get_future().wait();
        return updater_test::FakeHookRunner::Script{.standard_output = {"records 17"}, .effect = nullptr};
    });
    MailSinceUpgrade slow(history, programs, appliance, std::chrono::milliseconds(0));
    STRCMP_CONTAINS("it is being counted", slow.text().c_str());
    begun.get_future().wait();
    {
        const std::jthread job([&slow] { slow.make_way(); });
        goes_on.set_value();
    }
    slow.make_way();
    LONGS_EQUAL(1, programs.calls().size());
}

TEST(MailSinceUpgrade, is_counted_once_for_all_who_ask_at_about_the_same_time_and_again_after_a_job) {
    STRCMP_CONTAINS("holds 3117 records", mail.text().c_str());
    STRCMP_CONTAINS("holds 3117 records", mail.text().c_str());
    LONGS_EQUAL(1, programs.calls().size());
    mail.make_way();
    store_holds("records 3118");
    STRCMP_CONTAINS("holds 3118 records", mail.text().c_str());
}
