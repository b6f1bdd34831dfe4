#include "updater/agent/parts/checks.hpp"

#include "updater/agent/parts/disk_measures.hpp"
#include "updater/available/last_check.hpp"
#include "updater/checks/check_programs.hpp"
#include "updater/checks/clock.hpp"
#include "updater/checks/covered_files.hpp"
#include "updater/checks/disk_health.hpp"
#include "updater/checks/firmware_checks.hpp"
#include "updater/checks/folder_use.hpp"
#include "updater/checks/machine_checks.hpp"
#include "updater/checks/odd_names.hpp"
#include "updater/checks/packages.hpp"
#include "updater/checks/pending_restart.hpp"
#include "updater/checks/ports.hpp"
#include "updater/checks/store_access.hpp"
#include "updater/content/content_check.hpp"
#include "updater/job/recovery.hpp"

#include <chrono>
#include <filesystem>

namespace updater::agent::parts {

namespace {

checks::ClockFacts clock_of(Machine &machine) {
    checks::ClockFacts facts{
        .now = machine.clock(),
        .image_made = {},
        .feed_checked = available::LastCheck(machine.storage, machine.layout.feed / "checked").time(),
        .is_synchronized = checks::is_clock_synchronized};
    std::error_code error;
    const auto made = std::filesystem::last_write_time(partitions::appliance_file, error);
    if (!error)
        facts.image_made = std::chrono::time_point_cast<std::chrono::system_clock::duration>(
            std::chrono::file_clock::to_sys(made));
    return facts;
}

} // namespace

Checks::Checks(Machine &machine)
    : least_version(machine.storage, machine.layout.least_version),
      failed_versions(machine.storage, machine.layout.failed_versions), machine_(machine),
      running_version_(firmware::Version::parse(machine.appliance.version)),
      left_generation_(machine.storage, machine.generations, machine.layout.left_generation) {}

void Checks::look_at_appliance(const Callees &callees, checks::Findings &findings) {
    checks::check_boot_loader(machine_.boot, machine_.running.slot, findings);
    checks::check_previous_system(
        machine_.boot, machine_.generations, machine_.other_slot(),
        [&](const std::filesystem::path &folder) {
            return checks::use_of_folder(folder, machine_.clock(), checks::Sharing::looked_at, callees.stop)
                .own_bytes;
        },
        findings);
    checks::check_failed_units(callees.services, findings);
    checks::check_pending_restart(findings);
    checks::check_clock(clock_of(machine_), callees.services, findings);
    if (const auto running = machine_.generations.assigned(machine_.running.slot))
        checks::check_names_in_etc(machine_.storage, machine_.generations.at(*running).etc_upper(), findings);
    content::ContentPrograms content(machine_.storage, callees.programs, machine_.layout.content_programs);
    content::check_content(machine_.content_record.report(), content, findings, callees.stop);
    check_before_installation(callees, findings);
}

void Checks::check_before_installation(const Callees &callees, checks::Findings &findings) {
    checks::check_appliance(machine_.appliance, disk_measures(machine_, callees.programs, callees.stop),
                            findings);
    findings.run("store access", [&] { return checks::check_store_access(machine_.appliance); });
    checks::check_services_switched_on(machine_.appliance.services, callees.services, findings);
    checks::check_covered_files(callees.services, findings);
    checks::check_disk_health(machine_.layout.data, findings);
}

void Checks::look_at_firmware(const firmware::Manifest &manifest, const job::JobFacts &facts,
                              const Callees &callees, checks::Findings &findings) {
    job::JobFacts forced = facts;
    forced.force = true;
    const std::string forced_command = job::command_to_try_again(forced, job::Phase::download);
    if (facts.operation == job::Operation::install)
        findings.run("new version", [&] {
            checks::check_same_version(manifest, running_version_, facts.force, forced_command);
            return manifest.version.text() + " replaces " + running_version_.text();
        });
    if (facts.operation == job::Operation::install && !facts.force)
        findings.run("stored mail", [&]() -> std::string {
            left_generation_.check_may_be_removed(machine_.other_slot(), forced_command);
            return "an installation removes none";
        });
    findings.judge("earlier attempts", [&] { return earlier_attempts(manifest.version.text(), facts); });
    const auto label = partitions::partition_label(machine_.other_slot());
    checks::check_firmware(
        manifest,
        {.appliance = machine_.appliance,
         .running = running_version_,
         .least_version = [this] { return least_version.value(); },
         .partition =
             [this, label] {
                 return checks::TargetPartition{label, machine_.partition_finder.size_bytes(label)};
             },
         .measures = disk_measures(machine_, callees.programs, callees.stop),
         .installed_packages =
             [&callees](const std::vector<std::string> &names) {
                 return checks::installed_packages(callees.programs, names, callees.stop);
             },
         .ports =
             [this, &callees](const firmware::Manifest &needs) {
                 return checks::check_ports(needs, machine_.appliance.services, callees.services,
                                            checks::held_ports(callees.programs, callees.stop));
             }},
        findings);
}

void Checks::before_download() {
    checks::Findings findings;
    check_before_installation(of_machine(), findings);
    findings.refuse_failures();
}

void Checks::run_check_programs(const std::string &new_version, const Callees &callees,
                                checks::Findings &findings) {
    const checks::CheckedSystem system{.when = checks::check_when_running,
                                       .running_version = running_version_.text(),
                                       .new_version = new_version};
    for (const auto &folder : {machine_.layout.check_programs, machine_.layout.own_check_programs})
        checks::CheckPrograms(machine_.storage, callees.programs)
            .run_all(folder, system, findings, callees.stop);
}

void Checks::of_manifest(const firmware::Manifest &manifest, const job::JobFacts &facts) {
    findings_of(manifest, facts).refuse_failures();
}

checks::Findings Checks::before_phase_1(const firmware::Manifest &manifest, const job::JobFacts &facts) {
    auto findings = findings_of(manifest, facts);
    if (facts.operation == job::Operation::install)
        run_check_programs(manifest.version.text(), of_machine(), findings);
    return findings;
}

checks::Findings Checks::findings_of(const firmware::Manifest &manifest, const job::JobFacts &facts) {
    checks::Findings findings;
    if (facts.operation == job::Operation::install)
        check_before_installation(of_machine(), findings);
    else
        checks::check_appliance(machine_.appliance, disk_measures(machine_, machine_.programs, {}), findings);
    look_at_firmware(manifest, facts, of_machine(), findings);
    return findings;
}

checks::Finding Checks::earlier_attempts(const std::string &version, const job::JobFacts &facts) {
    const auto reason = failed_versions.reason_for(version);
    if (!reason)
        return {.verdict = checks::Verdict::pass, .text = "version " + version + " has not failed here"};
    const std::string text = "version " + version + " failed on this appliance before: " + *reason;
    if (facts.even_if_failed_before)
        return {.verdict = checks::Verdict::warn, .text = text};
    return {.verdict = checks::Verdict::fail,
            .text = text,
            .advice = "To install it all the same: update-control -i fw --force"};
}

void Checks::of_previous_system(const firmware::Version &previous) {
    checks::check_way_back(previous, least_version.value());
}

} // namespace updater::agent::parts
