#include "updater/rescue/files_at.hpp"

#include "partitions/detached_mount.hpp"
#include "partitions/file_extents.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>
#include <system_error>

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
    const partitions::DetachedMount mount(device, "ext4", partitions::DetachedMount::Access::damaged);
    return files_below(mount.path(), places, stop);
}

std::vector<std::string> files_below(const fs::path &root, std::span<const firmware::ByteRange> places,
                                     const std::stop_token &stop) {
    std::vector<std::string> found;
    const std::string above = root.string();
    // With a slash at its end: the root may be a link.
    std::vector<fs::path> left{root / ""};
    // What cannot be read in a damaged file system is passed over: the other names help all the same.
    std::error_code error;
    fs::directory_iterator entry(left.back()); // throws if nothing can be read
    for (;;) {
        left.pop_back();
        for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
            if (stop.stop_requested())
                throw Cancelled();
            std::error_code unknown_kind;
            const fs::file_status status = entry->symlink_status(unknown_kind);
            if (fs::is_directory(status))
                left.push_back(entry->path());
            else if (fs::is_regular_file(status) && lies_in(entry->path(), places))
                found.push_back(entry->path().string().substr(above.size()));
        }
        if (left.empty())
            break;
        entry = fs::directory_iterator(left.back(), error);
    }
    std::ranges::sort(found);
    return found;
}

} // namespace updater::rescue
