#include "updater/agent/parts/requested_checks.hpp"

#include "updater/agent/firmware_path.hpp"
#include "updater/firmware/firmware_reader.hpp"

#include <utility>

namespace updater::agent::parts {

namespace {

struct Looked {
    job::JobFacts facts;
    firmware::FirmwareHead head;
};

/// Reads what an installation from this source would read first.
Looked look_at(const std::string &source, const Firmware &firmware, const Offer &offer,
               const NewJobs &new_jobs, partitions::Storage &storage, const std::stop_token &stop) {
    auto facts = new_jobs.facts(job::Operation::install, source);
    offer.choice.resolve_source(facts, source, false);
    offer.choice.add_what_the_feed_says(facts);
    if (!facts.firmware_file.empty())
        require_firmware_file(storage, facts.firmware_file);
    const job::PhaseRun run{.facts = facts,
                            .save_facts = [] {},
                            .progress = [](int, std::string_view) {},
                            .log = [](job::Severity, std::string_view) {},
                            .stop = stop};
    auto head = firmware.installation.open(run).head;
    return {std::move(facts), std::move(head)};
}

checks::Finding other_job(const std::function<bool()> &busy) {
    if (busy())
        return {.verdict = checks::Verdict::fail,
                .text = "another job runs",
                .advice = "Watch it with: update-control -f"};
    return {.text = "none runs"};
}

/// Runs `read`; a firmware file that is damaged is refused like one that is not trusted.
template <typename Read> auto refuse_damage(Read read) {
    try {
        return read();
    } catch (const firmware::FirmwareDamaged &damage) {
        throw Refused(damage.what(), damage.next_step());
    }
}

} // namespace

FirmwareCheck::Checks requested_checks(Checks &checks, const Firmware &firmware, const Offer &offer,
                                       const Jobs &jobs, partitions::Storage &storage) {
    return [&checks, &firmware, &offer, jobs, &storage](const std::string &source, CheckResults &results,
                                                        const std::stop_token &stop) {
        checks::Findings &findings = results.findings;
        findings.judge("other job", [&] { return other_job(jobs.busy); });
        // Of its own: a job may run, and uses those of the machine.
        services::SystemdServiceManager services;
        hooks::runner::SystemdHookRunner programs("update-control-check.service");
        const Checks::Callees callees{services, programs, stop};
        checks.look_at_appliance(callees, findings);
        std::optional<Looked> looked;
        findings.run("firmware", [&] {
            looked =
                refuse_damage([&] { return look_at(source, firmware, offer, jobs.new_jobs, storage, stop); });
            return "version " + looked->head.manifest.version.text() + ", signed by " + looked->head.signer;
        });
        if (!looked)
            return;
        results.manifest = looked->head.manifest;
        checks.look_at_firmware(looked->head.manifest, looked->facts, callees, findings);
        checks.run_check_programs(looked->head.manifest.version.text(), callees, findings);
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
