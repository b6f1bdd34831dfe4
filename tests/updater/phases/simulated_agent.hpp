// The parts of an agent as its main makes and connects them, with fakes where the outside begins. Made again
// for each start of the agent.
#pragma once

#include "tests/support/fake_greeting_probe.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_partition_finder.hpp"
#include "tests/support/fake_system_roots.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/updater/phases/simulated_machine.hpp"
#include "updater/job/journal.hpp"
#include "updater/phases/table.hpp"

namespace phases_tests {

/// The programs of hooks, the store and the vendor, as functions.
class SimulatedPrograms : public updater_test::FakeHookRunner {
  public:
    explicit SimulatedPrograms(SimulatedMachine &machine);
    hooks::runner::HookResult run(const hooks::runner::HookCall &call,
                                  const hooks::runner::OnProgress &on_progress,
                                  const hooks::runner::OnLine &on_line, std::stop_token stop) override;

  private:
    Script convert_store(const hooks::runner::HookCall &call) const;
    Script convert_configuration(const hooks::runner::HookCall &call) const;
    Script inspect_store() const;
    Script take_out_of_balancer(const hooks::runner::HookCall &call) const;
    /// The release whose program a call runs.
    Release release_of(const hooks::runner::HookCall &call) const;

    SimulatedMachine &machine_;
};

class SimulatedRoots : public partitions_test::FakeSystemRoots {
  public:
    explicit SimulatedRoots(SimulatedMachine &machine);
    std::filesystem::path configuration_upper() override;

  private:
    SimulatedMachine &machine_;
};

struct SimulatedAgent {
    explicit SimulatedAgent(SimulatedMachine &on);
    SimulatedAgent(const SimulatedAgent &) = delete;

    /// What Agent::install() begins with, or Agent::rollback() when the version is the name of this
    /// operation.
    static constexpr const char *rollback = "rollback"; ///< as the version: back to the other system
    updater::job::JobFacts new_facts(const std::string &to_version) const;

    SimulatedMachine &machine;
    partitions::Storage &storage{machine.storage()};
    updater::configuration::Appliance appliance{appliance_of(machine.running())};
    partitions::Layout layout;
    partitions_test::FakePartitionFinder partition_finder;
    partitions::GrubBootSelection boot{storage, places::environment};
    partitions::Generations generations{storage, places::data};
    SimulatedRoots roots{machine};
    SimulatedPrograms programs{machine};
    updater::pacing::Pacer pacer{0};
    updater::firmware::KeysNow trusted_keys{updater::firmware::keys_in(TestVendor::the_one().keys())};
    updater::phases::ImageInstallation installation;
    updater::install::ImageHeads heads{storage, layout.images};
    updater::phases::Conversions conversions{programs, layout, appliance.timeouts.conversion};
    updater::phases::ConfigurationChecks configuration_checks{storage, roots, programs, layout};
    updater::phases::ConfigurationRehearsal configuration_rehearsal{conversions, configuration_checks,
                                                                    storage, roots, generations};
    updater::phases::StoreRehearsal store_rehearsal{appliance, conversions, storage, roots, generations};
    updater_test::FakeGreetingProbe probe;
    updater::health::HealthGate health;
    updater::checks::LeastVersion least_version{storage, places::data / "update-control/least-version"};
    updater::phases::TrialMarks marks;
    updater::phases::TrialMail mail;
    updater::phases::ServiceStart service_start;
    updater::phases::TrialSettings settings;
    updater::phases::OldSystem old_system;
    updater::phases::Finishing finishing;
    TemporaryFolder folder;
    updater::content::ContentLock content_lock{folder / "content.lock",
                                               [] { return std::chrono::system_clock::time_point(); }};
    updater::content::ContentPrograms content_programs{storage, programs, layout.content_programs};
    updater::content::ContentRecord content_record{storage, layout.content_record};
    updater::phases::ContentParts content{
        content_lock, content_programs, content_record,
        [](std::chrono::milliseconds, const std::stop_token &) { return true; }};
    updater::phases::Phases phases;
    updater::job::Journal journal;
};

} // namespace phases_tests
