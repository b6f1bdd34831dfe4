#include "updater/rescue/files_at.hpp"

#include "partitions/detached_mount.hpp"
#include "partitions/file_extents.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>

namespace updater::rescue {

namespace fs = std::filesystem;

namespace {

bool lies_in(const fs::path &file, std::span<const firmware::ByteRange> places) {
    const auto extents = partitions::extents_of(file);
    return std::ranges::any_of(extents, [&](const partitions::FileExtent &extent) {
        const firmware::ByteRange range{extent.device_bytes, extent.length_bytes};
        return extent.is_placed &&
               std::ranges::any_of(places, [&](const auto &place) { return !overlap(place, range).empty(); });
    });
}

} // namespace

std::vector<std::string> files_at(const fs::path &device, std::span<const firmware::ByteRange> places,
                                  const std::stop_token &stop) {
    const partitions::DetachedMount mount(device, "ext4", partitions::DetachedMount::Access::read_only);
    return files_below(mount.path(), places, stop);
}

std::vector<std::string> files_below(const fs::path &root, std::span<const firmware::ByteRange> places,
                                     const std::stop_token &stop) {
    std::vector<std::string> found;
    // With a slash at its end: the root may be a link.
    const std::string above = root.string();
    for (const auto &entry : fs::recursive_directory_iterator(root / "")) {
        if (stop.stop_requested())
            throw Cancelled();
        if (entry.is_regular_file() && !entry.is_symlink() && lies_in(entry.path(), places))
            found.push_back(entry.path().string().substr(above.size()));
    }
    std::ranges::sort(found);
    return found;
}

} // namespace updater::rescue
