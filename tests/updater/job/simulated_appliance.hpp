// An appliance for the job's tests: real journal, runner, recovery and boot selection over a storage in
// memory; the phases only leave a mark on that storage, so that what was done and undone can be seen after
// any restart.
#pragma once

#include "partitions/boot_selection.hpp"
#include "tests/support/fake_restart_causes.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/job/job_runner.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace job_tests {

/// What goes wrong in the middle of a phase, after half of its work.
enum class Trouble {
    none,
    failure,
    postponement, ///< a failure that asks to be tried later
    knows_next,   ///< a failure that says what to do next
    refusal,
    cancellation,
    power_cut,
    agent_killed,
    agent_stopped,     ///< by SIGTERM, as in an orderly restart of the machine
    machine_goes_down, ///< the same, and what the phase needs is gone before it notices: a failure
    fills_disk,        ///< then a failure: only what the journal has reserved can be written
    takes_too_long,    ///< the phase runs until the deadline asks it to stop
};

/// Thrown to end the agent on the spot. No std::exception: the code under test must not be able to catch it.
struct Killed {
    bool with_machine = true;
};

class SimulatedAppliance {
  public:
    SimulatedAppliance();

    /// Trouble strikes the first time this phase runs: before or after the write that decides, in phases 6
    /// and 10.
    void trouble_in(updater::job::Phase phase, Trouble trouble, bool after_the_decision = false);
    /// It strikes that many times instead of once.
    void trouble_lasts(int times) { trouble_times_ = times; }
    /// After that, other trouble strikes once in the same place.
    void then(Trouble trouble) { next_trouble_ = trouble; }
    /// Phase 6 records services in a form that only a newer updater reads.
    void records_for_a_newer_updater() { for_a_newer_updater_ = true; }
    /// The jobs only download.
    void only_download() { operation_ = updater::job::Operation::download; }
    /// The undo of this phase fails every time.
    void undo_fails(updater::job::Phase phase) { failing_undo_ = phase; }
    /// The kernel of the new system panics before its agent runs.
    void new_system_panics() { panicking_ = partitions::Slot::b; }
    void old_system_panics() { panicking_ = partitions::Slot::a; }

    /// From now on somebody looks why the machine restarted, and finds what the test says.
    updater_test::FakeRestartCauses &causes() {
        causes_are_looked_for_ = true;
        return causes_;
    }

    /// A person ends the job in this pause between two tries to finish; 1: the first.
    void is_ended_in_pause(std::size_t number) { stop_in_pause_ = number; }
    void boot_selection_is_unreadable() { boot_selection_is_unreadable_ = true; }

    /// Starts an upgrade and acts as the machine until it is idle: restarts, powers on, starts the agent.
    void upgrade();
    /// After an upgrade: a rollback, as a person asks for it.
    void roll_back();
    /// The same, beginning with a start of the machine.
    void power_on();

    partitions_test::FakeStorage &storage() { return *storage_; }
    void replace_storage(std::unique_ptr<partitions_test::FakeStorage> storage) {
        storage_ = std::move(storage);
    }

    /// What happened, in order: "phase 3", "undo 3", "boot b", "panic", "failed 3", "restart", "ended
    /// rolled-back".
    const std::vector<std::string> &chain() const { return chain_; }
    std::string chain_text() const;
    char running_slot() const { return partitions::letter(slot_); }
    /// The phases whose mark is on the disk.
    std::set<int> marks() const;
    /// Why the job was resumed, in order.
    const std::vector<std::string> &reasons() const { return reasons_; }
    const updater::job::JobEnd &end() const { return *end_; }
    /// What is predicted in this job is, whenever it is asked, the phase that began last.
    const updater::job::JobFacts &facts_at_end() const { return *facts_at_end_; }
    /// The time of each record in the journal.
    static constexpr std::chrono::hours journal_time{1};
    /// How long the job waited between tries to finish.
    const std::vector<std::chrono::seconds> &pauses() const { return pauses_; }
    bool idle() const { return idle_; }
    int boots() const { return boot_number_; }

  private:
    class Observer;
    updater::job::PhaseTable table();
    updater::job::JobFacts new_facts() const;
    updater::job::PhaseEnd run_phase(updater::job::Phase phase, const updater::job::PhaseRun &run);
    void run_agent_to_its_end(bool start_job);
    void undo_phase(updater::job::Phase phase, const updater::job::JobFacts &facts);
    void strike(updater::job::Phase phase, bool after_the_decision, const updater::job::PhaseRun &run);
    void run_agent(bool start_job);

    std::unique_ptr<partitions_test::FakeStorage> storage_;
    partitions::Slot slot_ = partitions::Slot::a;
    int boot_number_ = 0;
    std::vector<std::string> chain_;
    std::vector<std::string> reasons_;
    std::optional<updater::job::JobEnd> end_;
    std::optional<updater::job::JobFacts> facts_at_end_;
    bool idle_ = false;
    updater::job::Phase trouble_phase_ = updater::job::Phase::download;
    Trouble trouble_ = Trouble::none;
    int trouble_times_ = 1;
    Trouble next_trouble_ = Trouble::none;
    bool trouble_after_decision_ = false;
    updater::job::Operation operation_ = updater::job::Operation::install;
    std::optional<updater::job::Phase> failing_undo_;
    std::optional<partitions::Slot> panicking_;
    bool is_try_ = false;
    updater_test::FakeRestartCauses causes_;
    bool causes_are_looked_for_ = false;
    bool boot_selection_is_unreadable_ = false;
    std::vector<std::chrono::seconds> pauses_;
    bool for_a_newer_updater_ = false;
    std::size_t stop_in_pause_ = 0;                 ///< 0: in none
    std::optional<updater::job::StopRequest> stop_; ///< of the agent that runs
};

} // namespace job_tests
