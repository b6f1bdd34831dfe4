// A local firmware file as a source of bytes. Only reads.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "updater/firmware/byte_source.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace updater::firmware {

class FileSource : public ByteSource {
  public:
    /// Throws FirmwareRefused (not_a_firmware_file) if the file cannot be opened or is not an ordinary file.
    explicit FileSource(const std::filesystem::path &file);

    /// Throws FirmwareDamaged if the file ends too early or cannot be read, and Cancelled.
    void read(std::span<const ByteRange> ranges, const Sink &sink, const std::stop_token &stop) override;
    std::uint64_t fetched_bytes() const override { return fetched_bytes_; }
    const std::string &name() const override { return name_; }

  private:
    std::string name_;
    partitions::base::FileDescriptor file_;
    std::vector<std::byte> buffer_;
    std::atomic<std::uint64_t> fetched_bytes_ = 0;
};

} // namespace updater::firmware
