// When a copy of the running system is made by itself.
#include "partitions/durable.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/rescue/due_copy.hpp"
#include "updater/rescue/rescue_record.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::rescue;
using partitions::Slot;
using std::chrono::days;
using std::chrono::minutes;
using Moment = std::chrono::system_clock::time_point;

namespace {

const Moment beginning{std::chrono::hours(500'000)};
const std::filesystem::path record_file = "/data/update-control/rescue.json";

Situation situation_with(RescueHolds holds) {
    return {.holds = holds,
            .version = "2.8.0.0",
            .running_generation = "2.8.1.0-1",
            .committed = true,
            .holds_mail = false};
}

} // namespace

TEST_GROUP(DueCopy) {
    partitions_test::FakeStorage storage;
    partitions_test::FakeBootSelection boot{Slot::a, true};
    partitions::Generations generations{storage, "/data"};
    checks::LeftGeneration left{storage, generations, "/data/update-control/left-generation"};
    const SituationTimes since{.committed = beginning, .empty = beginning, .failure = {}};

    void setup() override {
        storage.put_directory("/data/generations/2.8.1.0-1");
        storage.put_directory("/data/generations/2.8.0.0-1");
        storage.put_directory("/data/slots");
        generations.assign(Slot::a, "2.8.1.0-1");
    }
    Situation situation() {
        return read_situation(boot, generations, left, Slot::a);
    }
};

TEST(DueCopy, is_after_the_grace_period_where_a_previous_system_is) {
    CHECK(due_copy(situation_with(RescueHolds::previous_system), {}, since) == beginning + days(7));
}

TEST(DueCopy, is_soon_where_nothing_can_be_started) {
    CHECK(due_copy(situation_with(RescueHolds::nothing), {}, since) == beginning + minutes(30));
    CHECK(due_copy(situation_with(RescueHolds::nothing), {.empty = minutes(5)}, since) ==
          beginning + minutes(5));
}

TEST(DueCopy, is_never_where_a_copy_is_or_none_is_wanted_or_the_system_is_not_committed) {
    CHECK_FALSE(due_copy(situation_with(RescueHolds::rescue_copy), {}, since).has_value());
    for (const auto holds : {RescueHolds::nothing, RescueHolds::previous_system})
        CHECK_FALSE(due_copy(situation_with(holds), {.previous_kept = days(0)}, since).has_value());
    auto on_trial = situation_with(RescueHolds::nothing);
    on_trial.committed = false;
    CHECK_FALSE(due_copy(on_trial, {}, since).has_value());
}

TEST(DueCopy, is_never_in_place_of_a_system_whose_store_alone_has_mail) {
    auto situation = situation_with(RescueHolds::previous_system);
    situation.holds_mail = true;
    CHECK_FALSE(due_copy(situation, {}, since).has_value());
}

TEST(DueCopy, waits_after_a_failure) {
    SituationTimes failed = since;
    failed.failure = beginning + std::chrono::hours(1);
    CHECK(due_copy(situation_with(RescueHolds::nothing), {}, failed) == *failed.failure + time_after_failure);
    CHECK(due_copy(situation_with(RescueHolds::previous_system), {}, failed) == beginning + days(7));
}

TEST(DueCopy, knows_what_the_rescue_partition_holds) {
    CHECK(situation().holds == RescueHolds::nothing); // bootable, but no generation: it can't be started
    generations.assign(Slot::b, "2.8.0.0-1");
    CHECK(situation().holds == RescueHolds::previous_system);
    STRCMP_EQUAL("2.8.0.0", situation().version.c_str());
    generations.assign(Slot::b, "2.8.1.0-1");
    CHECK(situation().holds == RescueHolds::rescue_copy);
    boot.mark_unbootable(Slot::b);
    CHECK(situation().holds == RescueHolds::nothing);
    STRCMP_EQUAL("2.8.1.0-1", situation().running_generation.c_str());
}

TEST(DueCopy, knows_whether_the_running_system_is_committed) {
    CHECK(situation().committed);
    boot.try_once(Slot::b);
    CHECK_FALSE(situation().committed);
    boot.commit(Slot::b);
    CHECK_FALSE(situation().committed);
}

TEST(DueCopy, knows_that_a_rollback_left_mail) {
    generations.assign(Slot::b, "2.8.0.0-1");
    CHECK_FALSE(situation().holds_mail);
    left.remember("2.8.0.0-1");
    CHECK(situation().holds_mail);
}

TEST_GROUP(RescueRecord) {
    partitions_test::FakeStorage storage;

    void setup() override {
        storage.put_directory("/data");
    }
};

TEST(RescueRecord, remembers_over_a_restart_when_the_copy_was_made_and_of_which_generation) {
    RescueRecord(storage, record_file).note_made("2.8.1.0-1", beginning);
    const RescueRecord record(storage, record_file);
    CHECK(record.made("2.8.1.0-1") == beginning);
    CHECK_FALSE(record.made("2.8.0.0-1").has_value());
    CHECK_FALSE(record.made("").has_value());
}

TEST(RescueRecord, notes_once_since_when_a_system_is_committed) {
    CHECK(RescueRecord(storage, record_file).committed_since("2.8.1.0-1", beginning) == beginning);
    const auto operations = storage.operations().size();
    RescueRecord record(storage, record_file);
    CHECK(record.committed_since("2.8.1.0-1", beginning + days(3)) == beginning);
    LONGS_EQUAL(operations, storage.operations().size());
    CHECK(record.committed_since("2.8.2.0-1", beginning + days(4)) == beginning + days(4));
}

TEST(RescueRecord, takes_a_time_in_the_future_for_a_wrong_clock) {
    RescueRecord record(storage, record_file);
    record.committed_since("2.8.1.0-1", beginning + days(300));
    CHECK(record.committed_since("2.8.1.0-1", beginning) == beginning);
}

TEST(RescueRecord, remembers_why_the_copy_was_started_and_that_another_was_made_since) {
    CHECK_FALSE(RescueRecord(storage, record_file).started().has_value());
    RescueRecord(storage, record_file)
        .note_started({.slot = Slot::b, .generation = "2.8.1.0-1", .when = beginning, .on_request = true});
    auto started = RescueRecord(storage, record_file).started();
    CHECK(started && started->slot == Slot::b && started->when == beginning && started->on_request);
    STRCMP_EQUAL("2.8.1.0-1", started->generation.c_str());
    CHECK_FALSE(started->over);
    RescueRecord(storage, record_file).note_made("2.8.1.0-1", beginning + days(1));
    started = RescueRecord(storage, record_file).started();
    CHECK(started && started->over);
}

TEST(RescueRecord, knows_of_no_started_copy_if_its_generation_was_not_noted) {
    storage.put_file(record_file, R"({"copied": {"generation": "2.8.1.0-1", "seconds": 1}, "started":
        {"slot": "a", "seconds": 1, "on_request": true, "over": false}})");
    const RescueRecord record(storage, record_file);
    CHECK_FALSE(record.started().has_value());
    CHECK(record.made("2.8.1.0-1").has_value());
}

TEST(RescueRecord, is_empty_if_the_file_is_damaged) {
    for (
        const char *contents :
        {"", "{", "[]", R"({"copied": 3})", R"({"copied": {"generation": "2.8.1.0-1", "seconds": "x"}})",
         R"({"copied": {"generation": "2.8.1.0-1", "seconds": 1}, "started": {"slot": "a", "generation": "2.8.1.0-1"}})"}) {
        storage.put_file(record_file, contents);
        CHECK_FALSE(RescueRecord(storage, record_file).made("2.8.1.0-1").has_value());
    }
}
