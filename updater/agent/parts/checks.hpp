// The checks of an upgrade, with what this appliance remembers of earlier ones.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/available/failed_versions.hpp"
#include "updater/checks/least_version.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/job/job_facts.hpp"

namespace updater::agent::parts {

class Checks {
  public:
    /// `machine` outlives this object.
    explicit Checks(Machine &machine);

    // All throw Refused.

    /// What can be checked without the manifest, while somebody who asks for an installation waits.
    void before_download();
    void of_manifest(const firmware::Manifest &manifest, const job::JobFacts &facts);
    /// In phase 1 of every job: of_manifest(), and whether the version failed here before.
    void of_download(const firmware::Manifest &manifest, const job::JobFacts &facts);
    void of_previous_system(const firmware::Version &previous);

    checks::LeastVersion least_version;
    available::FailedVersions failed_versions;

  private:
    Machine &machine_;
    firmware::Version running_version_;
    checks::LeftGeneration left_generation_;
};

} // namespace updater::agent::parts
