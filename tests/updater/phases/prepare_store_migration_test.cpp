// Phase 4: each store is copied as it is, and the undo removes the copy.
#include "tests/support/fake_storage.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/phases/04_prepare_store_migration.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;

TEST_GROUP(PrepareStoreMigration) {
    partitions_test::FakeStorage disk;
    partitions::Generations generations{disk, "/data"};
    configuration::Appliance appliance;
    PrepareStoreMigrationPhase phase{disk, generations, appliance};
    job::JobFacts facts;
    std::vector<std::string> lines;
    job::PhaseRun run = phase_run(facts, lines);

    void setup() override {
        for (const char *name : {"message-store", "quarantine"}) {
            const auto folder = std::string("/var/lib/") + name;
            appliance.stores.push_back({.name = name, .path = folder, .format = "1"});
            disk.put_file("/data/generations/2.8.0.0-1" + folder + "/messages", name);
        }
        disk.put_directory("/data/generations/2.8.1.0-1");
        facts.old_generation = "2.8.0.0-1";
        facts.new_generation = "2.8.1.0-1";
    }
    std::string copy_of(const std::string &name) const {
        return "/data/generations/2.8.1.0-1/source/" + name + "/messages";
    }
};

TEST(PrepareStoreMigration, copies_every_store_durably) {
    CHECK(phase.run(run) == job::PhaseEnd::done);
    const auto rebooted = disk.after_reboot({});
    for (const char *name : {"message-store", "quarantine"})
        STRCMP_EQUAL(name, rebooted->contents(copy_of(name)).c_str());
}

TEST(PrepareStoreMigration, is_undone_from_any_point_and_leaves_the_stores_alone) {
    phase.undo(run);
    phase.run(run);
    phase.undo(run);
    phase.undo(run);
    CHECK_FALSE(disk.exists("/data/generations/2.8.1.0-1/source"));
    STRCMP_EQUAL("quarantine",
                 disk.contents("/data/generations/2.8.0.0-1/var/lib/quarantine/messages").c_str());
    facts.new_generation.clear(); // it failed before there was one
    phase.undo(run);
}
