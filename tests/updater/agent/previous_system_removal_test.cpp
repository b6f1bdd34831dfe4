// Removing the previous system: what goes, what never goes, and that a power cut at any moment leaves an
// appliance that starts.
#include "updater/agent/previous_system_removal.hpp"

#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/refusal.hpp"

#include <memory>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using partitions::Slot;
using partitions_test::FakeStorage;

namespace {

constexpr const char *environment = "/boot/grubenv";
const std::filesystem::path note = "/data/update-control/left-generation";

/// 2.9.0.0 runs in b; 2.8.0.0 in a is the previous one; 2.7.0.0 was forgotten.
void prepare(FakeStorage &storage) {
    storage.put_file(environment, partitions_test::boot_environment(Slot::b, true, true));
    for (const char *name : {"2.7.0.0-1", "2.8.0.0-1", "2.9.0.0-1"})
        storage.put_file(std::string("/data/generations/") + name + "/etc/upper/hostname", "mx1");
    storage.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-a");
    storage.put_symlink("../generations/2.9.0.0-1", "/data/slots/system-b");
}

std::uint64_t measure(const std::vector<std::filesystem::path> &folders) {
    return 1000 * folders.size();
}

struct Appliance {
    explicit Appliance(FakeStorage &disk, bool is_try = false)
        : storage(disk),
          removal({Slot::b, "boot-1", is_try}, storage, boot, generations, {storage, generations, note},
                  measure, [](const std::function<void()> &work) { work(); }) {}

    FakeStorage &storage;
    partitions::GrubBootSelection boot{storage, environment};
    partitions::Generations generations{storage, "/data"};
    PreviousSystemRemoval removal;

    std::string names() const {
        std::string text;
        for (const auto &path : storage.list("/data/generations"))
            text += (text.empty() ? "" : " ") + path.filename().string();
        return text;
    }
    std::string refusal(bool force = false) {
        try {
            removal.drop(true, force);
        } catch (const job::NotPossible &not_possible) {
            return not_possible.what();
        } catch (const Refused &refused) {
            return std::string(refused.what()) + " | " + refused.next_step();
        }
        return "";
    }
};

} // namespace

TEST_GROUP(PreviousSystemRemoval) {
    FakeStorage storage;
    void setup() override {
        prepare(storage);
    }
};

TEST(PreviousSystemRemoval, says_first_what_it_would_free_and_changes_nothing) {
    Appliance appliance(storage);
    const std::string before = storage.describe();
    STRCMP_EQUAL(R"({"bytes":2000,"dropped":false,"slot":"a","version":"2.8.0.0"})",
                 appliance.removal.drop(false, false).dump().c_str());
    STRCMP_EQUAL(before.c_str(), storage.describe().c_str());
}

TEST(PreviousSystemRemoval, removes_all_that_the_running_system_does_not_use) {
    Appliance appliance(storage);
    CHECK(appliance.removal.drop(true, false)["dropped"]);
    STRCMP_EQUAL("2.9.0.0-1", appliance.names().c_str());
    CHECK_FALSE(appliance.boot.bootable(Slot::a));
    CHECK_FALSE(appliance.generations.assigned(Slot::a).has_value());
    CHECK(appliance.boot.bootable(Slot::b) && appliance.boot.default_slot() == Slot::b);
    STRCMP_CONTAINS("there is no previous system to remove", appliance.refusal().c_str());
}

TEST(PreviousSystemRemoval, never_touches_a_generation_that_the_running_system_uses) {
    storage.take_away("/data/slots/system-a");
    storage.put_symlink("../generations/2.9.0.0-1", "/data/slots/system-a");
    Appliance appliance(storage);
    STRCMP_CONTAINS("a copy of the running system", appliance.refusal(true).c_str());
    STRCMP_EQUAL("2.7.0.0-1 2.8.0.0-1 2.9.0.0-1", appliance.names().c_str());
    CHECK(appliance.boot.bootable(Slot::a));
}

