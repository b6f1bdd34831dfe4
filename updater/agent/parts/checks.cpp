#include "updater/agent/parts/checks.hpp"

#include "updater/checks/preconditions.hpp"
#include "updater/refusal.hpp"
#include "updater/services/service_states.hpp"

namespace updater::agent::parts {

Checks::Checks(Machine &machine)
    : least_version(machine.storage, machine.layout.least_version),
      failed_versions(machine.storage, machine.layout.failed_versions), machine_(machine),
      running_version_(firmware::Version::parse(machine.appliance.version)),
      left_generation_(machine.storage, machine.generations, machine.layout.left_generation) {}

void Checks::before_download() {
    checks::check_space({}, machine_.appliance, checks::FilesystemMeasures::real());
    checks::check_services(services::record_services(machine_.services, machine_.appliance.services),
                           machine_.appliance.services);
}

void Checks::of_manifest(const firmware::Manifest &manifest, const job::JobFacts &facts) {
    const auto other_label = partitions::partition_label(machine_.other_slot());
    if (facts.operation == job::Operation::install) {
        checks::check_same_version(manifest, running_version_, facts.force);
        if (!facts.force)
            left_generation_.check_may_be_removed(machine_.other_slot());
    }
    checks::check_all(manifest, machine_.appliance, running_version_, least_version.value(),
                      {.label = other_label, .bytes = machine_.partition_finder.size_bytes(other_label)},
                      checks::FilesystemMeasures::real());
}

void Checks::of_download(const firmware::Manifest &manifest, const job::JobFacts &facts) {
    of_manifest(manifest, facts);
    if (facts.even_if_failed_before)
        return;
    if (const auto reason = failed_versions.reason_for(manifest.version.text()))
        throw Refused("version " + manifest.version.text() + " failed on this appliance before: " + *reason,
                      "To install it all the same: update-control -i fw --force");
}

void Checks::of_previous_system(const firmware::Version &previous) {
    checks::check_way_back(previous, least_version.value());
}

} // namespace updater::agent::parts
