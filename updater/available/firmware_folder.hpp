// Lists the downloaded firmware files with their versions.
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

/// Thread-safe. Everybody may ask for the list, any number of times, so a file is read again only if it or
/// the trusted keys have changed.
class FirmwareFolder {
  public:
    /// The version in the manifest, if the signature is valid. Throws FirmwareRefused, FirmwareDamaged.
    using ReadVersion =
        std::function<firmware::Version(const std::filesystem::path &, const firmware::TrustedKeys &)>;

    FirmwareFolder(std::filesystem::path folder, firmware::KeysNow trusted_keys,
                   ReadVersion read_version = version_of);

    /// Files *.fw that are signed by a key that is trusted now, newest version first. Others are
    /// left out; who tries to install one is told why. The chunks are not checked here.
    std::vector<DownloadedFirmware> list() const;

    static firmware::Version version_of(const std::filesystem::path &file, const firmware::TrustedKeys &keys);

  private:
    /// A file that was replaced or changed differs in one of these (inode(7)).
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
        std::optional<firmware::Version> version; ///< none: not signed by a trusted key, or damaged
    };

    std::map<std::filesystem::path, Identity> files_now() const;
    /// False if there is no trusted key. If the keys have changed, forgets the files.
    bool take_keys() const;
    void refresh(const std::map<std::filesystem::path, Identity> &files) const;
    static std::optional<Identity> identity_of(const std::filesystem::path &file);
    std::optional<firmware::Version> version_now(const std::filesystem::path &file,
                                                 const Identity &identity) const;

    std::filesystem::path folder_;
    firmware::KeysNow trusted_keys_;
    ReadVersion read_version_;
    mutable std::mutex mutex_; ///< for all below
    mutable std::optional<firmware::TrustedKeys> keys_;
    mutable std::map<std::filesystem::path, Known>
        known_; ///< the files of the folder, as read with these keys
};

} // namespace updater::available
