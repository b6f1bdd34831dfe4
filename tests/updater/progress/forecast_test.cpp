// How long a job will take: by what this appliance did before, by what the job has rehearsed, or estimated.
#include "updater/progress/forecast.hpp"

#include <CppUTest/TestHarness.h>
#include <nlohmann/json.hpp>

using namespace updater;
using namespace updater::progress;
using job::Phase;
using job::PredictedBy;
using nlohmann::json;

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

json phase(int number, double seconds) {
    return {{"number", number}, {"seconds", seconds}};
}

json upgrade(double install_seconds, double restart_seconds = 60) {
    return {{"operation", "install"},
            {"result", "succeeded"},
            {"phases", {phase(2, install_seconds), phase(3, 8), phase(6, restart_seconds)}}};
}

json upgrade_that_converts(int stores, double seconds_of_phase_7) {
    json job = upgrade(400);
    job["store_conversions"] = stores;
    job["phases"].push_back(phase(7, seconds_of_phase_7));
    return job;
}

json history_of(json jobs) {
    return {{"format", 1}, {"jobs", std::move(jobs)}};
}

} // namespace

TEST_GROUP(Forecast) {
    job::JobFacts facts;

    void convert_a_store() {
        facts.conversions = {{"etc", firmware::ConversionKind::configuration, "etc", "1", "2"},
                             {"messages", firmware::ConversionKind::store, "convert", "1", "2"}};
    }
    job::PhasePrediction of(Phase phase, const json &history) const {
        for (const auto &each : predict(facts, history))
            if (each.phase == phase)
                return each;
        FAIL("the phase is not predicted");
        return {};
    }
    void check(double seconds, PredictedBy by, Phase phase, const json &history) const {
        const auto found = of(phase, history);
        DOUBLES_EQUAL(seconds, std::chrono::duration<double>(found.takes).count(), 0.01);
        CHECK(by == found.by);
    }
};

TEST(Forecast, is_an_estimate_without_a_history) {
    const auto prediction = predict(facts, json());
    LONGS_EQUAL(10, prediction.size());
    for (const auto &each : prediction)
        CHECK(each.by == PredictedBy::estimate && each.takes > std::chrono::milliseconds(0));
    CHECK(downtime_of(prediction) > std::chrono::seconds(30));
    CHECK(downtime_of(prediction) < total_of(prediction));
}

TEST(Forecast, has_the_phases_of_the_operation) {
    facts.operation = job::Operation::download;
    LONGS_EQUAL(1, predict(facts, json()).size());
    CHECK(downtime_of(predict(facts, json())) == std::chrono::milliseconds(0));
    facts.operation = job::Operation::rollback;
    LONGS_EQUAL(3, predict(facts, json()).size());
}

TEST(Forecast, estimates_the_restart_by_the_last_start_of_the_machine) {
    facts.last_start = std::chrono::seconds(200);
    check(220, PredictedBy::estimate, Phase::restart_appliance, json());
}

TEST(Forecast, estimates_phase_2_by_what_is_fetched_and_written) {
    facts.fetch_bytes = 100 * mib;
    facts.write_bytes = 400 * mib;
    check(20 + 10 + 10, PredictedBy::estimate, Phase::install, json());
    convert_a_store();
    check(20 + 10 + 10 + 30, PredictedBy::estimate, Phase::install, json());
}

TEST(Forecast, is_the_median_of_the_newest_jobs_that_succeeded) {
    json failed = upgrade(9000);
    failed["result"] = "rolled-back";
    const auto history = history_of(
        {upgrade(1000), upgrade(110), upgrade(100), upgrade(500), upgrade(90), failed, upgrade(120)});
    check(110, PredictedBy::history, Phase::install, history);
    check(60, PredictedBy::history, Phase::restart_appliance, history);
    // No job there had this phase.
    check(20, PredictedBy::estimate, Phase::start_services, history);
}

TEST(Forecast, of_phase_2_is_scaled_with_what_is_fetched_and_written) {
    json before = upgrade(400);
    before["fetch_bytes"] = 600 * mib;
    before["write_bytes"] = 800 * mib;
    const auto history = history_of({before});
    check(400, PredictedBy::history, Phase::install, history);
    facts.fetch_bytes = 100 * mib;
    facts.write_bytes = 400 * mib;
    // 20 + 60 + 20 then, 20 + 10 + 10 now.
    check(160, PredictedBy::history, Phase::install, history);
}

