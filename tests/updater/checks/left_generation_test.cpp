// What was stored between an upgrade and the rollback from it does not go unasked.
#include "tests/support/fake_storage.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;
using partitions::Slot;

TEST_GROUP(LeftGeneration) {
    const std::string forced = "update-control -i fw /data/fix.fw --force";
    const std::filesystem::path file = "/data/update-control/left-generation";
    partitions_test::FakeStorage storage;
    partitions::Generations generations{storage, "/data"};
    LeftGeneration left{storage, generations, file};

    void setup() override {
        for (const char *version : {"2.8.0.0", "2.8.1.0"})
            generations.create(version);
        generations.assign(partitions::Slot::a, "2.8.0.0-1");
        generations.assign(partitions::Slot::b, "2.8.1.0-1");
    }
};

TEST(LeftGeneration, may_be_removed_only_when_somebody_asks_for_it) {
    left.check_may_be_removed(partitions::Slot::b, forced);
    left.remember("2.8.1.0-1");
    try {
        left.check_may_be_removed(partitions::Slot::b, forced);
        FAIL("it would have been removed");
    } catch (const Refused &refusal) {
        STRCMP_CONTAINS("generation 2.8.1.0-1 alone holds the mail", refusal.what());
        STRCMP_CONTAINS("To install all the same: update-control -i fw /data/fix.fw --force.",
                        refusal.next_step().c_str());
    }
    CHECK_THROWS(
        Refused,
        LeftGeneration(storage, generations, file).check_may_be_removed(partitions::Slot::b, forced));
}

TEST(LeftGeneration, counts_no_longer_when_it_is_gone_or_runs_again) {
    left.remember("2.8.1.0-1");
    left.check_may_be_removed(partitions::Slot::a, forced); // 2.8.1.0 runs again
    generations.unassign(partitions::Slot::b);
    left.check_may_be_removed(partitions::Slot::b, forced);
    // Installed once more: as it was retired before, the new one has the same name.
    generations.retire("2.8.1.0-1");
    STRCMP_EQUAL("2.8.1.0-1", generations.create("2.8.1.0").c_str());
    left.forget();
    generations.assign(partitions::Slot::b, "2.8.1.0-1");
    left.check_may_be_removed(partitions::Slot::b, forced);
    left.remember("2.8.0.0-1"); // left in turn
    left.check_may_be_removed(partitions::Slot::b, forced);
    CHECK_THROWS(Refused, left.check_may_be_removed(partitions::Slot::a, forced));
}

TEST(LeftGeneration, does_not_keep_the_appliance_from_being_upgraded_by_a_damaged_note) {
    for (const std::string &note : {std::string("2.8.1.0"), std::string(10000, 'x')}) {
        storage.put_file(file, note);
        left.check_may_be_removed(partitions::Slot::b, forced);
    }
}
