// Phase 1, download the update.
#include "updater/phases/01_download.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/firmware_reader.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/percent.hpp"

#include <utility>

namespace updater {

namespace {

constexpr std::string_view kIncoming = ".incoming";

} // namespace

DownloadPhase::DownloadPhase(partitions::Storage &storage, Fetcher &fetcher,
                             std::filesystem::path trusted_keys, Layout layout,
                             std::function<void(const Manifest &)> checks)
    : storage_(storage), fetcher_(fetcher), trusted_keys_(std::move(trusted_keys)),
      layout_(std::move(layout)), checks_(std::move(checks)) {}

std::filesystem::path DownloadPhase::incoming_file(const JobFacts &facts) const {
    return layout_.firmware / (facts.job + std::string(kIncoming));
}

PhaseEnd DownloadPhase::run(PhaseRun &run) {
    const bool fetched = run.facts.firmware_file.empty();
    if (fetched)
        fetch(run);
    try {
        check(run, fetched);
    } catch (const FirmwareDamaged &damage) {
        // Nothing was touched yet: to whoever asked, a damaged file is one that the checks refuse.
        throw Refused(damage.what(), damage.next_step());
    }
    if (fetched)
        keep_under_its_version(run.facts);
    run.save_facts();
    return PhaseEnd::done;
}

void DownloadPhase::check(PhaseRun &run, bool fetched) {
    const int first_percent = fetched ? 70 : 0;
    run.log(Severity::info, "checking " + run.facts.firmware_file);
    const FirmwareReader firmware(run.facts.firmware_file, TrustedKeys::from_directory(trusted_keys_));
    run.log(Severity::info,
            "version " + firmware.manifest().version.text() + ", signed by " + firmware.signer());
    checks_(firmware.manifest());
    firmware.verify_all(
        [&](std::uint64_t done, std::uint64_t all) {
            run.progress(part_of(first_percent, 100, done, all),
                         "checking each chunk against the signed index");
        },
        run.stop);

    run.facts.to_version = firmware.manifest().version.text();
    run.facts.conversions = to_json(firmware.manifest().conversions);
}

void DownloadPhase::fetch(PhaseRun &run) {
    partitions::make_directories(storage_, layout_.firmware);
    const auto target = incoming_file(run.facts);
    run.log(Severity::info, "fetching " + run.facts.source);
    fetcher_.fetch(
        run.facts.source, target,
        [&](std::uint64_t done, std::optional<std::uint64_t> all) {
            run.progress(all ? part_of(0, 70, done, *all) : 0, "fetching, " + megabytes(done));
        },
        run.stop);
    run.facts.firmware_file = target;
    run.save_facts();
}

void DownloadPhase::keep_under_its_version(JobFacts &facts) {
    const auto kept = layout_.firmware / (facts.to_version + ".fw");
    storage_.rename(facts.firmware_file, kept);
    storage_.sync_directory(layout_.firmware);
    facts.firmware_file = kept;
}

void DownloadPhase::undo(PhaseRun &run) {
    for (const auto &leftover : {incoming_file(run.facts), incoming_file(run.facts) += ".part"}) {
        if (storage_.kind(leftover) == partitions::FileKind::none)
            continue;
        storage_.remove(leftover);
        storage_.sync_directory(layout_.firmware);
    }
}

} // namespace updater
