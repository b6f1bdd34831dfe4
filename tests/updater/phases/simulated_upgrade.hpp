// An upgrade of the simulated machine by the real journal, runner, recovery and the real ten phases,
// connected as in the agent's main. Trouble of any kind strikes before or after any event.
#pragma once

#include "tests/updater/phases/simulated_machine.hpp"
#include "updater/job/job_runner.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace phases_tests {

enum class Trouble {
    failure,      ///< what is being done fails
    refusal,      ///< as of a check
    stop_asked,   ///< by a person: cancel, or from phase 3 on a rollback
    power_cut,    ///< what was not synced is lost
    agent_killed, ///< and started again by the service manager
};

/// Thrown to end the agent on the spot. No std::exception: the code under test must not be able to catch it.
struct Killed {
    bool with_machine = true;
};

enum class Moment { before, after };

class SimulatedUpgrade {
  public:
    SimulatedUpgrade();
    /// The same appliance with this disk, switched off in the middle of whatever it did.
    SimulatedUpgrade(const SimulatedUpgrade &other, std::unique_ptr<partitions_test::FakeStorage> disk);

    /// It strikes once, when this phase is under way, at the first event whose text contains this.
    void trouble_in(updater::job::Phase phase, Trouble trouble, Moment moment, std::string event);
    /// The same, but no trouble: the test's own doing.
    void do_in(updater::job::Phase phase, std::string event, std::function<void()> what);
    void new_system_panics(const std::string &version) { machine_.panics(version); }
    /// Before each operation of the storage; the one that comes next is named.
    void before_each_operation(std::function<void(const std::string &operation)> told) {
        told_operation_ = std::move(told);
    }

    /// From now on the events are written down that are of the outside or change the boot selection:
    /// "3: stop postfix.service".
    void keep_record() { keeps_record_ = true; }
    const std::string &record() const { return record_; }

    /// Starts an upgrade to this version and does what a machine does until the job has ended: restarts,
    /// powers on again, starts the agent.
    void upgrade_to(const std::string &version);
    /// The same for a rollback after the commit, as a person asks for it.
    void roll_back();
    /// The same from a start of the machine on.
    void switch_on();

    /// What happened, in order: "begins 1 2 failed-2 undo-2 undo-1 ended-failed", "restart boot-b continues
    /// 7".
    const std::string &chain() const { return chain_; }
    /// What is not as it has to be after a job, a line each; empty: the appliance is whole.
    std::string faults();
    /// The same, but for the store, which after a rollback lacks what came since the upgrade.
    std::string faults_but_of_the_store();
    /// The same, but for what only the end of phase 10 brings: mail flows, services run, nothing is pinned.
    std::string faults_of_what_is_on_the_disk();

    /// Whether it has not struck yet.
    bool trouble_is_ahead() const { return plan_.has_value(); }
    SimulatedMachine &machine() { return machine_; }
    const updater::job::JobEnd &end() const { return *end_; }
    /// The version that phase 1 told before anything was installed.
    const std::string &firmware_known() const { return firmware_known_; }

  private:
    class Observer;
    struct Agent;

    void listen();
    void take_event(const std::string &event);
    void bring(Trouble trouble);
    void strike();
    void write_down(const std::string &event);
    void note(const std::string &what) { chain_ += (chain_.empty() ? "" : " ") + what; }
    updater::job::PhaseTable watched(updater::job::PhaseTable table);
    /// True when the job has ended or there is none; false when the machine has to be restarted.
    bool run_agent(const std::string &upgrade_to);
    bool run_agent_until_it_stays(const std::string &upgrade_to);

    SimulatedMachine machine_;
    std::string chain_;
    std::optional<updater::job::JobEnd> end_;
    std::string firmware_known_;
    std::function<void(const std::string &)> told_operation_ = [](const std::string &) {};

    std::optional<updater::job::Phase> phase_; ///< under way
    struct Plan {
        updater::job::Phase phase;
        Moment moment;
        std::string event;
        std::function<void()> strike;
    };
    std::optional<Plan> plan_;
    bool strikes_next_ = false;
    std::optional<updater::job::StopRequest> stop_; ///< of the running agent
    bool keeps_record_ = false;
    std::string record_;
};

} // namespace phases_tests
