// Reads a firmware file front to back and hands out only what was verified. Writes nothing anywhere.
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

/// One firmware file on this machine: a pax archive (POSIX.1-2001) with the entries manifest.xml,
/// manifest.sig, chunks and image, in this order, and behind them what the manifest names by its place. The
/// archive's own end mark is not needed: the signed lengths tell what is missing.
class FirmwareReader {
  public:
    /// Receives the chunks in order. `raw` is empty for a zero chunk and else chunk.raw_bytes long.
    using Sink = std::function<void(const Chunk &chunk, std::span<const std::byte> raw)>;
    /// Bytes of the unpacked image.
    using Progress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)>;

    /// Reads manifest, signature and index, which is quick however large the image is. In this order: the
    /// signature is checked before the manifest is parsed, and the index's hash before the index is parsed.
    /// Throws FirmwareRefused, and FirmwareDamaged if the file ends too early or cannot be read.
    FirmwareReader(std::filesystem::path file, const TrustedKeys &trusted_keys);

    const FirmwareHead &head() const { return head_; }
    const Manifest &manifest() const { return head_.manifest; }
    const ChunkIndex &chunks() const { return head_.chunks; }
    /// The subject of the certificate that signed it.
    const std::string &signer() const { return head_.signer; }
    const std::filesystem::path &file() const { return file_; }

    /// Hands out the image. Each stored chunk is checked against its signed hash before it is unpacked, and
    /// its unpacked bytes against theirs before the sink sees them. The head of the file is read and checked
    /// again, so a file that was exchanged since is refused. What the sink or `progress` throw passes
    /// through. Throws FirmwareRefused, FirmwareDamaged, Cancelled. May be called again.
    void read_image(const Sink &sink, const Progress &progress, const std::stop_token &stop) const;

    /// Checks every stored chunk as read_image does, without unpacking any, and the indexes behind the image:
    /// is the file whole? Throws the same.
    void verify_all(const Progress &progress, const std::stop_token &stop) const;

  private:
    std::filesystem::path file_;
    TrustedKeys trusted_keys_;
    FirmwareHead head_;
};

} // namespace updater::firmware
