// The downloaded firmware files, and what they are.
#pragma once

#include "updater/firmware/firmware_reader.hpp"
#include "updater/firmware/signature.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace updater {

struct DownloadedFirmware {
    std::filesystem::path path;
    Version version;
    std::uint64_t bytes = 0;
    std::chrono::system_clock::time_point downloaded;
};

class FirmwareFolder {
  public:
    FirmwareFolder(std::filesystem::path folder, KeysNow trusted_keys);

    /// Files *.fw that are signed by a key that is trusted now, newest version first. Files that are not are
    /// left out: they are named when somebody asks to install them. Their chunks are not checked here.
    std::vector<DownloadedFirmware> list() const;

  private:
    std::filesystem::path folder_;
    KeysNow trusted_keys_;
};

} // namespace updater
