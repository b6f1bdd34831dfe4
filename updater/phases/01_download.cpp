// Phase 1, download the update.
#include "updater/phases/01_download.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/firmware_reader.hpp"
#include "updater/phases/logged_findings.hpp"
#include "updater/phases/percent.hpp"
#include "updater/text/byte_amount.hpp"

#include <utility>

namespace updater::phases {

namespace {

constexpr std::string_view firmware_suffix = ".fw";
constexpr std::string_view partial_suffix = ".part";

} // namespace

DownloadPhase::DownloadPhase(partitions::Storage &storage, ImageInstallation &installation,
                             firmware::KeysNow trusted_keys, partitions::Layout layout,
                             download::FirmwareFileDownload::SpaceOf space_of, Checks checks,
                             SnapshotSettings snapshot_settings)
    : storage_(storage), installation_(installation), trusted_keys_(std::move(trusted_keys)),
      layout_(std::move(layout)), space_of_(std::move(space_of)), checks_(std::move(checks)),
      snapshot_settings_(std::move(snapshot_settings)) {}

job::PhaseEnd DownloadPhase::run(job::PhaseRun &run) {
    try {
        if (run.facts.operation == job::Operation::download)
            download(run);
        else
            plan(run);
    } catch (const firmware::FirmwareDamaged &damage) {
        // Nothing was touched yet, so a damaged firmware counts as refused and not as failed.
        throw Refused(damage.what(), damage.next_step(), messages::Code::firmware_damaged);
    }
    run.save_facts();
    return job::PhaseEnd::done;
}

void DownloadPhase::plan(job::PhaseRun &run) {
    const bool is_here = !run.facts.firmware_file.empty();
    run.progress(0, "reading the head of the firmware");
    run.log(job::Severity::info, "reading " + (is_here ? run.facts.firmware_file : run.facts.source));
    auto firmware = installation_.open(run);
    check_and_note(firmware.head, run);
    // Now, because phase 2 overwrites the previous system in the rescue partition.
    if (is_here)
        check_chunks(run, 10, 50);
    snapshot_settings_(run);
    const auto engine = installation_.engine(firmware, run);
    const auto plan = engine->plan(ImageInstallation::progress(run, is_here ? 50 : 10, 100), run.stop);
    installation_.note_amounts(plan, run);
    run.log(job::Severity::info, plan.text);
    run.progress(100, plan.text);
}

void DownloadPhase::check_and_note(const firmware::FirmwareHead &head, job::PhaseRun &run) {
    run.log(job::Severity::info, "version " + head.manifest.version.text() + ", signed by " + head.signer);
    const auto findings = checks_(head.manifest, run.facts);
    log_what_does_not_refuse(findings, run);
    findings.refuse_failures();
    installation_.note(head, run.facts);
    run.firmware_known(run.facts.to_version);
}

void DownloadPhase::check_chunks(job::PhaseRun &run, int first_percent, int last_percent) {
    const firmware::FirmwareReader firmware(run.facts.firmware_file, trusted_keys_());
    firmware.verify_all(
        [&](std::uint64_t done, std::uint64_t all) {
            run.progress(part_of(first_percent, last_percent, done, all),
                         "checking each chunk against the signed index");
        },
        run.stop);
}

void DownloadPhase::download(job::PhaseRun &run) {
    partitions::make_directories(storage_, layout_.firmware);
    run.progress(0, "reading the head of the firmware");
    run.log(job::Severity::info, "reading " + run.facts.source);
    auto firmware = installation_.open(run);
    check_and_note(firmware.head, run);
    run.facts.fetch_bytes = firmware.head.chunks.stored_bytes;
    // The image's hash in the facts shows that a server has answered: from here on one that does not is
    // retried for longer, also after a restart.
    run.save_facts();
    const auto kept = layout_.firmware / (run.facts.to_version + std::string(firmware_suffix));
    const std::filesystem::path part = kept.string() + std::string(partial_suffix);
    remove_partial_files_but(part);
    remove_firmware_before(firmware::Version::parse(run.facts.from_version), run);
    if (is_here(kept, firmware.head, run)) {
        run.log(job::Severity::info, kept.string() + " is downloaded already and is what was signed");
    } else {
        fetch(firmware, part, run);
        storage_.rename(part, kept);
        storage_.sync_directory(layout_.firmware);
        run.log(job::Severity::info, "fetched " + text::bytes_text(firmware.source->fetched_bytes()) + "; " +
                                         kept.string() + " is complete");
    }
    remove_firmware_before(firmware.head.manifest.version, run);
    run.facts.firmware_file = kept;
}

void DownloadPhase::fetch(const OpenFirmware &firmware, const std::filesystem::path &part,
                          job::PhaseRun &run) {
    download::FirmwareFileDownload file(storage_, part, space_of_);
    file.fetch(
        *firmware.source, firmware.head,
        [&](std::uint64_t done, std::uint64_t all) {
            run.progress(part_of(0, 100, done, all),
                         "fetching, " + text::bytes_text(done) + " of " + text::bytes_text(all));
        },
        run.stop);
}

void DownloadPhase::remove_firmware_before(const firmware::Version &version, job::PhaseRun &run) {
    for (const auto &path : storage_.list(layout_.firmware)) {
        if (path.extension() != firmware_suffix)
            continue;
        try {
            if (firmware::Version::parse(path.stem().string()) >= version)
                continue;
        } catch (const std::exception &) {
            continue; // not a name that a download gives
        }
        storage_.remove(path);
        run.log(job::Severity::info, "removed " + path.string() + ", which is no longer needed");
    }
    storage_.sync_directory(layout_.firmware);
}

bool DownloadPhase::is_here(const std::filesystem::path &kept, const firmware::FirmwareHead &head,
                            job::PhaseRun &run) const {
    if (storage_.kind(kept) != partitions::FileKind::file)
        return false;
    try {
        const firmware::FirmwareReader present(kept, trusted_keys_());
        if (present.head() != head)
            return false;
        present.verify_all(nullptr, run.stop);
        return true;
    } catch (const Refused &refusal) {
        run.log({job::Severity::warning, messages::Code::firmware_damaged},
                std::string(refusal.what()) + "; fetching it again");
    } catch (const firmware::FirmwareDamaged &damage) {
        run.log({job::Severity::warning, messages::Code::firmware_damaged},
                std::string(damage.what()) + "; fetching it again");
    }
    return false;
}

void DownloadPhase::remove_partial_files_but(const std::filesystem::path &part) {
    for (const auto &path : storage_.list(layout_.firmware))
        if (path.extension() == partial_suffix && path != part)
            storage_.remove(path);
    storage_.sync_directory(layout_.firmware);
}

} // namespace updater::phases
