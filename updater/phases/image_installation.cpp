// Opening the firmware and the engine.
#include "updater/phases/image_installation.hpp"

#include "updater/cancelled.hpp"
#include "updater/checks/conversion_chain.hpp"
#include "updater/firmware/file_source.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/install/planned_image.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/percent.hpp"

#include <utility>

namespace updater::phases {

namespace {

/// More are not counted: that would take longer than a prediction is worth.
constexpr std::size_t max_counted_files = 200'000;

std::uint64_t size_if_there(partitions::Storage &storage, const std::filesystem::path &file) {
    try {
        return storage.details(file).size_bytes;
    } catch (const partitions::StorageError &) {
        return 0;
    }
}

std::vector<std::filesystem::path> entries_if_there(partitions::Storage &storage,
                                                    const std::filesystem::path &directory) {
    try {
        return storage.list(directory);
    } catch (const partitions::StorageError &) {
        if (storage.kind(directory) == partitions::FileKind::none)
            return {};
        throw;
    }
}

/// Of its files, whatever shares them; nothing if it cannot be measured, or is too large for that. Entries
/// that vanish meanwhile do not count.
std::optional<std::uint64_t> bytes_in_tree(partitions::Storage &storage, const std::filesystem::path &tree,
                                           const std::stop_token &stop) {
    std::uint64_t bytes = 0;
    std::size_t count = 0;
    std::vector<std::filesystem::path> left{tree};
    try {
        while (!left.empty()) {
            const auto next = std::move(left.back());
            left.pop_back();
            for (const auto &path : next == tree ? storage.list(next) : entries_if_there(storage, next)) {
                if (stop.stop_requested())
                    throw Cancelled();
                if (++count > max_counted_files)
                    return std::nullopt;
                const auto kind = storage.kind(path);
                if (kind == partitions::FileKind::directory)
                    left.push_back(path);
                else if (kind == partitions::FileKind::file)
                    bytes += size_if_there(storage, path);
            }
        }
    } catch (const partitions::StorageError &) {
        return std::nullopt; // only a prediction depends on it
    }
    return bytes;
}

std::vector<std::string> urls_of(const job::JobFacts &facts) {
    std::vector<std::string> urls{facts.source};
    urls.insert(urls.end(), facts.mirrors.begin(), facts.mirrors.end());
    return urls;
}

} // namespace

ImageInstallation::ImageInstallation(partitions::Storage &storage,
                                     const partitions::PartitionFinder &partitions, OpenUrls open_urls,
                                     firmware::KeysNow trusted_keys, const configuration::Appliance &running,
                                     install::InstallSettings settings, pacing::Pacer &pacer)
    : storage_(storage), partitions_(partitions), open_urls_(std::move(open_urls)),
      trusted_keys_(std::move(trusted_keys)), running_(running), settings_(settings), pacer_(pacer) {}

OpenFirmware ImageInstallation::open(const job::PhaseRun &run) const {
    const auto log = run.log;
    const auto warn = [log](const std::string &line) { log(job::Severity::warning, line); };
    std::unique_ptr<firmware::ByteSource> source;
    if (run.facts.firmware_file.empty())
        source = open_urls_(urls_of(run.facts), !run.facts.image_hash.empty(), warn);
    else
        source = std::make_unique<firmware::FileSource>(run.facts.firmware_file);
    for (;;) {
        std::string problem;
        try {
            auto head = trusted_head(*source, run);
            return {std::move(source), std::move(head)};
        } catch (const firmware::FirmwareRefused &refusal) {
            if (!source->distrust())
                throw;
            problem = refusal.what();
        } catch (const firmware::FirmwareDamaged &damage) {
            if (!source->distrust())
                throw;
            problem = damage.what();
        }
        warn(problem + "; trying " + source->name());
    }
}

firmware::FirmwareHead ImageInstallation::trusted_head(firmware::ByteSource &source,
                                                       const job::PhaseRun &run) const {
    auto head = firmware::read_firmware_head(source, trusted_keys_(), run.stop);
    const std::string found = head.manifest.version.text();
    if (const std::string &expected = run.facts.expected_version; !expected.empty() && found != expected)
        throw firmware::FirmwareDamaged("the feed names version " + expected + " for " + source.name() +
                                        ", but version " + found + " is there");
    return head;
}

void ImageInstallation::note(const firmware::FirmwareHead &head, job::JobFacts &facts) const {
    facts.to_version = head.manifest.version.text();
    const auto &least = head.manifest.least_acceptable_version;
    facts.least_acceptable_version = least ? least->text() : "";
    facts.image_hash = partitions::base::to_hexadecimal(head.manifest.chunks_hash);
    facts.conversions = checks::conversion_chain(head.manifest, running_);
}

void ImageInstallation::require_noted(const OpenFirmware &firmware, const job::JobFacts &facts) const {
    job::JobFacts found = facts;
    note(firmware.head, found);
    if (job::to_json(found) == job::to_json(facts))
        return;
    throw FirmwareChanged(firmware.source->name() +
                          " is no longer the firmware that was checked: it was version " + facts.to_version +
                          ", now it is version " + found.to_version +
                          (facts.to_version == found.to_version ? " with other contents" : ""));
}

std::unique_ptr<install::Installer> ImageInstallation::engine(OpenFirmware &firmware,
                                                              const job::PhaseRun &run) const {
    const auto target = partitions::partition_label(run.facts.new_slot);
    const install::InstallBase base{partitions_.device_of(partitions::partition_label(run.facts.old_slot)),
                                    firmware::Version::parse(run.facts.from_version)};
    return std::make_unique<install::Installer>(
        storage_, *firmware.source, firmware.head,
        install::InstallPartitions{.target = {partitions_.device_of(target), partitions_.size_bytes(target)},
                                   .base = base},
        settings_, [&pacer = pacer_, stop = run.stop](std::uint64_t bytes) { pacer.pass(bytes, stop); });
}

install::InstallPlan ImageInstallation::plan_only(OpenFirmware &firmware, const job::PhaseRun &run) const {
    const auto open = [&](partitions::Slot slot) {
        return storage_.open(partitions_.device_of(partitions::partition_label(slot)),
                             partitions::OpenMode::block_device_shared);
    };
    const auto base = open(run.facts.old_slot);
    const auto target = open(run.facts.new_slot);
    const install::Effort effort{
        .threads = 1,
        .pace = [&pacer = pacer_, stop = run.stop](std::uint64_t bytes) { pacer.pass(bytes, stop); }};
    return install::plan_image(*firmware.source, firmware.head,
                               {.base = base.get(),
                                .base_bytes = base->size_bytes(),
                                .base_version = firmware::Version::parse(run.facts.from_version),
                                .target = target.get()},
                               effort, ImageInstallation::progress(run, 0, 100), run.stop)
        .plan;
}

void ImageInstallation::note_amounts(const install::InstallPlan &plan, const job::PhaseRun &run) const {
    run.facts.fetch_bytes = plan.fetch_bytes;
    run.facts.write_bytes = plan.write_bytes;
    run.facts.store_bytes = 0;
    for (const auto &store : running_.stores) {
        if (conversions_of_store(run.facts.conversions, store.name).empty())
            continue;
        const auto bytes = bytes_in_tree(storage_, store.path, run.stop);
        if (!bytes) {
            run.facts.store_bytes.reset();
            return;
        }
        *run.facts.store_bytes += *bytes;
    }
}

install::Progress ImageInstallation::progress(const job::PhaseRun &run, int first_percent, int last_percent) {
    return [tell = run.progress, first_percent, last_percent](std::uint64_t done, std::uint64_t all,
                                                              std::string_view what) {
        tell(part_of(first_percent, last_percent, done, all), what);
    };
}

} // namespace updater::phases
