#include "updater/available/firmware_folder.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace updater::available {

namespace {

std::chrono::nanoseconds time_of(const timespec &time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::chrono::system_clock::time_point moment_of(std::chrono::nanoseconds since_epoch) {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch));
}

} // namespace

FirmwareFolder::FirmwareFolder(std::filesystem::path folder, firmware::KeysNow trusted_keys,
                               ReadVersion read_version)
    : folder_(std::move(folder)), trusted_keys_(std::move(trusted_keys)),
      read_version_(std::move(read_version)) {}

firmware::Version FirmwareFolder::version_of(const std::filesystem::path &file,
                                             const firmware::TrustedKeys &keys) {
    return firmware::FirmwareReader(file, keys).manifest().version;
}

std::vector<DownloadedFirmware> FirmwareFolder::list() const {
    const std::lock_guard lock(mutex_);
    const auto files = files_now();
    if (files.empty() || !take_keys())
        known_.clear();
    else
        refresh(files);
    std::vector<DownloadedFirmware> found;
    for (const auto &[path, known] : known_)
        if (known.version)
            found.push_back({path, *known.version, known.identity.bytes, moment_of(known.identity.modified)});
    std::sort(found.begin(), found.end(),
              [](const auto &left, const auto &right) { return left.version > right.version; });
    return found;
}

std::map<std::filesystem::path, FirmwareFolder::Identity> FirmwareFolder::files_now() const {
    std::map<std::filesystem::path, Identity> files;
    std::error_code gone;
    std::filesystem::directory_iterator entry(folder_, gone);
    for (const std::filesystem::directory_iterator end; !gone && entry != end; entry.increment(gone))
        if (const auto identity =
                entry->path().extension() == ".fw" ? identity_of(entry->path()) : std::nullopt)
            files[entry->path()] = *identity;
    return files;
}

bool FirmwareFolder::take_keys() const {
    try {
        firmware::TrustedKeys keys = trusted_keys_();
        if (!keys_ || !keys_->same_as(keys))
            known_.clear();
        keys_ = std::move(keys);
        return true;
    } catch (const Refused &) {
        return false;
    }
}

void FirmwareFolder::refresh(const std::map<std::filesystem::path, Identity> &files) const {
    std::map<std::filesystem::path, Known> now;
    for (const auto &[path, identity] : files)
        now[path] = {identity, version_now(path, identity)};
    known_ = std::move(now);
}

std::optional<FirmwareFolder::Identity> FirmwareFolder::identity_of(const std::filesystem::path &file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        return std::nullopt;
    return Identity{.device = status.st_dev,
                    .inode = status.st_ino,
                    .bytes = static_cast<std::uint64_t>(status.st_size),
                    .modified = time_of(status.st_mtim),
                    .changed = time_of(status.st_ctim)};
}

std::optional<firmware::Version> FirmwareFolder::version_now(const std::filesystem::path &file,
                                                             const Identity &identity) const {
    const auto known = known_.find(file);
    if (known != known_.end() && known->second.identity == identity)
        return known->second.version;
    try {
        return read_version_(file, *keys_);
    } catch (const Refused &) {
        return std::nullopt;
    } catch (const firmware::FirmwareDamaged &) {
        return std::nullopt;
    }
}

} // namespace updater::available