TEST(PreviousSystemRemoval, waits_for_the_commit) {
    const bool is_try = true; // also after the commit, until the next start
    storage.put_file(environment, partitions_test::boot_environment(Slot::a, true, true));
    Appliance appliance(storage, is_try);
    STRCMP_CONTAINS("does not start the running system by default yet", appliance.refusal(true).c_str());
    STRCMP_CONTAINS("update-control -s", appliance.refusal(true).c_str());
    STRCMP_EQUAL("2.7.0.0-1 2.8.0.0-1 2.9.0.0-1", appliance.names().c_str());
    storage.put_file(environment, partitions_test::boot_environment(Slot::b, true, true));
    Appliance committed(storage, is_try);
    STRCMP_EQUAL("", committed.refusal().c_str());
}

TEST(PreviousSystemRemoval, loses_no_mail_unless_it_is_forced) {
    Appliance appliance(storage);
    storage.put_file(note, "2.8.0.0-1\n");
    STRCMP_CONTAINS("generation 2.8.0.0-1 alone holds the mail", appliance.refusal().c_str());
    STRCMP_CONTAINS("update-control --drop-previous --force", appliance.refusal().c_str());
    CHECK(appliance.boot.bootable(Slot::a));
    storage.put_file("/data/generations/2.8.0.0-1/gate-queue/deferred/A/ABCDEF", "mail");
    STRCMP_CONTAINS("systemctl restart update-agent", appliance.refusal(true).c_str());
    storage.take_away("/data/generations/2.8.0.0-1/gate-queue");
    STRCMP_EQUAL("", appliance.refusal(true).c_str());
    CHECK_FALSE(storage.exists(note));
}

TEST(PreviousSystemRemoval, of_what_cannot_be_measured_is_possible) {
    partitions::GrubBootSelection boot(storage, environment);
    partitions::Generations generations(storage, "/data");
    PreviousSystemRemoval removal(
        {Slot::b, "boot-1"}, storage, boot, generations, {storage, generations, note},
        [](const std::vector<std::filesystem::path> &) -> std::uint64_t { throw std::runtime_error("no"); },
        [](const std::function<void()> &work) { work(); });
    CHECK(removal.drop(true, false)["bytes"].is_null());
    CHECK_FALSE(boot.bootable(Slot::a));
}

TEST(PreviousSystemRemoval, ends_in_the_background_also_when_it_is_gone_itself) {
    partitions::GrubBootSelection boot(storage, environment);
    partitions::Generations generations(storage, "/data");
    std::function<void()> background;
    std::make_unique<PreviousSystemRemoval>(
        job::RunningSystem{Slot::b, "boot-1"}, storage, boot, generations,
        checks::LeftGeneration{storage, generations, note}, measure,
        [&background](std::function<void()> work) { background = std::move(work); })
        ->drop(true, false);
    background();
    LONGS_EQUAL(1, storage.list("/data/generations").size());
}

TEST(PreviousSystemRemoval, survives_a_power_cut_at_any_moment_and_can_be_repeated) {
    partitions_test::for_each_cut(
        prepare, [](FakeStorage &disk) { Appliance(disk).removal.drop(true, false); },
        [](FakeStorage &disk, const std::string &where) {
            Appliance appliance(disk);
            CHECK_TEXT(appliance.boot.default_slot() == Slot::b, where.c_str());
            STRCMP_EQUAL_TEXT("2.9.0.0-1", appliance.generations.of_slot(Slot::b).c_str(), where.c_str());
            // What the boot loader may start has its generation, whole.
            if (appliance.boot.bootable(Slot::a))
                STRCMP_EQUAL_TEXT(
                    "mx1",
                    disk.contents(
                            appliance.generations.at(appliance.generations.of_slot(Slot::a)).etc_upper() /
                            "hostname")
                        .c_str(),
                    where.c_str());
            const std::string again = appliance.refusal();
            CHECK_TEXT(again.empty() || again.find("there is no previous") == 0, (where + again).c_str());
            appliance.generations.remove_retired();
            STRCMP_EQUAL_TEXT("2.9.0.0-1", appliance.names().c_str(), where.c_str());
            CHECK_TEXT(!appliance.boot.bootable(Slot::a), where.c_str());
        });
}
