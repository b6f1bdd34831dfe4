// The checks of an upgrade, with what this appliance remembers of earlier ones.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/available/failed_versions.hpp"
#include "updater/checks/finding.hpp"
#include "updater/checks/least_version.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/job/job_facts.hpp"

namespace updater::agent::parts {

class Checks {
  public:
    /// `machine` outlives this object.
    explicit Checks(Machine &machine);

    /// What the checks call. None of them may be used by two threads at once.
    struct Callees {
        services::ServiceManager &services;
        hooks::runner::HookRunner &programs;
        std::stop_token stop = {}; ///< ends the checks soon
    };

    /// What can be checked without the firmware. All of it, also what an installation does not refuse.
    void look_at_appliance(const Callees &callees, checks::Findings &findings);
    /// The programs of check.d, of the image and the administrator's. `new_version`: that of the firmware.
    void run_check_programs(const std::string &new_version, const Callees &callees,
                            checks::Findings &findings);
    /// What depends on the firmware.
    void look_at_firmware(const firmware::Manifest &manifest, const job::JobFacts &facts,
                          const Callees &callees, checks::Findings &findings);

    // These look for what refuses a job, with all that the same checks find, and throw Refused where they
    // don't return it. They use the machine's own callees, so they are for the thread that begins or runs a
    // job.

    /// What can be checked without the manifest, while somebody who asks for an installation waits.
    void before_download();
    /// For an installation it includes before_download(), for a download all of it but the services.
    void of_manifest(const firmware::Manifest &manifest, const job::JobFacts &facts);
    /// The same and, for an installation, the programs of check.d. For the job's thread: they may take
    /// minutes.
    checks::Findings before_phase_1(const firmware::Manifest &manifest, const job::JobFacts &facts);
    void of_previous_system(const firmware::Version &previous);

    checks::LeastVersion least_version;
    available::FailedVersions failed_versions;

  private:
    Callees of_machine() { return {machine_.services, machine_.programs}; }
    void check_before_installation(const Callees &callees, checks::Findings &findings);
    checks::Findings findings_of(const firmware::Manifest &manifest, const job::JobFacts &facts);
    checks::Finding earlier_attempts(const std::string &version, const job::JobFacts &facts);

    Machine &machine_;
    firmware::Version running_version_;
    checks::LeftGeneration left_generation_;
};

} // namespace updater::agent::parts
