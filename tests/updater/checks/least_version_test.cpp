// What is remembered of the least acceptable version.
#include "tests/support/power_cuts.hpp"
#include "updater/checks/least_version.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;
using partitions_test::FakeStorage;

namespace {

constexpr const char *file = "/data/update-control/least-version";

std::string text_of(const LeastVersion &least) {
    const auto value = least.value();
    return value ? value->text() : "none";
}

} // namespace

TEST_GROUP(LeastVersion) {
    FakeStorage storage;
};

TEST(LeastVersion, rises_and_never_falls) {
    LeastVersion least(storage, file);
    STRCMP_EQUAL("none", text_of(least).c_str());
    const struct {
        firmware::Version to;
        const char *then;
    } steps[] = {{firmware::Version(2, 8, 1, 0), "2.8.1.0"},
                 {firmware::Version(2, 8, 0, 0), "2.8.1.0"},
                 {firmware::Version(2, 8, 1, 0), "2.8.1.0"},
                 {firmware::Version(2, 10, 0, 0), "2.10.0.0"},
                 {firmware::Version(2, 9, 0, 0), "2.10.0.0"}};
    for (const auto &step : steps) {
        least.raise_to(step.to);
        STRCMP_EQUAL(step.then, text_of(least).c_str());
        STRCMP_EQUAL(step.then, text_of(LeastVersion(storage, file)).c_str());
    }
}

TEST(LeastVersion, that_is_damaged_is_not_taken_for_none) {
    for (const std::string contents :
         {"", "\n", "2.8.1.0", "2.8.1.", "2.8.1.0\n\n", " 2.8.1.0\n", "2.8.1\n", "2.8.1.0 \n", "text\n"}) {
        storage.put_file(file, contents);
        LeastVersion least(storage, file);
        try {
            least.value();
            FAIL(contents.c_str());
        } catch (const LeastVersionDamaged &damage) {
            STRCMP_CONTAINS(file, damage.what());
            STRCMP_CONTAINS("Nothing is installed until it is repaired", damage.next_step().c_str());
        }
        CHECK_THROWS(LeastVersionDamaged, least.raise_to(firmware::Version(2, 9, 0, 0)));
        STRCMP_EQUAL(contents.c_str(), storage.contents(file).c_str());
    }
    storage.put_file(file, std::string(1000, '1'));
    CHECK_THROWS(partitions::StorageError, LeastVersion(storage, file).value());
}

TEST(LeastVersion, is_the_old_one_or_the_new_one_after_a_power_cut_at_any_moment) {
    partitions_test::for_each_cut(
        [](FakeStorage &disk) { LeastVersion(disk, file).raise_to(firmware::Version(2, 8, 1, 0)); },
        [](FakeStorage &disk) { LeastVersion(disk, file).raise_to(firmware::Version(2, 9, 0, 0)); },
        [](FakeStorage &disk, const std::string &where) {
            LeastVersion least(disk, file);
            const std::string now = text_of(least);
            CHECK_TRUE_TEXT(now == "2.8.1.0" || now == "2.9.0.0", where.c_str());
            least.raise_to(firmware::Version(2, 9, 0, 0));
            STRCMP_EQUAL_TEXT("2.9.0.0", text_of(least).c_str(), where.c_str());
        });
}
