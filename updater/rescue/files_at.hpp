// Names the files of an OS partition that lie in given places of it. Reads what the file system says of them,
// and changes nothing.
#pragma once

#include "updater/firmware/byte_range.hpp"

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::rescue {

/// Paths as the system on that device sees them, sorted: "/usr/bin/x". Throws what tells why it can't be
/// told, and Cancelled.
using FilesAt = std::function<std::vector<std::string>(const std::filesystem::path &device,
                                                       std::span<const firmware::ByteRange> places,
                                                       const std::stop_token &stop)>;

/// The one for ext4; mounts the device for itself, as one that may be damaged. Throws partitions::MountError,
/// std::filesystem::filesystem_error, Cancelled.
std::vector<std::string> files_at(const std::filesystem::path &device,
                                  std::span<const firmware::ByteRange> places, const std::stop_token &stop);

/// The same of a file system that is mounted at `root`; what cannot be read below it is passed over.
std::vector<std::string> files_below(const std::filesystem::path &root,
                                     std::span<const firmware::ByteRange> places,
                                     const std::stop_token &stop);

} // namespace updater::rescue
