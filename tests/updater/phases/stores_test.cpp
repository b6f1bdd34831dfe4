// Phases 4 and 7: every store is copied while nothing writes to it, and stands in the new generation in the
// new system's format, by as many steps as it takes.
#include "tests/support/power_cuts.hpp"
#include "tests/updater/phases/converting_programs.hpp"
#include "tests/updater/phases/two_systems.hpp"
#include "updater/phases/04_prepare_store_migration.hpp"
#include "updater/phases/07_migrate_store.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;
using partitions_test::FakeStorage;

namespace {

const std::filesystem::path old_stores = TwoSystems::old_generation / "var/lib/mail";
const std::filesystem::path new_stores = TwoSystems::new_generation / "var/lib/mail";
const std::filesystem::path copies = TwoSystems::new_generation / "source";

configuration::Store store_at(const std::string &name) {
    return {.name = name, .path = "/var/lib/mail/" + name, .format = "3", .inspect = {}, .unit = {}};
}

firmware::Conversion step_of(const std::string &store, const std::string &from, const std::string &to) {
    return {store, firmware::ConversionKind::store, "convert", from, to};
}

/// Phase 4 in the old system, phase 7 in the new one, with stores "messages" and "archive".
struct ApplianceWithStores : TwoSystems {
    explicit ApplianceWithStores(FakeStorage &on) : TwoSystems(on, partitions::Slot::b) {
        programs.install("/usr/lib/update-control/hooks/convert", adds_its_name(disk, "convert"));
        old_appliance.stores = new_appliance.stores = {store_at("messages"), store_at("archive")};
    }

    static void put_on(FakeStorage &disk) {
        for (const auto &[slot, image] : images)
            disk.put_directory(image / "etc");
        disk.put_file(old_stores / "messages/table", "m");
        disk.put_file(old_stores / "archive/table", "a");
        disk.put_directory(new_stores.parent_path());
    }

    configuration::Appliance old_appliance;
    configuration::Appliance new_appliance;
    PrepareStoreMigrationPhase phase_4{disk, generations, old_appliance};
    MigrateStorePhase phase_7{disk, roots, generations, conversions, new_appliance};
};

} // namespace

TEST_GROUP(Stores) {
    FakeStorage disk;
    ApplianceWithStores appliance{disk};

    void setup() override {
        ApplianceWithStores::put_on(disk);
    }
    void migrate(const std::vector<firmware::Conversion> &chain) {
        appliance.facts.conversions = chain;
        appliance.phase_4.run(appliance.run);
        appliance.phase_7.run(appliance.run);
    }
};

TEST(Stores, are_converted_step_by_step_each_by_its_own_chain) {
    migrate({step_of("messages", "1", "2"), step_of("archive", "2", "3"), step_of("messages", "2", "3")});
    STRCMP_EQUAL("m, convert 1-2, convert 2-3", disk.contents(new_stores / "messages/table").c_str());
    STRCMP_EQUAL("a, convert 2-3", disk.contents(new_stores / "archive/table").c_str());
    STRCMP_EQUAL("m", disk.contents(old_stores / "messages/table").c_str());
    STRCMP_EQUAL("m", disk.contents(copies / "messages/table").c_str());
    for (const auto &call : appliance.programs.calls()) {
        STRCMP_EQUAL("/", call.root.c_str());
        CHECK_FALSE(call.environment.contains("UPDATE_CONTROL_REHEARSAL"));
    }
}

TEST(Stores, of_a_point_release_move_without_a_program) {
    migrate({});
    STRCMP_EQUAL("m", disk.contents(new_stores / "messages/table").c_str());
    STRCMP_EQUAL("a", disk.contents(new_stores / "archive/table").c_str());
    CHECK(appliance.programs.calls().empty());
    STRCMP_EQUAL("m", disk.contents(old_stores / "messages/table").c_str());
}

TEST(Stores, that_are_new_in_a_release_are_left_to_it) {
    appliance.new_appliance.stores.push_back(store_at("quarantine"));
    migrate({});
    CHECK_FALSE(disk.exists(new_stores / "quarantine"));
    STRCMP_CONTAINS("the quarantine is new in 2.8.1.0", appliance.lines.back().c_str());
}

TEST(Stores, whose_copy_is_missing_are_never_taken_for_new) {
    appliance.phase_4.run(appliance.run);
    const auto noted = appliance.facts.stores;
    partitions::remove_tree(disk, copies / "archive");
    // Also when the old updater did not note what it copied.
    for (const auto &stores : {noted, std::optional<std::vector<std::string>>()}) {
        appliance.facts.stores = stores;
        CHECK_THROWS(partitions::StorageError, appliance.phase_7.run(appliance.run));
    }
}

TEST(Stores, have_their_name_only_when_they_are_whole_whenever_the_power_is_cut) {
    std::size_t in_place = 0;
    partitions_test::for_each_cut(
        ApplianceWithStores::put_on,
        [](FakeStorage &cut) {
            ApplianceWithStores on_disk(cut);
            on_disk.facts.conversions = {step_of("messages", "1", "2"), step_of("messages", "2", "3")};
            on_disk.phase_4.run(on_disk.run);
            on_disk.phase_7.run(on_disk.run);
        },
        [&](FakeStorage &rebooted, const std::string &where) {
            STRCMP_EQUAL_TEXT("m", rebooted.contents(old_stores / "messages/table").c_str(), where.c_str());
            if (!rebooted.exists(new_stores / "messages"))
                return;
            ++in_place;
            STRCMP_EQUAL_TEXT("m, convert 1-2, convert 2-3",
                              rebooted.contents(new_stores / "messages/table").c_str(), where.c_str());
        });
    CHECK_TEXT(in_place > 0, "the store was never in place");
}
