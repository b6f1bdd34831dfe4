// Opening the firmware and the engine.
#include "updater/phases/image_installation.hpp"

#include "updater/firmware/file_source.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/percent.hpp"

#include <utility>

namespace updater {

ImageInstallation::ImageInstallation(partitions::Storage &storage,
                                     const partitions::PartitionFinder &partitions, OpenUrl open_url,
                                     std::filesystem::path trusted_keys, InstallSettings settings,
                                     Pacer &pacer)
    : storage_(storage), partitions_(partitions), open_url_(std::move(open_url)),
      trusted_keys_(std::move(trusted_keys)), settings_(settings), pacer_(pacer) {}

OpenFirmware ImageInstallation::open(const PhaseRun &run) const {
    const auto log = run.log;
    const auto warn = [log](const std::string &line) { log(Severity::warning, line); };
    std::unique_ptr<ByteSource> source;
    if (run.facts.firmware_file.empty())
        source = open_url_(run.facts.source, !run.facts.image_hash.empty(), warn);
    else
        source = std::make_unique<FileSource>(run.facts.firmware_file);
    auto head = read_firmware_head(*source, TrustedKeys::from_directory(trusted_keys_), run.stop);
    return {std::move(source), std::move(head)};
}

void ImageInstallation::note(const FirmwareHead &head, JobFacts &facts) {
    facts.to_version = head.manifest.version.text();
    facts.image_hash = to_hexadecimal(head.manifest.chunks_hash);
    facts.conversions = to_json(head.manifest.conversions);
}

void ImageInstallation::require_noted(const OpenFirmware &firmware, const JobFacts &facts) {
    JobFacts found = facts;
    note(firmware.head, found);
    if (to_json(found) == to_json(facts))
        return;
    throw FirmwareChanged(firmware.source->name() +
                          " is no longer the firmware that was checked: it was version " + facts.to_version +
                          ", now it is version " + found.to_version +
                          (facts.to_version == found.to_version ? " with other contents" : ""));
}

std::unique_ptr<Installer> ImageInstallation::engine(OpenFirmware &firmware, const PhaseRun &run) const {
    const auto target = partitions::partition_label(run.facts.new_slot);
    const InstallBase base{partitions_.device_of(partitions::partition_label(run.facts.old_slot)),
                           Version::parse(run.facts.from_version)};
    return std::make_unique<Installer>(
        storage_, *firmware.source, firmware.head,
        InstallTarget{partitions_.device_of(target), partitions_.size_bytes(target)}, base, settings_,
        [&pacer = pacer_, stop = run.stop](std::uint64_t bytes) { pacer.pass(bytes, stop); });
}

Installer::Progress ImageInstallation::progress(const PhaseRun &run, int first_percent, int last_percent) {
    return [tell = run.progress, first_percent, last_percent](std::uint64_t done, std::uint64_t all,
                                                              std::string_view what) {
        tell(part_of(first_percent, last_percent, done, all), what);
    };
}

} // namespace updater
