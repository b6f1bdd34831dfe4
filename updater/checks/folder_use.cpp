#include "updater/checks/folder_use.hpp"

#include "partitions/file_extents.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fts.h>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <system_error>

namespace updater::checks {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t allocation_unit_bytes = 512; // st_blocks counts these
constexpr std::chrono::hours days_30{30 * 24};
constexpr std::chrono::hours days_90{90 * 24};

/// Bytes of the file in extents that another file shares; 0 if the file system cannot tell.
std::uint64_t shared_bytes(const char *file) {
    std::uint64_t shared = 0;
    for (const auto &extent : partitions::extents_of(file))
        if (extent.is_shared)
            shared += extent.length_bytes;
    return shared;
}

void add_file(const FTSENT &entry, std::chrono::system_clock::time_point now, Sharing sharing,
              FolderUse &use) {
    const struct stat &status = *entry.fts_statp;
    const std::uint64_t bytes = static_cast<std::uint64_t>(status.st_blocks) * allocation_unit_bytes;
    use.allocated_bytes += bytes;
    const bool may_share = sharing == Sharing::looked_at && S_ISREG(status.st_mode) && bytes > 0;
    use.own_bytes += bytes - (may_share ? std::min(bytes, shared_bytes(entry.fts_accpath)) : 0);
    if (S_ISDIR(status.st_mode))
        return;
    const auto age = now - std::chrono::system_clock::from_time_t(status.st_mtime);
    if (age >= days_30)
        use.unchanged_30_days_bytes += bytes;
    if (age >= days_90)
        use.unchanged_90_days_bytes += bytes;
}

bool is_failure(const FTSENT &entry) {
    const bool failed = entry.fts_info == FTS_DNR || entry.fts_info == FTS_ERR || entry.fts_info == FTS_NS;
    return failed && entry.fts_errno != ENOENT;
}

struct CloseWalk {
    void operator()(FTS *walk) const { ::fts_close(walk); }
};

} // namespace

FolderUse use_of_folder(const fs::path &folder, std::chrono::system_clock::time_point now, Sharing sharing,
                        const std::stop_token &stop) {
    std::string name = folder.string();
    const std::array<char *, 2> roots{name.data(), nullptr};
    const std::unique_ptr<FTS, CloseWalk> walk(
        ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr));
    if (!walk)
        throw fs::filesystem_error("cannot measure", folder, {errno, std::generic_category()});
    FolderUse use;
    errno = 0;
    while (const FTSENT *entry = ::fts_read(walk.get())) {
        if (stop.stop_requested())
            throw Cancelled();
        if (is_failure(*entry))
            throw fs::filesystem_error("cannot measure", entry->fts_path,
                                       {entry->fts_errno, std::generic_category()});
        // Folders come twice, the second time (FTS_DP) after what is in them.
        if (entry->fts_info != FTS_DP && entry->fts_info != FTS_NS && entry->fts_info != FTS_DNR)
            add_file(*entry, now, sharing, use);
        errno = 0;
    }
    if (errno != 0)
        throw fs::filesystem_error("cannot measure", folder, {errno, std::generic_category()});
    return use;
}

} // namespace updater::checks
