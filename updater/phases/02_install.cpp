// Phase 2, install the new OS.
#include "updater/phases/02_install.hpp"

#include "partitions/durable.hpp"
#include "partitions/image_writer.hpp"
#include "partitions/mount.hpp"
#include "partitions/read_back.hpp"
#include "partitions/tree_copy.hpp"
#include "updater/cancelled.hpp"
#include "updater/phases/configuration_chain.hpp"
#include "updater/phases/percent.hpp"

#include <utility>
#include <vector>

namespace updater {

namespace {

constexpr int kWritten = 50;
constexpr int kReadBack = 80;
constexpr int kGenerationMade = 85;

} // namespace

InstallPhase::InstallPhase(partitions::Storage &storage, partitions::BootSelection &boot,
                           const partitions::PartitionFinder &partitions,
                           partitions::Generations &generations, Conversions &conversions,
                           std::filesystem::path trusted_keys, Layout layout)
    : storage_(storage), boot_(boot), partitions_(partitions), generations_(generations),
      conversions_(conversions), trusted_keys_(std::move(trusted_keys)), layout_(std::move(layout)) {}

PhaseEnd InstallPhase::run(PhaseRun &run) {
    const FirmwareReader firmware(run.facts.firmware_file, TrustedKeys::from_directory(trusted_keys_));
    const auto label = partitions::partition_label(run.facts.new_slot);
    const auto device = partitions_.device_of(label);

    // Before the first byte changes the boot loader must know that nothing bootable is there any more.
    boot_.mark_unbootable(run.facts.new_slot);
    const auto previous = generations_.assigned(run.facts.new_slot);
    generations_.unassign(run.facts.new_slot);
    if (previous)
        generations_.retire(*previous);

    run.log(Severity::info, "writing the image to " + label + " (" + device.string() + ")");
    write_image(firmware, device, run);
    check_image(firmware, device, run);

    const auto new_root = layout_.run / "new-root";
    partitions::make_directories(storage_, new_root);
    // noload: the image stays bit for bit what was signed, not even its journal is looked at.
    partitions::Mount mounted(device, new_root, "ext4", "ro,noload");
    make_generation(new_root, run);
    rehearse(new_root, run);
    mounted.unmount();
    return PhaseEnd::done;
}

void InstallPhase::write_image(const FirmwareReader &firmware, const std::filesystem::path &device,
                               PhaseRun &run) {
    partitions::ImageWriter writer(storage_, device,
                                   partitions_.size_bytes(partitions::partition_label(run.facts.new_slot)));
    firmware.read_image(
        [&](const Chunk &chunk, std::span<const std::byte> raw) {
            if (chunk.kind == ChunkKind::zero)
                writer.zero(chunk.offset_bytes, chunk.raw_bytes);
            else
                writer.write(chunk.offset_bytes, raw);
        },
        [&](std::uint64_t done, std::uint64_t all) {
            run.progress(part_of(0, kWritten, done, all),
                         "writing " + megabytes(done) + " of " + megabytes(all));
        },
        run.stop);
    writer.finish();
}

void InstallPhase::check_image(const FirmwareReader &firmware, const std::filesystem::path &device,
                               PhaseRun &run) {
    run.log(Severity::info, "reading the partition back and comparing it with the signed index");
    std::vector<partitions::ExpectedRange> ranges;
    for (const auto &chunk : firmware.chunks().chunks)
        ranges.push_back({chunk.offset_bytes, chunk.raw_bytes,
                          chunk.kind == ChunkKind::zero ? "-" : to_hexadecimal(chunk.raw_sha256)});
    try {
        partitions::read_back(
            storage_, device, ranges,
            [&](std::uint64_t done, std::uint64_t all) {
                run.progress(part_of(kWritten, kReadBack, done, all), "reading back " + megabytes(done));
            },
            run.stop);
    } catch (const partitions::ReadBackStopped &) {
        throw Cancelled();
    }
}

void InstallPhase::make_generation(const std::filesystem::path &new_root, PhaseRun &run) {
    run.progress(kReadBack, "preparing /var of the new system");
    run.facts.new_generation = generations_.create(run.facts.to_version);
    run.save_facts();
    const auto generation = generations_.path_of(run.facts.new_generation);
    partitions::copy_tree(storage_, new_root / "var", generation / "var");
    for (const auto *folder : {"etc", "source", "pin"})
        partitions::make_directories(storage_, generation / folder);
    run.log(Severity::info, "made generation " + run.facts.new_generation);
}

void InstallPhase::rehearse(const std::filesystem::path &new_root, PhaseRun &run) {
    const auto conversions = conversions_of(run.facts.conversions, ConversionKind::configuration);
    if (conversions.empty())
        return;
    // A conversion that cannot work ends the upgrade here, while mail still flows.
    run.progress(kGenerationMade, "rehearsing the conversion of the configuration");
    const auto rehearsal = generations_.path_of(run.facts.new_generation) / "rehearsal";
    partitions::remove_tree(storage_, rehearsal);
    partitions::make_directories(storage_, rehearsal / "var");
    const auto old_generation = generations_.path_of(run.facts.old_generation);
    partitions::copy_tree(storage_, old_generation / "etc" / "upper", rehearsal / "etc");
    const ConversionView view{.program_root = new_root,
                              .old_root = layout_.run / "image-root",
                              .new_root = "/",
                              .old_var = old_generation / "var",
                              .new_var = rehearsal / "var",
                              .rehearsal = true};
    const auto image_root = show_image_root(storage_, layout_);
    convert_configuration(storage_, conversions_, conversions, rehearsal / "etc", rehearsal, view, run,
                          kGenerationMade, 99);
    partitions::remove_tree(storage_, rehearsal);
}

void InstallPhase::undo(PhaseRun &run) {
    // Still bootable: the phase had not touched the partition, and its generation belongs to it.
    if (boot_.bootable(run.facts.new_slot))
        return;
    generations_.unassign(run.facts.new_slot);
    const auto used = generations_.assigned(run.facts.old_slot);
    for (const auto &generation : generations_.all())
        if (generation != used)
            generations_.retire(generation);
}

} // namespace updater
