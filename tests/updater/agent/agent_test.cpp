// Going back to the previous system by request: when it is refused, and what the administrator is told.
#include "partitions/base/sha256.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/agent/agent.hpp"
#include "updater/checks/least_version.hpp"
#include "updater/checks/preconditions.hpp"

#include <atomic>
#include <chrono>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;
using partitions::Slot;

TEST_GROUP(AgentRollback) {
    partitions_test::FakeStorage storage;
    partitions_test::FakeBootSelection boot{partitions::Slot::b, true};
    TemporaryFolder folder;
    partitions::Generations generations{storage, "/data"};
    text::Clock clock = [] { return std::chrono::system_clock::time_point(std::chrono::hours(500000)); };
    configuration::Appliance appliance;
    std::ostringstream console;
    job::Journal journal{storage, "/data/update-control/journal", "boot-1", clock};
    progress::JobStatus status{clock, "2.9.0.0", "b"};
    progress::LogObserver observer{storage,
                                   {status, console, [](const progress::JournalEntry &) {}},
                                   clock,
                                   "on mx1",
                                   [](const job::JobFacts &, const job::JobEnd &) {}};
    std::atomic<int> restarts = 0;
    std::vector<job::JobFacts> rolled_back; ///< as phase 6 of a rollback saw them
    job::PhaseTable only_the_restart{{.phase = job::Phase::restart_appliance,
                                      .run =
                                          [this](job::PhaseRun &run) {
                                              rolled_back.push_back(run.facts);
                                              return job::PhaseEnd::restarting;
                                          },
                                      .undo = nullptr,
                                      .on_return = job::OnReturn::go_on_in_new_system}};
    job::JobRunner runner{
        journal,
        only_the_restart,
        observer,
        {.state =
             [this] {
                 return job::MachineState{{partitions::Slot::b, "boot-1"}, boot.default_slot()};
             },
         .restart = [this] { ++restarts; },
         .begin_trial = nullptr}};
    firmware::KeysNow keys = firmware::keys_in(folder.path());
    available::FirmwareFolder downloads{folder.path(), keys};
    available::FailedVersions failed{storage, "/data/failed.json"};
    available::FirmwareChoice choice{appliance, downloads, failed, nullptr};
    checks::LeastVersion least{storage, "/data/update-control/least-version"};

    void setup() override {
        appliance.version = "2.9.0.0";
        storage.put_directory(folder.path());
        storage.put_directory("/data/generations/2.8.0.0-1");
        storage.put_directory("/data/generations/2.9.0.0-1");
        storage.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-a");
        storage.put_symlink("../generations/2.9.0.0-1", "/data/slots/system-b");
    }

    int ways_made = 0;
    JobThread thread{runner, observer, [this] {
                         CHECK(agent.busy() && rolled_back.empty());
                         ++ways_made;
                     }};
    NewJobs new_jobs{"2.9.0.0", {partitions::Slot::b, "boot-1"}, generations, folder.path(), clock};
    FirstChecks first_checks{
        storage,
        keys,
        {.before_download = [] {}, .of_manifest = [](const firmware::Manifest &, const job::JobFacts &) {}},
        journal,
        observer};
    PreviousSystem previous{
        "2.9.0.0",
        {partitions::Slot::b, "boot-1"},
        boot,
        generations,
        [this](const firmware::Version &version) { checks::check_way_back(version, least.value()); },
        [] { return "stored since the upgrade: 7 messages"; }};
    Agent agent{thread, journal, status, new_jobs, first_checks, previous, choice};

    /// "" when the way back began, else what was said.
    std::string roll_back(bool force) {
        try {
            agent.rollback(force);
        } catch (const Refused &refusal) {
            return std::string(refusal.what()) + " | " + refusal.next_step();
        } catch (const job::NotPossible &not_possible) {
            return not_possible.what();
        }
        while (restarts == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        agent.stop();
        return "";
    }
};

TEST(AgentRollback, tries_the_previous_system_when_it_is_forced) {
    const std::string said = roll_back(false);
    STRCMP_CONTAINS("To do it all the same: update-control --rollback --force", said.c_str());
    STRCMP_CONTAINS("they lack the mail that was stored since the upgrade: 7 messages. That mail stays in "
                    "generation 2.9.0.0-1: to have it again, go back to 2.9.0.0",
                    said.c_str());
    CHECK(rolled_back.empty());
    STRCMP_EQUAL("", roll_back(true).c_str());
    LONGS_EQUAL(1, restarts);
    LONGS_EQUAL(1, rolled_back.size());
    const job::JobFacts &facts = rolled_back[0];
    CHECK(facts.operation == job::Operation::rollback);
    STRCMP_EQUAL("2.9.0.0 2.8.0.0", (facts.from_version + " " + facts.to_version).c_str());
    STRCMP_EQUAL("2.9.0.0-1 2.8.0.0-1", (facts.old_generation + " " + facts.new_generation).c_str());
    CHECK(facts.old_slot == partitions::Slot::b && facts.new_slot == partitions::Slot::a);
    // Only the system that has proved itself is committed.
    CHECK(boot.default_slot() == partitions::Slot::b);
}

TEST(AgentRollback, is_refused_when_the_rescue_partition_holds_a_copy_of_the_running_system) {
    generations.assign(partitions::Slot::a, "2.9.0.0-1");
    for (const bool force : {false, true})
        STRCMP_EQUAL(
            "there is no previous system to go back to: the rescue partition holds a copy of the running "
            "one, version 2.9.0.0 (since when: update-control -s)",
            roll_back(force).c_str());
    CHECK(rolled_back.empty());
}

TEST(AgentRollback, has_other_work_on_the_partitions_stopped_before_it_begins) {
    agent.rollback(true);
    while (restarts == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    LONGS_EQUAL(1, ways_made);
    agent.stop();
}

TEST(AgentRollback, is_not_cancelled_by_a_second_request) {
    agent.rollback(true);
    while (restarts == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    try {
        agent.rollback(true);
        FAIL("the second request was taken");
    } catch (const job::Busy &busy) {
        STRCMP_EQUAL("a rollback is under way; watch it with: update-control -f", busy.what());
    }
    agent.stop();
}

TEST(AgentRollback, is_refused_behind_the_least_acceptable_version_also_when_it_is_forced) {
    least.raise_to(firmware::Version(2, 8, 0, 1));
    for (const bool force : {false, true})
        STRCMP_EQUAL(
            "the previous system has version 2.8.0.0, which is older than 2.8.0.1: that is the least "
            "version that is acceptable since the last upgrade | The appliance stays as it is. If "
            "the running version does not work for you, ask the vendor for a newer one.",
            roll_back(force).c_str());
    CHECK(boot.default_slot() == partitions::Slot::b);
    LONGS_EQUAL(0, restarts);
    CHECK(journal.read().records.empty());
}

TEST(AgentRollback, is_refused_when_nobody_knows_the_least_acceptable_version) {
    storage.put_file("/data/update-control/least-version", "2.8.");
    STRCMP_CONTAINS("is damaged", roll_back(true).c_str());
    CHECK(boot.default_slot() == partitions::Slot::b);
}

TEST(AgentRollback, is_not_possible_without_a_previous_system) {
    boot.mark_unbootable(partitions::Slot::a);
    STRCMP_CONTAINS("there is no previous system to go back to", roll_back(true).c_str());
}

TEST(AgentRollback, is_not_begun_by_an_installation_whose_file_is_none) {
    storage.put_directory("/some/folder");
    storage.put_file("/some/text.fw", "no firmware");
    storage.put_symlink("text.fw", "/some/link.fw");
    const struct {
        const char *source;
        const char *said;
    } cases[] = {{"/some/folder", "/some/folder is a folder, not a firmware file"},
                 {"/some/absent.fw", "there is no firmware file /some/absent.fw"},
                 {"/some/link.fw", "there is no firmware file /some/link.fw"},
                 {"some.fw", "neither an absolute path nor an https URL"},
                 {"~/some.fw", "neither an absolute path nor an https URL"},
                 {"-some.fw", "neither an absolute path nor an https URL"},
                 {"file:///some/text.fw", "neither an absolute path nor an https URL"},
                 {"http://updates.lan.test/some.fw", "neither an absolute path nor an https URL"}};
    for (const auto &each : cases) {
        try {
            agent.install(each.source, {});
            FAIL(each.source);
        } catch (const Refused &refusal) {
            STRCMP_CONTAINS(each.said, refusal.what());
        }
        CHECK_FALSE(agent.busy());
    }
}

TEST(AgentRollback, that_had_to_be_given_up_may_still_be_open) {
    CHECK_FALSE(agent.may_have_open_job());
    const job::PhaseTable failing{
        {.phase = job::Phase::restart_appliance,
         .run = [](job::PhaseRun &) -> job::PhaseEnd { throw std::runtime_error("no restart"); },
         .undo = nullptr,
         .on_return = job::OnReturn::go_on_in_new_system}};
    job::JobRunner blind{
        journal,
        failing,
        observer,
        {.state = []() -> job::MachineState { throw std::runtime_error("the disk does not answer"); },
         .restart = [this] { ++restarts; },
         .begin_trial = nullptr}};
    JobThread giving_up{blind, observer};
    Agent with_it{giving_up, journal, status, new_jobs, first_checks, previous, choice};
    with_it.rollback(true);
    while (with_it.busy())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(with_it.may_have_open_job());
    LONGS_EQUAL(0, restarts);
}

TEST(AgentRollback, is_refused_like_every_job_while_the_journal_cannot_be_read) {
    // As a newer updater writes it: 16 digits of the SHA-256, and a format that this one doesn't know.
    const std::string written = R"({"format":2})";
    storage.put_directory("/data/update-control");
    storage.put_file("/data/update-control/journal",
                     partitions::base::to_hexadecimal(partitions::base::sha256_of(written)).substr(0, 16) +
                         ' ' + written + '\n');
    agent.pick_up();
    const std::string problem = status.state()["problem"].get<std::string>();
    STRCMP_CONTAINS("the job journal cannot be read: the job journal was written by a newer updater. No job "
                    "can begin",
                    problem.c_str());
    STRCMP_CONTAINS("move /data/update-control/journal away", problem.c_str());
    STRCMP_CONTAINS("the job journal cannot be read", roll_back(true).c_str());
    CHECK_THROWS(job::NotPossible, agent.install("/some.fw", {.force = true}));
    CHECK_THROWS(job::NotPossible, agent.download("https://updates.lan.test/some.fw"));
    CHECK_FALSE(agent.busy());
    CHECK(agent.may_have_open_job());
    STRCMP_EQUAL(written.c_str(), storage.contents("/data/update-control/journal").substr(17, 12).c_str());
}
