// Reads the installed image back from the device and compares it with the signed index.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/install/effort.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

namespace updater::install {

/// `device` is what messages call the file. Throws ReadBackMismatch, StorageError, Cancelled.
void check_image_on(partitions::File &file, const std::filesystem::path &device,
                    const firmware::ChunkIndex &index, const Effort &effort,
                    const std::function<void(std::uint64_t done)> &progress, const std::stop_token &stop);

} // namespace updater::install
