#include "tests/updater/phases/simulated_upgrade.hpp"

#include "partitions/durable.hpp"
#include "tests/updater/phases/simulated_agent.hpp"
#include "updater/refusal.hpp"

#include <stdexcept>
#include <utility>

namespace phases_tests {

using namespace updater;
using namespace updater::phases;

namespace {

/// Far more than any of these upgrades takes.
constexpr std::chrono::minutes max_trial{10};

/// Other events than operations of the storage are the machine's own words.
bool is_of_storage(const std::string &event) {
    for (const char *other :
         {"close the mail gate", "open the mail gate", "stop ", "start ", "run ", "ran ", "look at ",
          "read the firmware", "check the manifest", "cover the queue", "uncover the queue", "reload"})
        if (event.starts_with(other))
            return false;
    return true;
}

std::string numbered(const char *what, job::Phase phase) {
    return what + std::to_string(job::number_of(phase));
}

} // namespace

class SimulatedUpgrade::Observer : public job::JobObserver {
  public:
    explicit Observer(SimulatedUpgrade &upgrade) : upgrade_(upgrade) {}
    void job_begins(const job::JobFacts &, bool continued) override {
        upgrade_.note(continued ? "continues" : "begins");
    }
    void going_on(std::string_view, std::string_view) override {}
    void firmware_known(std::string_view version) override { upgrade_.firmware_known_ = version; }
    void phase_begins(job::Phase phase) override { upgrade_.note(std::to_string(job::number_of(phase))); }
    void phase_done(job::Phase, std::chrono::milliseconds) override {}
    void phase_failed(job::Phase phase, std::string_view, std::string_view) override {
        upgrade_.note(numbered("failed-", phase));
    }
    void mail_flows_again() override {}
    void progress(int, std::string_view) override {}
    void event(const job::CodedSeverity &level, std::string_view text) override {
        if (level == job::Severity::error)
            upgrade_.note("error(" + std::string(text) + ")");
    }
    void rolling_back(std::string_view, std::string_view) override {}
    void restarting() override { upgrade_.note("restart"); }
    void job_ended(const job::JobFacts &, const job::JobEnd &end) override {
        upgrade_.end_ = end;
        upgrade_.note("ended-" + std::string(job::text_of(end.outcome)));
    }

  private:
    SimulatedUpgrade &upgrade_;
};

SimulatedUpgrade::SimulatedUpgrade() {
    listen();
}

SimulatedUpgrade::SimulatedUpgrade(const SimulatedUpgrade &other,
                                   std::unique_ptr<partitions_test::FakeStorage> disk)
    : machine_(other.machine_, std::move(disk)), chain_(other.chain_ + " |") {
    listen();
}

void SimulatedUpgrade::listen() {
    machine_.on_boot([this](const std::string &what) { note(what); });
    machine_.on_event([this](const std::string &event) { take_event(event); });
}

void SimulatedUpgrade::trouble_in(job::Phase phase, Trouble trouble, Moment moment, std::string event) {
    plan_ = {phase, moment, std::move(event), [this, trouble] { bring(trouble); }};
}

void SimulatedUpgrade::do_in(job::Phase phase, std::string event, std::function<void()> what) {
    plan_ = {phase, Moment::before, std::move(event), std::move(what)};
}

void SimulatedUpgrade::take_event(const std::string &event) {
    if (strikes_next_)
        strike();
    write_down(event);
    if (plan_ && phase_ == plan_->phase && event.find(plan_->event) != std::string::npos) {
        if (plan_->moment == Moment::before)
            strike();
        else
            strikes_next_ = true;
    }
    if (is_of_storage(event))
        told_operation_(event);
}

void SimulatedUpgrade::write_down(const std::string &event) {
    const bool is_worth_it =
        (!is_of_storage(event) && !event.starts_with("ran ")) || event == "sync /boot/grubenv";
    if (keeps_record_ && phase_ && is_worth_it)
        record_ += std::to_string(job::number_of(*phase_)) + ": " + event + "\n";
}

/// Once.
void SimulatedUpgrade::strike() {
    strikes_next_ = false;
    std::exchange(plan_, std::nullopt)->strike();
}

void SimulatedUpgrade::bring(Trouble trouble) {
    switch (trouble) {
    case Trouble::failure:
        throw partitions::StorageError("use", "/dev/test", "something failed", "look at it");
    case Trouble::refusal:
        throw Refused("not this one", "take another");
    case Trouble::stop_asked:
        stop_->ask(job::StopReason::cancelled);
        return;
    case Trouble::power_cut:
        throw Killed{.with_machine = true};
    case Trouble::agent_killed:
        throw Killed{.with_machine = false};
    }
}

job::PhaseTable SimulatedUpgrade::watched(job::PhaseTable table) {
    for (job::PhaseRow &row : table) {
        const job::Phase phase = row.phase;
        row.run = [this, phase, run = row.run](job::PhaseRun &arguments) {
            machine_.send_mail();
            phase_ = phase;
            const auto end = run(arguments);
            if (strikes_next_)
                strike();
            phase_.reset();
            return end;
        };
        if (row.undo)
            row.undo = [this, phase, undo = row.undo](job::PhaseRun &arguments) {
                note(numbered("undo-", phase));
                undo(arguments);
            };
    }
    return table;
}

bool SimulatedUpgrade::run_agent(const std::string &upgrade_to) {
    phase_.reset();
    Observer observer(*this);
    SimulatedAgent agent(machine_);
    bool restart_asked = false;
    job::JobRunner runner(agent.journal, watched(make_phase_table(agent.phases)), observer,
                          {.state =
                               [&] {
                                   return job::MachineState{{machine_.running_slot(), machine_.boot_id()},
                                                            agent.boot.default_slot()};
                               },
                           .restart = [&] { restart_asked = true; },
                           .begin_trial = [](const job::JobFacts &) { return max_trial; },
                           .pause = [](std::chrono::seconds, const std::stop_token &) { return true; }});
    stop_.emplace();
    const auto end =
        upgrade_to.empty() ? runner.recover(*stop_) : runner.start(agent.new_facts(upgrade_to), *stop_);
    const bool idle = end == job::JobRunner::End::ended;
    if (idle == restart_asked)
        throw std::logic_error("what the runner says and what it asked for differ");
    return idle;
}

/// The service manager starts an agent again that has ended; only a dead machine ends that.
bool SimulatedUpgrade::run_agent_until_it_stays(const std::string &upgrade_to) {
    for (std::string wanted = upgrade_to;; wanted.clear()) {
        try {
            if (run_agent(wanted)) {
                machine_.send_mail();
                return true;
            }
            machine_.restart();
            return false;
        } catch (const Killed &killed) {
            phase_.reset();
            if (!killed.with_machine)
                continue;
            machine_.lose_power({partitions_test::Fate::lost, partitions_test::Fate::lost, 0});
            return false;
        }
    }
}

void SimulatedUpgrade::upgrade_to(const std::string &version) {
    bool idle = run_agent_until_it_stays(version);
    while (!idle)
        idle = run_agent_until_it_stays("");
}

void SimulatedUpgrade::roll_back() {
    upgrade_to(SimulatedAgent::rollback);
}

void SimulatedUpgrade::switch_on() {
    machine_.switch_on();
    while (!run_agent_until_it_stays(""))
        ;
}

} // namespace phases_tests
