#include "updater/agent/parts/requested_checks.hpp"

#include "updater/agent/parts/looked_firmware.hpp"
#include "updater/firmware/firmware_reader.hpp"

#include <utility>

namespace updater::agent::parts {

namespace {

checks::Finding other_job(const std::function<bool()> &busy) {
    if (busy())
        return {.verdict = checks::Verdict::fail,
                .text = "another job runs",
                .advice = "Watch it with: update-control -f"};
    return {.text = "none runs"};
}

} // namespace

FirmwareCheck::Checks requested_checks(Checks &checks, const Firmware &firmware, const Offer &offer,
                                       const Jobs &jobs, partitions::Storage &storage) {
    return [&checks, &firmware, &offer, jobs, &storage](const Wanted &wanted, CheckResults &results,
                                                        const std::stop_token &stop) {
        checks::Findings &findings = results.findings;
        findings.judge("other job", [&] { return other_job(jobs.busy); });
        // Of its own: a job may run, and uses those of the machine.
        services::SystemdServiceManager services;
        hooks::runner::SystemdHookRunner programs(hooks::runner::ProgramsOf::check);
        const Checks::Callees callees{services, programs, stop};
        checks.look_at_appliance(callees, findings);
        std::optional<Looked> looked;
        findings.run("firmware", [&] {
            looked = look_at(wanted, firmware, offer, jobs.new_jobs, storage, stop);
            const auto &head = looked->firmware.head;
            return "version " + head.manifest.version.text() + ", signed by " + head.signer;
        });
        if (!looked)
            return;
        results.manifest = looked->firmware.head.manifest;
        checks.look_at_firmware(looked->firmware.head.manifest, looked->facts, callees, findings);
        checks.run_check_programs(looked->firmware.head.manifest.version.text(), callees, findings);
        if (looked->facts.firmware_file.empty())
            return findings.add({"firmware file", checks::Verdict::skip,
                                 "it is fetched during the installation, and each part is checked then", ""});
        findings.run("firmware file", [&] {
            refuse_damage([&] {
                firmware::FirmwareReader(looked->facts.firmware_file, firmware.trusted_keys())
                    .verify_all([](std::uint64_t, std::uint64_t) {}, stop);
            });
            return looked->facts.firmware_file + " is whole, each part as it was signed";
        });
    };
}

} // namespace updater::agent::parts
