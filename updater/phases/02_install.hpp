// Phase 2, install the new OS: the rescue partition holds the new image, read back, and a new generation
// holds its /var. Mail flows, and nothing that the running system uses is touched.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/firmware_reader.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/layout.hpp"

namespace updater {

class InstallPhase {
  public:
    InstallPhase(partitions::Storage &storage, partitions::BootSelection &boot,
                 const partitions::PartitionFinder &partitions, partitions::Generations &generations,
                 Conversions &conversions, std::filesystem::path trusted_keys, Layout layout);

    /// @throws StorageError, ImageTooLarge, ReadBackMismatch, FirmwareRefused, FirmwareDamaged,
    /// ConversionFailed, Cancelled.
    PhaseEnd run(PhaseRun &run);
    /// The rescue partition stays marked unbootable; what was begun of a generation goes.
    void undo(PhaseRun &run);

  private:
    void write_image(const FirmwareReader &firmware, const std::filesystem::path &device, PhaseRun &run);
    void check_image(const FirmwareReader &firmware, const std::filesystem::path &device, PhaseRun &run);
    void make_generation(const std::filesystem::path &new_root, PhaseRun &run);
    void rehearse(const std::filesystem::path &new_root, PhaseRun &run);

    partitions::Storage &storage_;
    partitions::BootSelection &boot_;
    const partitions::PartitionFinder &partitions_;
    partitions::Generations &generations_;
    Conversions &conversions_;
    std::filesystem::path trusted_keys_;
    Layout layout_;
};

} // namespace updater
