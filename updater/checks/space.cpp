// Free space: FilesystemMeasures measures, this file decides and advises.
#include "updater/checks/disk_parts.hpp"
#include "updater/checks/preconditions.hpp"
#include "updater/text/byte_amount.hpp"

namespace updater::checks {
namespace {

constexpr std::size_t max_places_named = 5;

std::string largest_places(const std::filesystem::path &path, const FilesystemMeasures &measures) {
    std::string text;
    for (const Place &place : measures.largest_places(path, max_places_named))
        text += (text.empty() ? "" : ", ") + place.path.string() + " (" +
                text::bytes_text(place.allocated_bytes) + ")";
    return text.empty() ? "nothing that can be seen" : text;
}

std::string what_fills(const std::filesystem::path &path, const FilesystemMeasures &measures) {
    if (!measures.parts_of_disk)
        return "Largest on this disk: " + largest_places(path, measures) + ".";
    return "On this disk: " + text_of_parts(measures.parts_of_disk(path)) + ".";
}

/// How many bytes must be freed so that `percent` of the file system is free; 0 if it is. Exact and without
/// overflow: total / 100 * percent would be wrong by up to 99 bytes times percent.
std::uint64_t bytes_short(const FilesystemSize &size, unsigned percent) {
    __extension__ using Wide = unsigned __int128;
    const Wide needed = (static_cast<Wide>(size.total_bytes) * percent + 99) / 100;
    return needed > size.free_bytes ? static_cast<std::uint64_t>(needed - size.free_bytes) : 0;
}

} // namespace

std::string check_free_share(const configuration::FreeShare &share, const FilesystemMeasures &measures) {
    const FilesystemSize size = measures.filesystem_size(share.path);
    const std::string found = "the disk of the " + share.holds + " (" + share.path.string() + ") has " +
                              text::bytes_text(size.free_bytes) + " of " +
                              text::bytes_text(size.total_bytes) + " free; " +
                              std::to_string(share.free_percent) + " % must be free";
    const std::uint64_t missing = bytes_short(size, share.free_percent);
    if (missing > 0)
        throw Refused(found,
                      "Free at least " + text::bytes_text(missing) + " there, then install again. " +
                          what_fills(share.path, measures),
                      messages::Code::check_space);
    return found;
}

std::string check_free_bytes(const std::filesystem::path &path, std::uint64_t bytes,
                             const std::string &purpose, const FilesystemMeasures &measures) {
    const FilesystemSize size = measures.filesystem_size(path);
    const std::string found = purpose + " needs " + text::bytes_text(bytes) + " free on the file system of " +
                              path.string() + ", which has " + text::bytes_text(size.free_bytes);
    if (size.free_bytes < bytes)
        throw Refused(found, "Free at least " + text::bytes_text(bytes - size.free_bytes) +
                                 " there, then try again. " + what_fills(path, measures));
    return found;
}

std::string check_space_for_conversion(const configuration::Store &store,
                                       const FilesystemMeasures &measures) {
    const std::uint64_t bytes = measures.allocated_bytes(store.path);
    return check_free_bytes(store.path, bytes + bytes / 2, "the conversion of the " + store.name, measures);
}

} // namespace updater::checks
