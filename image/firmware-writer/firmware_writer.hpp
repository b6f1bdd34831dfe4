// Makes firmware files, at the vendor's. Not used on an appliance.
#pragma once

#include "updater/firmware/patch_index.hpp"
#include "updater/firmware/unit_index.hpp"
#include "updater/firmware/version.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace firmware_writer {

/// A patch that was made against an earlier release's image (image/delta makes them).
struct PatchPart {
    updater::firmware::Version from;
    std::uint64_t base_image_bytes = 0;
    partitions::base::Sha256 base_fingerprint{}; ///< of the earlier image's first base_fingerprint_bytes
    updater::firmware::PatchIndex index;
    std::filesystem::path data_file; ///< the records, one after the other
};

/// Makes the patches once the chunks are known: a record is useful only where it is shorter than the chunk.
using PatchMaker = std::function<std::vector<PatchPart>(const updater::firmware::ChunkIndex &chunks)>;

struct FirmwareParts {
    std::string manifest_template;     ///< XML; what complete_manifest() fills in may be missing
    std::filesystem::path image;       ///< the OS image, a file
    std::filesystem::path key;         ///< PEM, private
    std::filesystem::path certificate; ///< PEM, belongs to the key
    int compression_level = 19;        ///< of Zstandard, 1 to 19
    unsigned threads = 0;              ///< compressing at once; 0: one for each processor
    PatchMaker make_patches = nullptr; ///< none: no patches
};

/// What is in the firmware, in bytes.
struct FirmwareSummary {
    struct Patch {
        updater::firmware::Version from;
        std::uint64_t index_bytes = 0;
        std::uint64_t record_bytes = 0; ///< of all records
        std::uint64_t chunk_bytes = 0;  ///< stored, of the chunks without a record
    };
    std::uint64_t image_bytes = 0;
    std::uint64_t stored_image_bytes = 0;
    std::uint64_t head_bytes = 0; ///< up to the image
    std::uint64_t unit_index_bytes = 0;
    std::vector<Patch> patches;
    updater::firmware::ChunkIndex chunks;
    updater::firmware::UnitIndex units;
};

/// Bytes of the image that were compressed.
using BuildProgress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)>;

/// Writes the firmware file `output`; an existing file is replaced only on success. The same parts give the
/// same bytes (with an RSA key). Needs free space for the compressed image twice, beside `output`. Throws
/// std::runtime_error naming the file at fault, FirmwareRefused if the template breaks the rules, Cancelled.
FirmwareSummary write_firmware(const FirmwareParts &parts, const std::filesystem::path &output,
                               const BuildProgress &progress, const std::stop_token &stop);

} // namespace firmware_writer
