// Makes the patch that turns an earlier release's OS image into a new one: image files → resemblances → steps
// → records.
#pragma once

#include "image/firmware-writer/firmware_writer.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/packing_effort.hpp"
#include "updater/firmware/version.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace delta {

struct PatchRequest {
    updater::firmware::Version from;
    std::filesystem::path base_image;            ///< the earlier image, bit for bit as it was in its firmware
    std::filesystem::path target_image;          ///< the new one
    const updater::firmware::ChunkIndex &chunks; ///< of the new one
    std::filesystem::path data_file;             ///< for the records; replaced
    unsigned threads = 0;                        ///< 0: one for each processor
    updater::firmware::PackingEffort effort = updater::firmware::PackingEffort::smallest;
};

/// Called by one thread at a time.
using PatchProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// The same request gives the same patch, whatever the number of threads. Each record is verified by applying
/// it and comparing the result with the image. Memory: both images as far as the kernel caches them, and five
/// times the largest file for each thread. Throws std::runtime_error naming the file at fault.
firmware_writer::PatchPart build_patch(const PatchRequest &request, const PatchProgress &progress);

} // namespace delta
