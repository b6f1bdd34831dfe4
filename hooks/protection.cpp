// Through the flags of inodes; see the header.
#include "hooks/protection.hpp"

#include "hooks/living_tree.hpp"
#include "hooks/overlay/overlay_format.hpp"

namespace hooks {

using Path = std::filesystem::path;

void take_protection_off(partitions::Storage &storage, const Path &path) {
    const partitions::FileKind kind = storage.kind(path);
    if (kind != partitions::FileKind::file && kind != partitions::FileKind::directory)
        return;
    if (overlay::is_protected(overlay::read_attributes(path).flags))
        overlay::set_flags(path, 0);
    if (kind == partitions::FileKind::directory)
        for (const Path &entry : list_if_there(storage, path))
            take_protection_off(storage, entry);
}

void while_unprotected(partitions::Storage &storage, const Path &directory,
                       const std::function<void()> &work) {
    Path lowest = directory;
    while (storage.kind(lowest) == partitions::FileKind::none && lowest.has_relative_path())
        lowest = lowest.parent_path();
    const unsigned flags =
        storage.kind(lowest) == partitions::FileKind::directory ? overlay::read_attributes(lowest).flags : 0U;
    if (!overlay::is_protected(flags)) {
        work();
        return;
    }
    overlay::set_flags(lowest, 0);
    try {
        work();
    } catch (...) {
        overlay::set_flags(lowest, flags);
        throw;
    }
    overlay::set_flags(lowest, flags);
}

} // namespace hooks
