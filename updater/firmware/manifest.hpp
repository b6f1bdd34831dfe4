// The manifest of a firmware file: its contents and the appliances it is for. Decides nothing about
// installing it.
#pragma once

#include "partitions/base/sha256.hpp"
#include "updater/firmware/version.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

enum class ConversionKind { store, configuration };

/// The format in which the new system keeps a store or a part of the configuration.
struct DataFormat {
    std::string name; ///< as in appliance.xml: "message-store", "etc"
    ConversionKind kind{};
    std::string format; ///< "2", "debian-13"

    bool operator==(const DataFormat &) const = default;
};

/// In Conversion::from: every format, including the new one. For a program that merges the appliance's data
/// with that of the image.
inline constexpr std::string_view any_format = "any";

/// One conversion that a program of the new system can do.
struct Conversion {
    std::string name; ///< of one of the formats
    ConversionKind kind{};
    std::string program; ///< file name below /usr/lib/update-control/hooks of the new system
    std::string from;    ///< format before, or any_format
    std::string to;      ///< format after

    bool operator==(const Conversion &) const = default;
};

/// Space that has to be free on the file system that holds `path`.
struct SpaceRequirement {
    std::filesystem::path path; ///< absolute
    std::uint64_t free_bytes{};

    bool operator==(const SpaceRequirement &) const = default;
};

/// A port that a service of the new system listens at.
struct PortRequirement {
    unsigned number{};
    std::string protocol; ///< "tcp", "udp"
    std::string service;  ///< the unit

    bool operator==(const PortRequirement &) const = default;
};

/// A part of the firmware file behind the image.
struct StoredEntry {
    std::uint64_t offset_bytes{}; ///< from the first byte of the `image` entry's contents
    std::uint64_t length_bytes{};
    partitions::base::Sha256 sha256{};

    bool operator==(const StoredEntry &) const = default;
};

/// A patch that makes this OS image from that of an earlier release.
struct PatchEntry {
    Version from;
    std::uint64_t base_image_bytes{};            ///< length of the earlier image
    partitions::base::Sha256 base_fingerprint{}; ///< of the earlier image's first base_fingerprint_bytes
    StoredEntry index;                           ///< patch_index.hpp
    std::uint64_t data_offset_bytes{};           ///< as StoredEntry's; the records, one after the other
    std::uint64_t data_bytes{};

    bool operator==(const PatchEntry &) const = default;
};

/// The beginning of an ext4 image (superblock, group descriptors with their checksums) distinguishes images
/// well enough to choose a patch; each chunk's hash then shows whether the base is intact.
inline constexpr std::size_t base_fingerprint_bytes = 64UL * 1024;

/// Everything in a manifest.
struct Manifest {
    std::string product;
    std::string hardware;
    Version version;
    Version minimum_version; ///< the oldest running version that it can be installed on
    Version install_first;   ///< what to install first on an older version; often the same
    /// After the commit of this firmware no version older than this one is installed or rolled back to. Not
    /// newer than the version itself.
    std::optional<Version> least_acceptable_version;
    std::uint64_t image_bytes{};
    partitions::base::Sha256 chunks_hash{};
    std::uint64_t chunks_bytes{};        ///< length of the chunk index
    std::optional<StoredEntry> units;    ///< the unit index
    std::vector<PatchEntry> patches;     ///< no two from the same version
    std::vector<DataFormat> formats;     ///< of the new system, in the order in which they are converted
    unsigned conversion_contract{};      ///< how to call the conversion programs (updater/contracts.md)
    std::vector<Conversion> conversions; ///< from earlier formats, one step each
    std::vector<SpaceRequirement> required_space;
    std::vector<std::string> required_packages;
    std::vector<PortRequirement> required_ports;
    std::string release_notes;
    std::string license;

    bool operator==(const Manifest &) const = default;
};

/// Whether the firmware can change the format of something. Merging alone is no such change.
bool converts_data(const Manifest &manifest);

/// Longest manifest that is read.
inline constexpr std::size_t max_manifest_bytes = 64UL * 1024;

/// Reads the XML (format.md describes it). Anything unknown, missing, given twice or out of range is an
/// error: throws FirmwareRefused (wrong_manifest, unsupported_format, too_large) with the element and the
/// line. Only for text whose signature is verified.
Manifest parse_manifest(std::string_view xml);

} // namespace updater::firmware
