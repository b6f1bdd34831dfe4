// Reads a written partition back from the device, past the page cache, and compares hashes. Changes nothing.
#pragma once

#include "partitions/storage.hpp"

#include <functional>
#include <stop_token>
#include <string>

namespace partitions {

struct ExpectedRange {
    std::uint64_t offset_bytes = 0; ///< multiple of File::block_alignment_bytes
    std::uint64_t length_bytes = 0;
    std::string sha256_hex; ///< lower case; "-": the range must be all zeros
};

/// The device does not hold what was written to it. The message names device and offset.
class ReadBackMismatch : public std::runtime_error {
  public:
    ReadBackMismatch(const std::filesystem::path &device, std::uint64_t offset_bytes,
                     const std::string &what);
    std::uint64_t offset_bytes() const noexcept { return offset_bytes_; }

  private:
    std::uint64_t offset_bytes_;
};

/// Stopped by the stop token.
class ReadBackStopped : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Reads from a device that was opened in a block_device mode, on `threads` threads. Calls progress after
/// each range, from one thread at a time. Throws ReadBackMismatch, ReadBackStopped, StorageError;
/// std::invalid_argument for an invalid sha256_hex.
void read_back(File &file, const std::filesystem::path &device, const std::vector<ExpectedRange> &ranges,
               unsigned threads,
               const std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)> &on_progress,
               const std::stop_token &stop = {});

/// The same, opening the device exclusively for the duration of the call.
void read_back(Storage &storage, const std::filesystem::path &device,
               const std::vector<ExpectedRange> &ranges,
               const std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)> &on_progress,
               const std::stop_token &stop = {});

} // namespace partitions
