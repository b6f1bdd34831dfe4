// What a snapshot says of itself: where and when it was made, and each file, with its hash. The rules that
// hold for all of it, whoever made it. Reads and writes nothing.
#pragma once

#include "hooks/overlay/overlay_format.hpp"
#include "partitions/base/sha256.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace updater::snapshot {

inline constexpr int description_format = 2;       ///< 1 for one without files of /var
inline constexpr std::size_t max_entries = 20'000; ///< of all lists together
inline constexpr std::size_t max_description_bytes = 16UL * 1024 * 1024;
inline constexpr std::uint64_t max_file_bytes = 256UL * 1024 * 1024;
inline constexpr std::uint64_t max_contents_bytes = 1024UL * 1024 * 1024; ///< of all files
inline constexpr std::size_t max_path_bytes = 4095;
inline constexpr std::size_t max_name_bytes = 64; ///< of a snapshot
inline constexpr std::size_t max_text_bytes = 1024;

enum class EntryKind {
    directory,
    file,
    symlink,
    whiteout, ///< the image has something there, and the administrator removed it
};

/// When the contents changed.
struct Moment {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    bool operator==(const Moment &) const = default;
};

/// One name below /etc, or below /var. All but the path and the kind may be empty in a whiteout.
struct Entry {
    std::filesystem::path path; ///< below /etc or /var; empty: that folder itself
    EntryKind kind = EntryKind::file;
    hooks::overlay::Attributes attributes;
    bool opaque = false; ///< of a directory: what the image has in it is hidden
    Moment modified;
    std::filesystem::path target; ///< of a symlink
    std::uint64_t size_bytes = 0; ///< of a file, as the next one
    partitions::base::Sha256 hash{};
};

/// Name -> format of a part of the configuration, as appliance.xml says it.
using Formats = std::map<std::string, std::string>;

struct Description {
    std::string name;
    std::string product;
    std::string version; ///< of the system that it was made in
    std::string slot;
    std::chrono::sys_seconds made{};
    std::string why;        ///< for people: "by hand", "before the upgrade to 2.8.1.0"
    bool automatic = false; ///< older ones of these are removed
    Formats formats;
    /// What differs from the image, parents first; /etc itself is the first one.
    std::vector<Entry> settings;
    /// The image's /etc, which a conversion to another release compares with. In the same order. A snapshot
    /// of an older updater has only what lies where `settings` differs, and the accounts.
    std::vector<Entry> base;
    /// The folders below /var that the product names (product_places.hpp), with the folders above them, which
    /// are there for their owners only. Folders and files, nothing else. Empty, or /var itself is the first
    /// one.
    std::vector<Entry> var;
    /// What can't be kept, such as sockets: a line for each.
    std::vector<std::string> left_out;
};

/// Of all files.
std::uint64_t contents_bytes(const Description &description);

/// Letters, digits, ".", "_" and "-", at most max_name_bytes; begins with a letter or digit.
bool is_snapshot_name(std::string_view name);

/// Throws SnapshotDamaged if a rule doesn't hold: bounds, no path out of /etc or /var, every entry in a
/// directory of its own list and none twice, no attributes that would lead an overlay elsewhere, nothing but
/// folders and files below /var.
void check_description(const Description &description);

} // namespace updater::snapshot
