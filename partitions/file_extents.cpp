#include "partitions/file_extents.hpp"

#include "partitions/base/file_descriptor.hpp"

#include <algorithm>
#include <cstddef>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace partitions {

namespace {

constexpr std::size_t extents_at_a_time = 128;
constexpr std::uint32_t without_place =
    FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_NOT_ALIGNED;

} // namespace

std::vector<FileExtent> extents_of(const std::filesystem::path &file) {
    std::vector<FileExtent> extents;
    const base::FileDescriptor opened(
        ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOATIME));
    if (opened.number() < 0)
        return extents;
    std::uint64_t from = 0;
    for (;;) {
        // The kernel writes its answer behind the request.
        std::vector<std::uint64_t> memory(
            (sizeof(fiemap) + extents_at_a_time * sizeof(fiemap_extent)) / sizeof(std::uint64_t) + 1);
        auto *const map = reinterpret_cast<fiemap *>(memory.data());
        map->fm_start = from;
        map->fm_length = FIEMAP_MAX_OFFSET - from;
        map->fm_extent_count = extents_at_a_time;
        if (::ioctl(opened.number(), FS_IOC_FIEMAP, map) != 0 || map->fm_mapped_extents == 0)
            return extents;
        const std::size_t found = std::min<std::size_t>(map->fm_mapped_extents, extents_at_a_time);
        for (std::size_t index = 0; index < found; ++index) {
            const fiemap_extent &extent = map->fm_extents[index];
            extents.push_back({.device_bytes = extent.fe_physical,
                               .length_bytes = extent.fe_length,
                               .is_placed = (extent.fe_flags & without_place) == 0,
                               .is_shared = (extent.fe_flags & FIEMAP_EXTENT_SHARED) != 0});
            if ((extent.fe_flags & FIEMAP_EXTENT_LAST) != 0)
                return extents;
        }
        const fiemap_extent &last = map->fm_extents[found - 1];
        const std::uint64_t end = last.fe_logical + last.fe_length;
        if (end <= from)
            return extents; // a damaged file system says anything
        from = end;
    }
}

} // namespace partitions
