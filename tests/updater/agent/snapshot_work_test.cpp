// Work on snapshots beside everything else: what the document says of it, and what is not possible.
#include "tests/support/snapshot_in_memory.hpp"
#include "tests/updater/snapshot/store_fixture.hpp"
#include "updater/agent/snapshot_work.hpp"
#include "updater/job/job_requests.hpp"

#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using bus::SnapshotAction;

TEST_GROUP(SnapshotWork) {
    partitions_test::FakeStorage disk;
    std::unique_ptr<StoreFixture> fixture;
    bool job_runs = false;
    std::unique_ptr<SnapshotWork> work;

    void setup() override {
        StoreFixture::prepare(disk);
        fixture = std::make_unique<StoreFixture>(disk);
        work = std::make_unique<SnapshotWork>(
            disk, fixture->store, fixture->restore, [this] { return job_runs; },
            [] { return std::chrono::system_clock::time_point(std::chrono::hours(500000)); });
    }
    /// The document when the work has ended.
    nlohmann::json after(SnapshotAction action, const std::string &name) {
        work->begin(action, name);
        while (!work->document()["working"].is_null())
            std::this_thread::yield();
        return work->document();
    }
    std::string result_of(SnapshotAction action, const std::string &name) {
        const auto last = after(action, name)["last"];
        return last["result"].get<std::string>() + ": " + last["text"].get<std::string>();
    }
};

TEST(SnapshotWork, shows_nothing_before_the_first) {
    STRCMP_EQUAL(
        R"({"format":1,"last":null,"restore_failed":false,"restored_at_restart":null,"snapshots":[],"working":null})",
        work->document().dump().c_str());
}

TEST(SnapshotWork, says_what_became_of_it) {
    const auto made = after(SnapshotAction::create, "monday");
    STRCMP_EQUAL("done", made["last"]["result"].get<std::string>().c_str());
    LONGS_EQUAL(1, made["last"]["number"].get<int>());
    STRCMP_EQUAL("monday", made["snapshots"][0]["name"].get<std::string>().c_str());
    STRCMP_EQUAL("by hand", made["snapshots"][0]["why"].get<std::string>().c_str());
    STRCMP_CONTAINS("refused: there is a snapshot monday already",
                    result_of(SnapshotAction::create, "monday").c_str());
    STRCMP_CONTAINS("done: The snapshot 20", result_of(SnapshotAction::create, "").c_str());
    STRCMP_CONTAINS("refused: no restore", result_of(SnapshotAction::cancel_restore, "").c_str());
    STRCMP_EQUAL("UC0902", work->document()["last"]["code"].get<std::string>().c_str());
    STRCMP_CONTAINS("done: The snapshot monday was deleted",
                    result_of(SnapshotAction::remove, "monday").c_str());
    disk.fail_when("open", partitions_test::FakeStorage::Failure::broken);
    disk.fail_when("snapshots/.new", partitions_test::FakeStorage::Failure::broken);
    STRCMP_CONTAINS("failed: ", result_of(SnapshotAction::create, "x").c_str());
}

TEST(SnapshotWork, shows_what_has_changed_since) {
    after(SnapshotAction::create, "monday");
    disk.put_file(StoreFixture::generation.etc_upper() / "motd", "another");
    const auto last = after(SnapshotAction::show, "monday")["last"];
    STRCMP_EQUAL(R"([{"change":"changed","path":"/etc/motd"}])", last["since"].dump().c_str());
    STRCMP_EQUAL("2.8.0.0", last["version"].get<std::string>().c_str());
}

TEST(SnapshotWork, shows_no_secrets_that_a_description_holds) {
    SnapshotInMemory foreign;
    for (std::string *text : {&foreign.description.product, &foreign.description.version,
                              &foreign.description.slot, &foreign.description.why})
        *text = "password=geheim";
    foreign.description.left_out = {"password=geheim"};
    disk.put_file(StoreFixture::folder / "monday.snapshot", foreign.archive());
    const auto shown = after(SnapshotAction::show, "monday");
    STRCMP_EQUAL("done", shown["last"]["result"].get<std::string>().c_str());
    STRCMP_EQUAL("password=***", shown["last"]["left_out"][0].get<std::string>().c_str());
    STRCMP_EQUAL("password=***", shown["snapshots"][0]["version"].get<std::string>().c_str());
    CHECK(shown.dump().find("geheim") == std::string::npos);
}

TEST(SnapshotWork, restores_only_between_jobs) {
    after(SnapshotAction::create, "monday");
    job_runs = true;
    CHECK_THROWS(job::Busy, work->begin(SnapshotAction::restore, "monday"));
    job_runs = false;
    const auto document = after(SnapshotAction::restore, "monday");
    STRCMP_CONTAINS("take effect at the next restart", document["last"]["text"].get<std::string>().c_str());
    STRCMP_CONTAINS("systemctl reboot", document["last"]["next"].get<std::string>().c_str());
    STRCMP_EQUAL("monday", document["restored_at_restart"].get<std::string>().c_str());
    CHECK_TRUE(document["last"]["converted_from"].is_null());
    CHECK_TRUE(after(SnapshotAction::cancel_restore, "")["restored_at_restart"].is_null());
}

TEST(SnapshotWork, tells_what_a_conversion_could_not_merge) {
    after(SnapshotAction::create, "monday");
    fixture = std::make_unique<StoreFixture>(disk, "2.8.1.0");
    work = std::make_unique<SnapshotWork>(
        disk, fixture->store, fixture->restore, [] { return false; },
        [] { return std::chrono::system_clock::time_point(std::chrono::hours(500000)); });
    const auto last = after(SnapshotAction::restore, "monday")["last"];
    STRCMP_CONTAINS("the snapshot monday, converted from version 2.8.0.0, are ready",
                    last["text"].get<std::string>().c_str());
    STRCMP_EQUAL("2.8.0.0", last["converted_from"].get<std::string>().c_str());
    STRCMP_EQUAL(R"(["etc: conflict /etc/motd"])", last["lines"].dump().c_str());
}

TEST(SnapshotWork, begins_nothing_when_the_agent_ends) {
    work->end();
    CHECK_THROWS(job::NotPossible, work->begin(SnapshotAction::create, "x"));
}
