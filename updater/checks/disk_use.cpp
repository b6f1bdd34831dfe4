#include "updater/checks/disk_use.hpp"

#include "updater/cancelled.hpp"

#include <algorithm>
#include <cerrno>
#include <libmount.h>
#include <memory>
#include <set>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <utility>

namespace updater::checks {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t stat_block_bytes = 512; // st_blocks counts these whatever the file system's block is
constexpr int max_depth = 4;
/// Kept of each folder while its other parts are measured; a folder may have millions of files.
constexpr std::size_t max_parts = 8;
/// Each level of the walk keeps a folder open, and what users make may be deeper than there are descriptors.
constexpr int max_walk_depth = 256;

struct Measured {
    Place place;
    std::vector<Measured> parts; ///< the largest, largest first
};

struct stat status_of(const fs::path &path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
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

/// One walk on one file system. Files come and go meanwhile; one that has vanished takes no space.
class Walk {
  public:
    Walk(dev_t device, std::stop_token stop, std::set<ino_t> without = {})
        : device_(device), stop_(std::move(stop)), without_(std::move(without)) {}

    /// With the parts of `max_levels` levels.
    Measured measure(const fs::path &path, int max_levels, int depth = 0) const {
        Measured measured{.place = {path, 0}, .parts = {}};
        struct stat status {};
        if (::lstat(path.c_str(), &status) != 0) {
            require_vanished({errno, std::generic_category()}, path);
            return measured;
        }
        if (status.st_dev != device_ || without_.contains(status.st_ino))
            return measured;
        measured.place.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * stat_block_bytes;
        if (S_ISDIR(status.st_mode) && depth < max_walk_depth)
            add_parts(measured, max_levels, depth);
        return measured;
    }

  private:
    static void require_vanished(const std::error_code &error, const fs::path &path) {
        if (error != std::errc::no_such_file_or_directory)
            throw fs::filesystem_error("cannot measure", path, error);
    }

    void add_parts(Measured &measured, int max_levels, int depth) const {
        if (stop_.stop_requested())
            throw Cancelled();
        std::error_code error;
        for (fs::directory_iterator entries(measured.place.path, error);
             !error && entries != fs::directory_iterator(); entries.increment(error)) {
            Measured part = measure(entries->path(), max_levels, depth + 1);
            measured.place.allocated_bytes += part.place.allocated_bytes;
            if (depth >= max_levels)
                continue;
            measured.parts.push_back(std::move(part));
            if (measured.parts.size() >= 2 * max_parts)
                keep_largest(measured.parts);
        }
        if (error)
            require_vanished(error, measured.place.path);
        keep_largest(measured.parts);
    }

    dev_t device_;
    std::stop_token stop_;
    std::set<ino_t> without_;
};

/// Whether naming its parts says more than naming the folder.
bool is_mostly_one_part(const Measured &measured) {
    return !measured.parts.empty() &&
           measured.parts.front().place.allocated_bytes * 2 >= measured.place.allocated_bytes;
}

struct TableRelease {
    void operator()(libmnt_table *table) const { mnt_unref_table(table); }
};

} // namespace

std::uint64_t allocated_bytes(const fs::path &path, const std::stop_token &stop) {
    return Walk(status_of(path).st_dev, stop).measure(path, 0).place.allocated_bytes;
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

std::vector<Place> largest_places(const fs::path &root, std::size_t max, const std::stop_token &stop,
                                  const std::vector<fs::path> &without) {
    std::set<ino_t> folders;
    for (const fs::path &folder : without)
        folders.insert(status_of(folder).st_ino);
    std::vector<Measured> open{Walk(status_of(root).st_dev, stop, folders).measure(root, max_depth)};
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
