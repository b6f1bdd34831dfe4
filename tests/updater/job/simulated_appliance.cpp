// What the simulated appliance does in each phase, and how it starts again.
#include "tests/updater/job/simulated_appliance.hpp"

#include "partitions/durable.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "updater/cancelled.hpp"
#include "updater/own_next_step.hpp"
#include "updater/refusal.hpp"
#include "updater/try_again_later.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

namespace job_tests {

using namespace updater;
using namespace updater::job;
using partitions::Slot;

namespace {

class Postponed : public std::runtime_error, public TryAgainLater {
  public:
    Postponed() : std::runtime_error("not now") {}
};

class KnowsNext : public std::runtime_error, public updater::OwnNextStep {
  public:
    KnowsNext() : std::runtime_error("not so"), OwnNextStep("Do it so") {}
};

const std::filesystem::path boot_environment_file = "/boot/grubenv";
const std::filesystem::path marks_folder = "/marks";
constexpr int max_boots = 12;
/// Long for a machine that does nothing else, short for a person.
constexpr std::chrono::milliseconds trial_limit{60000};
constexpr std::chrono::milliseconds short_trial_limit{200};

std::filesystem::path mark_of(Phase phase) {
    return marks_folder / std::to_string(number_of(phase));
}

} // namespace

class SimulatedAppliance::Observer : public JobObserver {
  public:
    explicit Observer(SimulatedAppliance &appliance) : appliance_(appliance) {}
    void job_begins(const JobFacts &, bool continued) override { note(continued ? "continues" : "begins"); }
    void going_on(std::string_view reason, std::string_view) override {
        appliance_.reasons_.emplace_back(reason);
    }
    void firmware_known(std::string_view) override {}
    void phase_begins(Phase phase) override {
        note("phase " + std::to_string(number_of(phase)));
        phase_ = phase;
    }
    Prediction prediction() const override {
        return {{phase_, std::chrono::seconds(number_of(phase_)), PredictedBy::history}};
    }
    void phase_done(Phase, std::chrono::milliseconds) override {}
    void phase_failed(Phase phase, std::string_view, std::string_view) override {
        note("failed " + std::to_string(number_of(phase)));
    }
    void mail_flows_again() override {}
    void progress(int, std::string_view) override {}
    void event(const CodedSeverity &, std::string_view) override {}
    void rolling_back(std::string_view, std::string_view) override {}
    void restarting() override { note("restart"); }
    void job_ended(const JobFacts &facts, const JobEnd &end) override {
        appliance_.facts_at_end_ = facts;
        appliance_.end_ = end;
        note("ended " + std::string(text_of(end.outcome)));
    }

