// Makes firmware files, at the vendor's. Not used on an appliance.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace updater {

struct FirmwareParts {
    std::string manifest_template; ///< XML; the image and chunks elements may be missing, and are filled in
    std::filesystem::path image;   ///< the OS image, a file
    std::filesystem::path key;     ///< PEM, private
    std::filesystem::path certificate; ///< PEM, belongs to the key
    int compression_level = 12;        ///< of Zstandard, 1 to 19
    unsigned threads = 0;              ///< compressing at once; 0: one for each processor
};

/// Bytes of the image that were compressed.
using BuildProgress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)>;

/// Writes the firmware file `output`, replacing one of that name when all went well. The same parts give the
/// same bytes (with an RSA key). Needs free space for the compressed image twice, beside `output`. Throws
/// std::runtime_error naming the file at fault, FirmwareRefused if the template breaks the rules, Cancelled.
void write_firmware(const FirmwareParts &parts, const std::filesystem::path &output,
                    const BuildProgress &progress, const std::stop_token &stop);

} // namespace updater
