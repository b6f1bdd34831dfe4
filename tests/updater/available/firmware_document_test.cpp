// What everybody may ask for, and how little of the machine it takes.
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/feed_fixture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/available/firmware_document.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::available;

namespace {

/// Counts how often it would be mounted.
class CountedBootSelection : public partitions_test::FakeBootSelection {
  public:
    using FakeBootSelection::FakeBootSelection;
    bool bootable(partitions::Slot slot) override {
        ++queries;
        return FakeBootSelection::bootable(slot);
    }
    int queries = 0;
};

} // namespace

TEST_GROUP(FirmwareDocument) {
    partitions_test::FakeStorage storage;
    TemporaryFolder downloads;
    configuration::Appliance appliance;
    CountedBootSelection boot{partitions::Slot::a, true};
    partitions::Generations generations{storage, "/data"};
    FirmwareFolder folder{downloads.path(), [] { return trusting("a"); }};
    FailedVersions failed{storage, "/data/failed.json"};
    FirmwareChoice choice{appliance, folder, failed, nullptr};
    bool busy = false;
    std::chrono::steady_clock::time_point now{};
    OtherSlot other_slot{partitions::Slot::b, boot, generations, [this] { return busy; },
                         [this] { return now; }};
    FirmwareDocument document{appliance, partitions::Slot::a, other_slot, folder, choice, failed, nullptr};

    void setup() override {
        appliance.version = "2.8.0.0";
        storage.put_directory("/data");
    }
    bool other_boots() {
        return document.make()["other"]["bootable"].get<bool>();
    }
};

TEST(FirmwareDocument, looks_at_the_boot_selection_once_while_no_job_runs) {
    for (int call = 0; call < 1000; ++call) {
        CHECK_TRUE(other_boots());
        now += std::chrono::seconds(1);
    }
    CHECK_EQUAL(1, boot.queries);
}

TEST(FirmwareDocument, follows_a_job_now_and_then_and_sees_its_end_at_once) {
    CHECK_TRUE(other_boots());
    busy = true;
    CHECK_TRUE(other_boots());
    boot.mark_unbootable(partitions::Slot::b);
    for (int call = 0; call < 100; ++call)
        other_boots();
    CHECK_EQUAL(2, boot.queries);
    now += OtherSlot::min_time_between_boot_queries;
    CHECK_FALSE(other_boots());
    boot.try_once(partitions::Slot::b);
    busy = false;
    CHECK_TRUE(other_boots());
    CHECK_EQUAL(4, boot.queries);
}

TEST(FirmwareDocument, tells_a_copy_of_the_running_system_from_a_previous_one) {
    const auto holds = [this] {
        other_slot.look_again();
        return document.make()["other"]["holds"].get<std::string>();
    };
    generations.assign(partitions::Slot::a, generations.create("2.8.0.0"));
    generations.assign(partitions::Slot::b, generations.create("2.7.0.0"));
    STRCMP_EQUAL("previous system", holds().c_str());
    generations.assign(partitions::Slot::b, "2.8.0.0-1");
    STRCMP_EQUAL("rescue copy", holds().c_str());
    boot.mark_unbootable(partitions::Slot::b);
    STRCMP_EQUAL("unfinished install", holds().c_str());
    generations.unassign(partitions::Slot::b);
    STRCMP_EQUAL("unknown", holds().c_str());
}

TEST(FirmwareDocument, shows_no_secrets_of_an_address) {
    appliance.firmware.source_url = "https://robot:hunter2@updates.lan.test/newest.fw?token=topsecret";
    const std::string shown = document.make().dump();
    STRCMP_CONTAINS("https://updates.lan.test/newest.fw?***", shown.c_str());
    for (const char *secret : {"robot", "hunter2", "topsecret"})
        CHECK_TRUE_TEXT(shown.find(secret) == std::string::npos, secret);
}

TEST(FirmwareDocument, lists_newer_versions_that_failed_here) {
    failed.remember("2.7.0.0", "older than what runs", {});
    failed.remember("2.8.1.0", "the store", std::chrono::sys_seconds(std::chrono::hours(500'004)));
    const auto list = document.make()["failed"];
    LONGS_EQUAL(1, list.size());
    STRCMP_EQUAL("2.8.1.0", list[0]["version"].get<std::string>().c_str());
    STRCMP_EQUAL("the store", list[0]["reason"].get<std::string>().c_str());
    CHECK(list[0]["failed"].is_string());
}
