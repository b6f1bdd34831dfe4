// Phase 1, download the update.
#include "updater/phases/01_download.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/firmware_reader.hpp"
#include "updater/phases/percent.hpp"

#include <utility>

namespace updater {

namespace {

constexpr std::string_view kIncoming = ".incoming";

} // namespace

DownloadPhase::DownloadPhase(partitions::Storage &storage, Fetcher &fetcher, ImageInstallation &installation,
                             std::filesystem::path trusted_keys, Layout layout, Checks checks)
    : storage_(storage), fetcher_(fetcher), installation_(installation),
      trusted_keys_(std::move(trusted_keys)), layout_(std::move(layout)), checks_(std::move(checks)) {}

std::filesystem::path DownloadPhase::incoming_file(const JobFacts &facts) const {
    return layout_.firmware / (facts.job + std::string(kIncoming));
}

PhaseEnd DownloadPhase::run(PhaseRun &run) {
    try {
        if (run.facts.operation == "download")
            download(run);
        else
            plan(run);
    } catch (const FirmwareDamaged &damage) {
        // Nothing was touched yet: to whoever asked, a damaged firmware is one that the checks refuse.
        throw Refused(damage.what(), damage.next_step());
    }
    run.save_facts();
    return PhaseEnd::done;
}

void DownloadPhase::plan(PhaseRun &run) {
    const bool is_here = !run.facts.firmware_file.empty();
    run.progress(0, "reading what the firmware is");
    run.log(Severity::info, "looking at " + (is_here ? run.facts.firmware_file : run.facts.source));
    auto firmware = installation_.open(run);
    take_note_of(firmware.head, run);
    // Before the rescue partition and with it the system backup in it is given up.
    if (is_here)
        check_chunks(run, 10, 50);
    const auto engine = installation_.engine(firmware, run);
    const auto plan = engine->plan(ImageInstallation::progress(run, is_here ? 50 : 10, 100), run.stop);
    run.log(Severity::info, plan.text);
    run.progress(100, plan.text);
}

void DownloadPhase::take_note_of(const FirmwareHead &head, PhaseRun &run) {
    run.log(Severity::info, "version " + head.manifest.version.text() + ", signed by " + head.signer);
    checks_(head.manifest, run.facts);
    ImageInstallation::note(head, run.facts);
}

void DownloadPhase::check_chunks(PhaseRun &run, int first_percent, int last_percent) {
    const FirmwareReader firmware(run.facts.firmware_file, TrustedKeys::from_directory(trusted_keys_));
    firmware.verify_all(
        [&](std::uint64_t done, std::uint64_t all) {
            run.progress(part_of(first_percent, last_percent, done, all),
                         "checking each chunk against the signed index");
        },
        run.stop);
}

void DownloadPhase::download(PhaseRun &run) {
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
    run.log(Severity::info, "checking " + run.facts.firmware_file);
    take_note_of(installation_.open(run).head, run);
    check_chunks(run, 70, 100);
    keep_under_its_version(run.facts);
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
