#include "updater/snapshot/entry_attributes.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>

namespace updater::snapshot {

namespace overlay = hooks::overlay;

void OverlayAttributes::read(const std::filesystem::path &path, Entry &entry) const {
    overlay::refuse_unsupported_marks(path);
    entry.attributes = overlay::read_attributes(path);
    entry.opaque = entry.kind == EntryKind::directory && overlay::is_opaque(path);
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0)
        throw std::system_error(errno, std::generic_category(), "look at " + path.string());
    entry.modified = {status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

void OverlayAttributes::write(const std::filesystem::path &path, const Entry &entry) const {
    overlay::set_attributes(path, entry.attributes);
    if (entry.opaque)
        overlay::make_opaque(path);
    overlay::mark_flags(path, entry.attributes.flags);
    // Last, because everything else touches it.
    const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                               {.tv_sec = entry.modified.seconds, .tv_nsec = entry.modified.nanoseconds}};
    if (utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
        throw std::system_error(errno, std::generic_category(), "set the times of " + path.string());
}

} // namespace updater::snapshot