  private:
    void note(std::string what) { appliance_.chain_.push_back(std::move(what)); }
    SimulatedAppliance &appliance_;
    Phase phase_ = Phase::download;
};

SimulatedAppliance::SimulatedAppliance() : storage_(std::make_unique<partitions_test::FakeStorage>()) {
    storage_->put_file(boot_environment_file,
                       partitions_test::boot_environment(partitions::Slot::a, true, false));
    storage_->put_directory(marks_folder);
}

void SimulatedAppliance::trouble_in(Phase phase, Trouble trouble, bool after_the_decision) {
    trouble_phase_ = phase;
    trouble_ = trouble;
    trouble_after_decision_ = after_the_decision;
}

void SimulatedAppliance::strike(Phase phase, bool after_the_decision, const PhaseRun &run) {
    if (phase != trouble_phase_ || after_the_decision != trouble_after_decision_)
        return;
    if (trouble_ == Trouble::none)
        return;
    if (trouble_times_-- == 0) {
        trouble_ = std::exchange(next_trouble_, Trouble::none);
        trouble_times_ = 1;
        if (trouble_ != Trouble::none)
            strike(phase, after_the_decision, run);
        return;
    }
    switch (trouble_) {
    case Trouble::none:
        return;
    case Trouble::failure:
        throw std::runtime_error("something failed");
    case Trouble::postponement:
        throw Postponed();
    case Trouble::knows_next:
        throw KnowsNext();
    case Trouble::refusal:
        throw Refused("not this one", "take another");
    case Trouble::cancellation:
        throw Cancelled();
    case Trouble::power_cut:
        throw Killed{.with_machine = true};
    case Trouble::agent_killed:
        throw Killed{.with_machine = false};
    case Trouble::fills_disk:
        storage_->fail_when("append /data/journal", partitions_test::FakeStorage::Failure::full);
        storage_->before_each([this](const std::string &operation) {
            if (operation == "remove /data/journal.reserve")
                storage_->heal();
        });
        throw std::runtime_error("something failed");
    case Trouble::agent_stopped:
        stop_->ask(StopReason::agent_ends);
        if (!run.agent_ends())
            throw std::logic_error("the phase is not told that the agent ends");
        throw Cancelled();
    case Trouble::machine_goes_down:
        stop_->ask(StopReason::agent_ends);
        throw std::runtime_error("something failed");
    case Trouble::takes_too_long:
        while (!run.stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (run.agent_ends())
            throw std::logic_error("the phase is told that the agent ends, and only the deadline passed");
        throw Cancelled();
    }
}

PhaseEnd SimulatedAppliance::run_phase(Phase phase, const PhaseRun &run) {
    const auto other = run.facts.new_slot;
    partitions::GrubBootSelection boot(*storage_, boot_environment_file);
    if (phase == Phase::install)
        boot.mark_unbootable(other);
    partitions::replace_file(*storage_, mark_of(phase), "done");
    strike(phase, false, run);
    if (phase == Phase::restart_appliance)
        boot.try_once(other);
    if (phase == Phase::start_services && boot.default_slot() != other)
        boot.commit(other);
    strike(phase, true, run);
    return phase == Phase::restart_appliance ? PhaseEnd::restarting : PhaseEnd::done;
}

void SimulatedAppliance::undo_phase(Phase phase, const JobFacts &facts) {
    chain_.push_back("undo " + std::to_string(number_of(phase)));
    if (phase == failing_undo_)
        throw std::runtime_error("cannot be undone");
    if (is_rollback(facts)) {
        if (phase == Phase::restart_appliance)
            partitions::GrubBootSelection(*storage_, boot_environment_file).cancel_try();
        return;
    }
    if (phase == Phase::restart_appliance)
        partitions::GrubBootSelection(*storage_, boot_environment_file).mark_unbootable(facts.new_slot);
    partitions::remove_tree(*storage_, mark_of(phase));
    if (phase == Phase::install)
        for (const auto later : all_phases)
            if (runs_under_new_system(later))
                partitions::remove_tree(*storage_, mark_of(later));
}

PhaseTable SimulatedAppliance::table() {
    PhaseTable rows;
    for (const auto phase : all_phases) {
        PhaseRow row{.phase = phase, .run = nullptr, .undo = nullptr, .on_return = rules_of(phase).on_return};
        row.run = [this, phase](PhaseRun &run) {
            run.facts.try_requested = run.facts.try_requested || phase == Phase::restart_appliance;
            if (for_a_newer_updater_ && phase == Phase::restart_appliance)
                run.facts.unread["services"] = {{"format", 2}};
            run.save_facts();
            return run_phase(phase, run);
        };
        if (!runs_under_new_system(phase))
            row.undo = [this, phase](PhaseRun &run) { undo_phase(phase, run.facts); };
        rows.push_back(std::move(row));
    }
    return rows;
}

JobFacts SimulatedAppliance::new_facts() const {
    JobFacts facts;
    facts.job = "1";
    facts.log_file = "/xpu/1.log";
    facts.operation = operation_;
    facts.old_slot = slot_;
    facts.new_slot = partitions::other(slot_);
    facts.from_version = slot_ == partitions::Slot::a ? "2.8.0.0" : "2.8.1.0";
    facts.to_version = slot_ == partitions::Slot::a ? "2.8.1.0" : "2.8.0.0";
    return facts;
}

void SimulatedAppliance::run_agent(bool start_job) {
    const auto boot_id = "boot-" + std::to_string(boot_number_);
    Journal journal(*storage_, "/data/journal", boot_id,
                    [] { return std::chrono::system_clock::time_point(journal_time); });
    Observer observer(*this);
    bool restart_asked = false;
    stop_.emplace();
    JobRunner runner(journal, table(), observer,
                     {.state =
                          [&] {
                              partitions::GrubBootSelection boot(*storage_, boot_environment_file);
                              return MachineState{.running = {slot_, boot_id, is_try_},
                                                  .default_slot = boot_selection_is_unreadable_
                                                                      ? std::nullopt
                                                                      : std::optional(boot.default_slot())};
                          },
                      .restart = [&] { restart_asked = true; },
                      .begin_trial =
                          [&](const JobFacts &) {
                              chain_.push_back("on trial");
                              return trouble_ == Trouble::takes_too_long ? short_trial_limit : trial_limit;
                          },
                      .pause =
                          [&](std::chrono::seconds time, const std::stop_token &) {
                              pauses_.push_back(time);
                              if (pauses_.size() != stop_in_pause_)
                                  return true;
                              stop_->ask(StopReason::cancelled);
                              return false;
                          },
                      .restart_causes = causes_are_looked_for_ ? &causes_ : nullptr});
    const auto end = start_job ? runner.start(new_facts(), *stop_) : runner.recover(*stop_);
    if (end == JobRunner::End::left)
        throw Killed{.with_machine = false};
    idle_ = end == JobRunner::End::ended;
    if (idle_ == restart_asked)
        throw std::logic_error("what the runner says and what it asked for differ");
}

/// The service manager restarts an agent that has ended, until the machine goes down.
void SimulatedAppliance::run_agent_to_its_end(bool start_job) {
    for (bool start = start_job;; start = false) {
        try {
            run_agent(start);
            return;
        } catch (const Killed &killed) {
            if (killed.with_machine)
                return;
        }
    }
}

void SimulatedAppliance::upgrade() {
    idle_ = false;
    run_agent_to_its_end(true);
    if (!idle_)
        power_on();
}

void SimulatedAppliance::roll_back() {
    chain_.clear();
    operation_ = Operation::rollback;
    upgrade();
}

void SimulatedAppliance::power_on() {
    idle_ = false;
    while (!idle_) {
        if (++boot_number_ > max_boots)
            throw std::logic_error("the appliance restarts for ever: " + chain_text());
        const auto slot = partitions_test::boot_with_grub(*storage_, boot_environment_file);
        if (!slot)
            throw std::logic_error("the boot loader finds nothing that boots: " + chain_text());
        slot_ = *slot;
        is_try_ = slot_ != partitions::GrubBootSelection(*storage_, boot_environment_file).default_slot();
        chain_.push_back(std::string("boot ") + partitions::letter(slot_));
        if (slot_ == panicking_) {
            chain_.push_back("panic");
            continue;
        }
        run_agent_to_its_end(false);
    }
}

std::string SimulatedAppliance::chain_text() const {
    std::string text;
    for (const auto &each : chain_)
        text += (text.empty() ? "" : ", ") + each;
    return text;
}

std::set<int> SimulatedAppliance::marks() const {
    std::set<int> marks;
    for (const auto phase : all_phases)
        if (storage_->exists(mark_of(phase)))
            marks.insert(number_of(phase));
    return marks;
}

} // namespace job_tests
