// Compresses an OS image chunk by chunk on several threads. Knows nothing of archives. Internal to this
// folder.
#pragma once

#include "image/firmware-writer/firmware_writer.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/unit_index.hpp"

#include <filesystem>
#include <ostream>
#include <stop_token>

namespace firmware_writer {

struct CompressedImage {
    updater::firmware::ChunkIndex chunks;
    updater::firmware::UnitIndex units;
};

/// Appends the stored chunks to `stored` and returns their indexes. Neither the number of threads nor their
/// timing changes the result. Memory: about 9 MB and the compressor's own for each thread. Throws as
/// write_firmware.
CompressedImage compress_image(const FirmwareParts &parts, std::ostream &stored,
                               const BuildProgress &progress, std::stop_token stop);

} // namespace firmware_writer
