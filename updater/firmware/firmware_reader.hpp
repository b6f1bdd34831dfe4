// Reads a local firmware file front to back and delivers only verified data. Writes nothing.
#pragma once

#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/trusted_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace updater::firmware {

/// One local firmware file: a pax archive (POSIX.1-2001) with the entries manifest.xml, manifest.sig, chunks
/// and image, in this order, followed by the entries that the manifest names by their place. The archive's
/// end mark is not needed: the signed lengths tell whether the file is complete.
class FirmwareReader {
  public:
    /// Receives the chunks in order. `raw` is empty for a zero chunk, and chunk.raw_bytes long for others.
    using Sink = std::function<void(const Chunk &chunk, std::span<const std::byte> raw)>;
    /// Bytes of the unpacked image.
    using Progress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)>;

    /// Reads the head (read_firmware_head), which is quick whatever the size of the image. Throws
    /// FirmwareRefused, and FirmwareDamaged if the file ends too early or cannot be read.
    FirmwareReader(std::filesystem::path file, const TrustedKeys &trusted_keys);

    const FirmwareHead &head() const { return head_; }
    const Manifest &manifest() const { return head_.manifest; }
    const ChunkIndex &chunks() const { return head_.chunks; }
    /// The subject of the certificate that signed it.
    const std::string &signer() const { return head_.signer; }
    const std::filesystem::path &file() const { return file_; }

    /// Delivers the image. Compares the signed hash of each stored chunk before it is unpacked, and that of
    /// the unpacked bytes before the sink receives them. Reads and checks the head again, so a file that was
    /// replaced in the meantime is refused. What the sink or `progress` throw passes through. Throws
    /// FirmwareRefused, FirmwareDamaged, Cancelled. May be called again.
    void read_image(const Sink &sink, const Progress &progress, const std::stop_token &stop) const;

    /// Verifies that the file is complete: every stored chunk, without unpacking it, and the indexes behind
    /// the image. Throws as read_image.
    void verify_all(const Progress &progress, const std::stop_token &stop) const;

  private:
    std::filesystem::path file_;
    TrustedKeys trusted_keys_;
    FirmwareHead head_;
};

} // namespace updater::firmware
