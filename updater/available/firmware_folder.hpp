// The downloaded firmware files, and what they are.
#pragma once

#include "updater/firmware/firmware_reader.hpp"
#include "updater/firmware/trusted_keys.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace updater::available {

struct DownloadedFirmware {
    std::filesystem::path path;
    firmware::Version version;
    std::uint64_t bytes = 0;
    std::chrono::system_clock::time_point downloaded;
};

/// Thread-safe. A file is read once for as long as it, and the keys that count, stay as they are: everybody
/// may have the list made, any number of times.
class FirmwareFolder {
  public:
    /// What it says of itself, if a key that counts has signed it. Throws FirmwareRefused, FirmwareDamaged.
    using ReadVersion =
        std::function<firmware::Version(const std::filesystem::path &, const firmware::TrustedKeys &)>;

    FirmwareFolder(std::filesystem::path folder, firmware::KeysNow trusted_keys,
                   ReadVersion read_version = version_of);

    /// Files *.fw that are signed by a key that is trusted now, newest version first. Files that are not are
    /// left out: they are named when somebody asks to install them. Their chunks are not checked here.
    std::vector<DownloadedFirmware> list() const;

    static firmware::Version version_of(const std::filesystem::path &file, const firmware::TrustedKeys &keys);

  private:
    /// Another file under the same name, or the same one changed, differs in one of these (inode(7)).
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t bytes = 0;
        std::chrono::nanoseconds modified{0};
        std::chrono::nanoseconds changed{0};

        bool operator==(const Identity &) const = default;
    };
    struct Known {
        Identity identity;
        std::optional<firmware::Version> version; ///< none: nobody who counts has signed it, or it is damaged
    };

    std::map<std::filesystem::path, Identity> files_now() const;
    /// False when no key counts; what was known for other keys is forgotten.
    bool take_keys() const;
    void look_at(const std::map<std::filesystem::path, Identity> &files) const;
    static std::optional<Identity> identity_of(const std::filesystem::path &file);
    std::optional<firmware::Version> version_now(const std::filesystem::path &file,
                                                 const Identity &identity) const;

    std::filesystem::path folder_;
    firmware::KeysNow trusted_keys_;
    ReadVersion read_version_;
    mutable std::mutex mutex_; ///< for all below
    mutable std::optional<firmware::TrustedKeys> keys_;
    mutable std::map<std::filesystem::path, Known> known_; ///< what is there, for these keys
};

} // namespace updater::available
