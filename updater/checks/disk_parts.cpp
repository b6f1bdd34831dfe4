#include "updater/checks/disk_parts.hpp"

#include "updater/checks/folder_use.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>

namespace updater::checks {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t least_bytes = 1024UL * 1024;
constexpr std::size_t max_places_of_rest = 3;

bool lies_on(const fs::path &path, dev_t device) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && status.st_dev == device;
}

std::string ages(const FolderUse &use) {
    if (use.unchanged_30_days_bytes < least_bytes)
        return "";
    return ", of it " + text::bytes_text(use.unchanged_30_days_bytes) +
           " in files not changed for 30 days, " + text::bytes_text(use.unchanged_90_days_bytes) +
           " for 90 days";
}

DiskPart part_of(const KnownPlace &place, const FolderUse &use) {
    const std::uint64_t bytes = place.may_share ? use.own_bytes : use.allocated_bytes;
    return {place.what + " (" + place.path.string() + ") has " + text::bytes_text(bytes) +
                (place.may_share ? " that nothing else uses" : "") + (place.by_age ? ages(use) : ""),
            bytes, place.advice};
}

DiskPart everything_else(const fs::path &path, const std::vector<fs::path> &known, std::uint64_t bytes,
                         const std::stop_token &stop) {
    std::string largest;
    for (const Place &place : largest_places(root_of_filesystem(path), max_places_of_rest, stop, known))
        if (place.allocated_bytes >= least_bytes)
            largest += (largest.empty() ? ", most in " : ", ") + place.path.string() + " (" +
                       text::bytes_text(place.allocated_bytes) + ")";
    const bool names_generation = largest.find("/generations/") != std::string::npos;
    return {"everything else has " + text::bytes_text(bytes) + largest, bytes,
            names_generation ? "never remove a generation by hand: update-control --drop-previous removes "
                               "those that the running system doesn't need"
                             : ""};
}

} // namespace

std::vector<DiskPart> parts_of_disk(const fs::path &path, const std::vector<KnownPlace> &known,
                                    std::chrono::system_clock::time_point now, const std::stop_token &stop) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw fs::filesystem_error("cannot measure", path, {errno, std::generic_category()});
    std::vector<DiskPart> parts;
    std::vector<fs::path> measured;
    std::uint64_t known_bytes = 0;
    for (const KnownPlace &place : known) {
        if (!lies_on(place.path, status.st_dev))
            continue;
        parts.push_back(
            part_of(place, use_of_folder(place.path, now,
                                         place.may_share ? Sharing::looked_at : Sharing::left_out, stop)));
        known_bytes += parts.back().bytes;
        measured.push_back(place.path);
    }
    const FilesystemSize size = FilesystemMeasures::real(stop).filesystem_size(path);
    const std::uint64_t used = size.total_bytes - std::min(size.free_bytes, size.total_bytes);
    parts.push_back(everything_else(path, measured, used - std::min(known_bytes, used), stop));
    std::erase_if(parts, [](const DiskPart &part) { return part.bytes < least_bytes; });
    std::ranges::sort(parts, std::ranges::greater(), &DiskPart::bytes);
    return parts;
}

std::string text_of_parts(const std::vector<DiskPart> &parts) {
    std::string line;
    for (const DiskPart &part : parts)
        line += (line.empty() ? "" : "; ") + part.text + (part.advice.empty() ? "" : " -> " + part.advice);
    return line;
}

} // namespace updater::checks
