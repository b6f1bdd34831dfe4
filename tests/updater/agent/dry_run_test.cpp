// What the checks document says of an installation that was only asked about.
#include "tests/support/fake_storage.hpp"
#include "updater/agent/dry_run.hpp"

#include <CppUTest/TestHarness.h>
#include <nlohmann/json.hpp>

using namespace updater;
using namespace updater::agent;
using nlohmann::json;

TEST_GROUP(DryRun) {
    DryRun run;
    firmware::Manifest manifest;
    configuration::Appliance appliance;

    void setup() override {
        run.facts.from_version = "2.8.0.0";
        run.facts.conversions = {{"etc", firmware::ConversionKind::configuration, "etc", "1", "2"},
                                 {"messages", firmware::ConversionKind::store, "convert", "1", "2"},
                                 {"messages", firmware::ConversionKind::store, "convert", "2", "3"}};
        run.plan = install::InstallPlan{.way = install::Way::patch, .fetch_bytes = 5, .write_bytes = 9};
        run.prediction = {
            {job::Phase::install, std::chrono::seconds(100), job::PredictedBy::history},
            {job::Phase::restart_appliance, std::chrono::seconds(60), job::PredictedBy::estimate}};
        run.changed_in_etc = 12;
        manifest.version = firmware::Version(2, 8, 1, 0);
        appliance.services.units = {{"postfix.service", true}, {"store.service", true}};
    }
    json document() const {
        return document_of(run, manifest, appliance);
    }
};

TEST(DryRun, says_what_the_installation_would_do) {
    const auto found = document();
    STRCMP_EQUAL(
        R"([{"mail":"flows","name":"install the new OS","number":2,"seconds":100.0,"source":"history"},)"
        R"({"mail":"waits","name":"restart the appliance","number":6,"seconds":60.0,"source":"estimate"}])",
        found["phases"].dump().c_str());
    DOUBLES_EQUAL(160, found["seconds"].get<double>(), 0.01);
    DOUBLES_EQUAL(100, found["seconds_until_mail_waits"].get<double>(), 0.01);
    DOUBLES_EQUAL(60, found["mail_waits_seconds"].get<double>(), 0.01);
    STRCMP_EQUAL("patch", found["way"].get<std::string>().c_str());
    LONGS_EQUAL(5, found["fetch_bytes"].get<int>());
    LONGS_EQUAL(9, found["write_bytes"].get<int>());
    STRCMP_EQUAL(R"(["postfix.service","store.service"])", found["units"].dump().c_str());
    STRCMP_EQUAL(R"(["messages"])", found["stores_converted"].dump().c_str());
    LONGS_EQUAL(12, found["changed_in_etc"].get<int>());
    CHECK(found["replaced_version"].is_null());
}

TEST(DryRun, fetches_nothing_over_the_network_from_a_file) {
    run.facts.firmware_file = "/data/new.fw";
    LONGS_EQUAL(0, document()["fetch_bytes"].get<int>());
}

TEST(DryRun, knows_no_bytes_while_a_job_writes_to_the_partition) {
    run.plan.reset();
    const auto found = document();
    CHECK(found["way"].is_null() && found["fetch_bytes"].is_null() && found["write_bytes"].is_null());
}

TEST(DryRun, says_until_when_there_is_a_way_back) {
    auto rollback = document()["rollback"];
    CHECK(rollback["possible"].get<bool>());
    STRCMP_CONTAINS("to 2.8.0.0 until the next installation", rollback["text"].get<std::string>().c_str());
    STRCMP_CONTAINS("or the rescue copy (made by itself after copy-after-days of settings.xml)",
                    rollback["text"].get<std::string>().c_str());
    manifest.least_acceptable_version = firmware::Version(2, 8, 0, 0);
    CHECK(document()["rollback"]["possible"].get<bool>());
    manifest.least_acceptable_version = firmware::Version(2, 8, 0, 5);
    rollback = document()["rollback"];
    CHECK_FALSE(rollback["possible"].get<bool>());
    STRCMP_CONTAINS("no version older than 2.8.0.5", rollback["text"].get<std::string>().c_str());
    appliance.keep_old_generation = false;
    STRCMP_CONTAINS("keeps no previous system", document()["rollback"]["text"].get<std::string>().c_str());
}

TEST(DryRun, counts_what_the_administrator_changed) {
    partitions_test::FakeStorage storage;
    storage.put_directory("/upper");
    LONGS_EQUAL(0, files_below(storage, "/upper"));
    storage.put_directory("/upper/postfix/maps");
    storage.put_file("/upper/hosts", "");
    storage.put_file("/upper/postfix/main.cf", "");
    storage.put_symlink("main.cf", "/upper/postfix/maps/link");
    LONGS_EQUAL(3, files_below(storage, "/upper"));
}
