// Free space for an upgrade: FilesystemMeasures measures, this file decides and advises.
#include "updater/checks/preconditions.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <limits>

namespace updater::checks {
namespace {

constexpr std::size_t max_entries_named = 3;

std::string what_fills(const std::filesystem::path &path, const FilesystemMeasures &measures) {
    std::string text;
    for (const FolderSize &entry : measures.largest_entries(path, max_entries_named))
        text += (text.empty() ? "" : ", ") + entry.folder.string() + " (" +
                text::bytes_text(entry.allocated_bytes) + ")";
    return text.empty() ? "nothing in " + path.string() : text;
}

/// How many bytes must be freed so that `percent` of the file system is free; 0 if it is. Exact and without
/// overflow: total / 100 * percent would be wrong by up to 99 bytes times percent.
std::uint64_t bytes_short(const FilesystemSize &size, unsigned percent) {
    __extension__ using Wide = unsigned __int128;
    const Wide needed = (static_cast<Wide>(size.total_bytes) * percent + 99) / 100;
    return needed > size.free_bytes ? static_cast<std::uint64_t>(needed - size.free_bytes) : 0;
}

} // namespace

void check_space(const firmware::Manifest &manifest, const configuration::Appliance &appliance,
                 const FilesystemMeasures &measures) {
    for (const configuration::FreeShare &share : appliance.spaces) {
        const FilesystemSize size = measures.filesystem_size(share.path);
        const std::uint64_t missing = bytes_short(size, share.free_percent);
        if (missing > 0)
            throw Refused(
                "the disk of the " + share.holds + " (" + share.path.string() + ") has " +
                    text::bytes_text(size.free_bytes) + " of " + text::bytes_text(size.total_bytes) +
                    " free; " + std::to_string(share.free_percent) + " % must be free",
                "Free at least " + text::bytes_text(missing) +
                    " there, then install again. Largest: " + what_fills(share.path, measures) + ".");
    }
    for (const firmware::SpaceRequirement &requirement : manifest.required_space)
        check_free_bytes(requirement.path, requirement.free_bytes, "the firmware", measures);
}

void check_space_for_conversions(const std::vector<firmware::Conversion> &chain,
                                 const configuration::Appliance &appliance,
                                 const FilesystemMeasures &measures) {
    for (const configuration::Store &store : appliance.stores) {
        if (std::ranges::none_of(chain, [&](const firmware::Conversion &each) {
                return each.kind == firmware::ConversionKind::store && each.name == store.name;
            }))
            continue;
        std::uint64_t bytes = 0;
        for (const FolderSize &entry :
             measures.largest_entries(store.path, std::numeric_limits<std::size_t>::max()))
            bytes += entry.allocated_bytes;
        check_free_bytes(store.path, bytes + bytes / 2, "the conversion of the " + store.name, measures);
    }
}

void check_free_bytes(const std::filesystem::path &path, std::uint64_t bytes, const std::string &purpose,
                      const FilesystemMeasures &measures) {
    const FilesystemSize size = measures.filesystem_size(path);
    if (size.free_bytes < bytes)
        throw Refused(purpose + " needs " + text::bytes_text(bytes) + " free on the file system of " +
                          path.string() + ", which has " + text::bytes_text(size.free_bytes),
                      "Free at least " + text::bytes_text(bytes - size.free_bytes) +
                          " there, then try again. Largest: " + what_fills(path, measures) + ".");
}

} // namespace updater::checks
