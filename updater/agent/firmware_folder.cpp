// Looking at the downloaded firmware files.
#include "updater/agent/firmware_folder.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace updater {

FirmwareFolder::FirmwareFolder(std::filesystem::path folder, KeysNow trusted_keys)
    : folder_(std::move(folder)), trusted_keys_(std::move(trusted_keys)) {}

std::vector<DownloadedFirmware> FirmwareFolder::list() const {
    std::vector<DownloadedFirmware> found;
    std::error_code none;
    if (!std::filesystem::is_directory(folder_, none))
        return found;
    for (const auto &entry : std::filesystem::directory_iterator(folder_)) {
        if (entry.path().extension() != ".fw" || !entry.is_regular_file())
            continue;
        try {
            const FirmwareReader firmware(entry.path(), trusted_keys_());
            const auto changed = std::chrono::file_clock::to_sys(entry.last_write_time());
            found.push_back({entry.path(), firmware.manifest().version, entry.file_size(),
                             std::chrono::time_point_cast<std::chrono::system_clock::duration>(changed)});
        } catch (const Refused &) {
            continue;
        } catch (const FirmwareDamaged &) {
            continue;
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto &left, const auto &right) { return left.version > right.version; });
    return found;
}

} // namespace updater
