// The folders below /var that belong to the settings, as the product names them: policies read files there.
// Nothing is restored anywhere else in /var. The initramfs reads the same file.
#pragma once

#include "partitions/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace updater::snapshot {

/// The file has a folder a line, such as /var/lib/mailsec-lists; '#' begins a comment. Relative to /var, in
/// the order of the file; none if there is no file. Throws StorageError; std::runtime_error for a line that
/// is no plain path below /var: letters, digits, and "/._-".
std::vector<std::filesystem::path> read_product_places(partitions::Storage &storage,
                                                       const std::filesystem::path &file);

/// Whether the path is one of the places or lies in one.
bool is_in_product_place(const std::vector<std::filesystem::path> &places, const std::filesystem::path &path);

/// What a place may hold to be in a snapshot.
inline constexpr std::size_t max_names_in_place = 5'000;
inline constexpr std::uint64_t max_bytes_in_place = 128UL * 1024 * 1024;

/// Whether the folder holds no more than that. Looks at no more than that.
bool fits_in_snapshot(partitions::Storage &storage, const std::filesystem::path &folder);
/// The line about a place that doesn't.
std::string too_large_for_snapshot(const std::filesystem::path &place);

/// Whether there is such a folder in `var` and no link on the way to it.
bool is_plain_folder(partitions::Storage &storage, const std::filesystem::path &var,
                     const std::filesystem::path &place);

} // namespace updater::snapshot