TEST(Forecast, of_phase_2_counts_the_rehearsal_for_itself) {
    json before = upgrade(400);
    before["rehearsed"] = {{"messages", 50}, {"index", 50}};
    before["store_conversions"] = 2;
    const auto history = history_of({before});
    facts.conversions = {{"etc", firmware::ConversionKind::configuration, "etc", "1", "2"}};
    check(300, PredictedBy::history, Phase::install, history);
    convert_a_store();
    check(400, PredictedBy::history, Phase::install, history);
}

TEST(Forecast, of_a_store_that_is_converted_follows_its_size) {
    convert_a_store();
    const auto before = [](double store_mib, double rehearsed, double migrated) {
        json job = upgrade(100 + rehearsed);
        job["rehearsed"] = {{"messages", rehearsed}};
        job["store_conversions"] = 1;
        job["store_bytes"] = store_mib * mib;
        job["phases"].push_back(phase(7, migrated));
        return job;
    };
    const auto history = history_of({before(100, 20, 6), before(1000, 65, 24)});
    facts.store_bytes = 500 * mib;
    check(100 + 40, PredictedBy::history, Phase::install, history);
    check(14, PredictedBy::history, Phase::migrate_store, history);
    // Without one the size decides as well.
    check(1 + 15 + 25, PredictedBy::estimate, Phase::migrate_store, json());
}

TEST(Forecast, of_phase_7_follows_the_rehearsal) {
    convert_a_store();
    facts.rehearsed = {{"messages", std::chrono::seconds(40)}};
    check(40, PredictedBy::rehearsal, Phase::migrate_store, json());
    // The last time the conversion had the machine for itself and took half as long as its rehearsal.
    json before = upgrade(400);
    before["rehearsed"] = {{"messages", 100}};
    before["store_conversions"] = 1;
    before["phases"].push_back(phase(7, 50));
    check(20, PredictedBy::rehearsal, Phase::migrate_store, history_of({before}));
}

TEST(Forecast, of_phase_7_compares_only_releases_that_convert_as_much) {
    const json converting = upgrade_that_converts(1, 50);
    const json keeping = upgrade_that_converts(0, 0.2);
    const auto history = history_of({converting, keeping, keeping});
    facts.fetch_bytes = mib; // the firmware is read
    check(0.2, PredictedBy::history, Phase::migrate_store, history);
    convert_a_store();
    check(50, PredictedBy::history, Phase::migrate_store, history);
}

TEST(Forecast, expects_as_many_conversions_as_last_time_until_the_firmware_is_read) {
    const json converting = upgrade_that_converts(1, 50);
    const json keeping = upgrade_that_converts(0, 0.2);
    check(50, PredictedBy::history, Phase::migrate_store, history_of({keeping, converting}));
    check(0.2, PredictedBy::history, Phase::migrate_store, history_of({converting, keeping}));
}

TEST(Forecast, of_phase_1_compares_files_with_files) {
    json from_file = upgrade(400);
    from_file["from_file"] = true;
    from_file["phases"].push_back(phase(1, 30));
    json from_server = upgrade(400);
    from_server["from_file"] = false;
    from_server["phases"].push_back(phase(1, 4));
    const auto history = history_of({from_file, from_server});
    check(4, PredictedBy::history, Phase::download, history);
    facts.firmware_file = "/data/new.fw";
    check(30, PredictedBy::history, Phase::download, history);
}

TEST(Forecast, of_a_rollback_knows_what_it_shares_with_an_upgrade) {
    facts.operation = job::Operation::rollback;
    check(60, PredictedBy::history, Phase::restart_appliance, history_of({upgrade(400, 60)}));
    json rollback = upgrade(400, 45);
    rollback["operation"] = "rollback";
    check(45, PredictedBy::history, Phase::restart_appliance, history_of({rollback, upgrade(400, 60)}));
}

TEST(Forecast, is_an_estimate_where_the_history_says_nothing_that_can_be_read) {
    const json numbers = {
        {"operation", 7}, {"result", "succeeded"}, {"phases", {3, phase(6, -1), phase(6, 1e9)}}};
    const json texts = {
        {"operation", "install"},
        {"result", "succeeded"},
        {"phases", {{{"number", "6"}, {"seconds", "60"}}, {{"number", 1e300}, {"seconds", 1}}}},
        {"fetch_bytes", "many"},
        {"from_file", 1},
        {"store_conversions", 1e300},
        {"rehearsed", {1, "two"}}};
    for (const json &history :
         {json(), json(3), json::array(), history_of(nullptr), history_of({nullptr, 1, numbers, texts})})
        check(75, PredictedBy::estimate, Phase::restart_appliance, history);
}
