#include "updater/checks/disk_use.hpp"

#include <algorithm>
#include <cerrno>
#include <libmount.h>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>

namespace updater::checks {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t stat_block_bytes = 512; // st_blocks counts these whatever the file system's block is
constexpr int max_depth = 5;
/// Kept of each folder while its other parts are measured; a folder may have millions of files.
constexpr std::size_t max_parts = 16;

struct Measured {
    Place place;
    std::vector<Measured> parts; ///< the largest, largest first
};

struct stat status_of(const fs::path &path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        throw fs::filesystem_error("cannot measure", path, {errno, std::generic_category()});
    return status;
}

bool larger(const Measured &left, const Measured &right) {
    return left.place.allocated_bytes > right.place.allocated_bytes;
}

void keep_largest(std::vector<Measured> &parts) {
    std::ranges::sort(parts, larger);
    parts.resize(std::min(parts.size(), max_parts));
}

/// Files come and go meanwhile; one that has vanished takes no space.
Measured measure(const fs::path &path, dev_t device, int depth) {
    Measured measured{.place = {path, 0}, .parts = {}};
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || status.st_dev != device)
        return measured;
    measured.place.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * stat_block_bytes;
    if (!S_ISDIR(status.st_mode))
        return measured;
    std::error_code error;
    for (fs::directory_iterator entries(path, error); !error && entries != fs::directory_iterator();
         entries.increment(error)) {
        Measured part = measure(entries->path(), device, depth + 1);
        measured.place.allocated_bytes += part.place.allocated_bytes;
        if (depth >= max_depth)
            continue;
        measured.parts.push_back(std::move(part));
        if (measured.parts.size() >= 2 * max_parts)
            keep_largest(measured.parts);
    }
    keep_largest(measured.parts);
    return measured;
}

/// Whether naming its parts says more than naming the folder.
bool is_mostly_one_part(const Measured &measured) {
    return !measured.parts.empty() &&
           measured.parts.front().place.allocated_bytes * 2 >= measured.place.allocated_bytes;
}

struct TableRelease {
    void operator()(libmnt_table *table) const { mnt_unref_table(table); }
};

} // namespace

std::uint64_t allocated_bytes(const fs::path &path) {
    return measure(path, status_of(path).st_dev, max_depth).place.allocated_bytes;
}

fs::path root_of_filesystem(const fs::path &path) {
    const std::unique_ptr<libmnt_table, TableRelease> table(mnt_new_table_from_file("/proc/self/mountinfo"));
    if (!table)
        throw fs::filesystem_error("cannot read the mounts", "/proc/self/mountinfo",
                                   {errno, std::generic_category()});
    const dev_t device = status_of(path).st_dev;
    // The last mount at a place covers those before it, so the search begins at the end.
    const std::unique_ptr<libmnt_iter, void (*)(libmnt_iter *)> entry(mnt_new_iter(MNT_ITER_BACKWARD),
                                                                      mnt_free_iter);
    for (libmnt_fs *mount = nullptr; mnt_table_next_fs(table.get(), entry.get(), &mount) == 0;) {
        const char *const root = mnt_fs_get_root(mount);
        const fs::path target = mnt_fs_get_target(mount);
        struct stat status {};
        if (mnt_fs_get_devno(mount) == device && root != nullptr && std::string(root) == "/" &&
            ::lstat(target.c_str(), &status) == 0 && status.st_dev == device)
            return target;
    }
    fs::path above = path;
    while (above.has_relative_path() && status_of(above.parent_path()).st_dev == device)
        above = above.parent_path();
    return above;
}

std::vector<Place> largest_places(const fs::path &root, std::size_t max) {
    std::vector<Measured> open{measure(root, status_of(root).st_dev, 0)};
    std::vector<Place> places;
    while (!open.empty()) {
        Measured measured = std::move(open.back());
        open.pop_back();
        if (measured.place.path == root || is_mostly_one_part(measured))
            std::ranges::move(measured.parts, std::back_inserter(open));
        else
            places.push_back(measured.place);
    }
    std::ranges::sort(places, std::ranges::greater(), &Place::allocated_bytes);
    places.resize(std::min(places.size(), max));
    return places;
}

} // namespace updater::checks
