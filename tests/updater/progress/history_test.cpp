// The jobs that have ended: kept over restarts and releases, bounded, and never in anybody's way.
#include "tests/support/fake_storage.hpp"
#include "updater/progress/history.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;

TEST_GROUP(History) {
    partitions_test::FakeStorage storage;
    History history{storage, "/data/update-control/history.json"};

    static job::JobFacts facts_of(const std::string &job) {
        job::JobFacts facts;
        facts.job = job;
        facts.operation = job::Operation::install;
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.log_file = "/var/spool/updates/XPU/" + job + ".log";
        return facts;
    }
    void add(const std::string &job, const std::string &reason = "") {
        job::JobEnd end;
        end.outcome = reason.empty() ? job::Outcome::succeeded : job::Outcome::failed;
        end.reason = reason;
        history.add(facts_of(job), end);
    }
    std::string jobs() const {
        std::string text;
        const auto document = history.document();
        for (const auto &each : document["jobs"])
            text += each["job"].get<std::string>() + " ";
        return text;
    }
};

TEST(History, is_empty_before_the_first_job) {
    STRCMP_EQUAL(R"({"format":1,"jobs":[]})", history.document().dump().c_str());
}

TEST(History, lists_what_ended_oldest_first) {
    add("20261121-030000", "the power failed");
    add("20261122-030000");
    const auto document = history.document()["jobs"];
    LONGS_EQUAL(2, document.size());
    STRCMP_EQUAL("failed", document[0]["result"].get<std::string>().c_str());
    STRCMP_EQUAL("the power failed", document[0]["reason"].get<std::string>().c_str());
    STRCMP_EQUAL("install", document[1]["operation"].get<std::string>().c_str());
    STRCMP_EQUAL("/var/spool/updates/XPU/20261122-030000.log", document[1]["log"].get<std::string>().c_str());
}

TEST(History, keeps_what_was_predicted_and_what_later_predictions_compare) {
    auto facts = facts_of("1");
    facts.firmware_file = "/data/new.fw";
    facts.fetch_bytes = 5;
    facts.rehearsed = {{"messages", std::chrono::milliseconds(2500)}};
    facts.conversions = {{"messages", firmware::ConversionKind::store, "convert", "1", "2"}};
    facts.store_bytes = 7;
    facts.predicted = {{job::Phase::install, std::chrono::milliseconds(1500), job::PredictedBy::estimate}};
    facts.predicted_when_mail_stops = {
        {job::Phase::clean_up, std::chrono::milliseconds(500), job::PredictedBy::history}};
    history.add(facts, job::JobEnd());
    const auto job = history.document()["jobs"][0];
    STRCMP_EQUAL(R"([{"name":"install the new OS","number":2,"seconds":1.5,"source":"estimate"}])",
                 job["predicted"].dump().c_str());
    STRCMP_EQUAL(R"([{"name":"clean up","number":9,"seconds":0.5,"source":"history"}])",
                 job["predicted_when_mail_stops"].dump().c_str());
    LONGS_EQUAL(5, job["fetch_bytes"].get<int>());
    LONGS_EQUAL(7, job["store_bytes"].get<int>());
    CHECK(job["write_bytes"].is_null());
    CHECK(job["from_file"].get<bool>());
    LONGS_EQUAL(1, job["store_conversions"].get<int>());
    STRCMP_EQUAL(R"({"messages":2.5})", job["rehearsed"].dump().c_str());
}

TEST(History, lists_a_job_whose_end_is_told_twice_once) {
    add("1", "interrupted");
    add("2");
    add("1");
    STRCMP_EQUAL("2 1 ", jobs().c_str());
}

TEST(History, shows_no_secrets_and_nothing_that_a_terminal_obeys) {
    add("1", "the hook said:\npassword=hunter2 \x1b[2J");
    const std::string reason = history.document()["jobs"][0]["reason"].get<std::string>();
    CHECK(reason.find("hunter2") == std::string::npos);
    CHECK(reason.find('\x1b') == std::string::npos);
    CHECK(reason.find('\n') == std::string::npos);
}

TEST(History, is_bounded) {
    for (std::size_t number = 0; number < History::max_jobs + 5; ++number)
        add(std::to_string(number), std::string(100'000, 'x') + "€");
    LONGS_EQUAL(History::max_jobs, history.document()["jobs"].size());
    STRCMP_EQUAL("5", history.document()["jobs"][0]["job"].get<std::string>().c_str());
}

TEST(History, that_cannot_be_read_is_replaced) {
    storage.put_directory("/data/update-control");
    for (const char *content :
         {"{torn", R"({"format":2,"jobs":[]})", R"({"format":1,"jobs":[3,{"job":1}]})", "[]"}) {
        storage.put_file("/data/update-control/history.json", content);
        STRCMP_EQUAL("", jobs().c_str());
        add("1");
        STRCMP_EQUAL("1 ", jobs().c_str());
    }
}
