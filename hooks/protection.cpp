// Through the flags of inodes; see the header.
#include "hooks/protection.hpp"

#include "hooks/living_tree.hpp"
#include "hooks/overlay/overlay_format.hpp"

namespace hooks {

using partitions::FileKind;
using Path = std::filesystem::path;

void take_protection_off(partitions::Storage &storage, const Path &path) {
    const FileKind kind = storage.kind(path);
    if (kind != FileKind::file && kind != FileKind::directory)
        return;
    if (is_protected(read_attributes(path).flags))
        set_flags(path, 0);
    if (kind == FileKind::directory)
        for (const Path &entry : list_if_there(storage, path))
            take_protection_off(storage, entry);
}

void while_unprotected(partitions::Storage &storage, const Path &directory,
                       const std::function<void()> &work) {
    Path lowest = directory;
    while (storage.kind(lowest) == FileKind::none && lowest.has_relative_path())
        lowest = lowest.parent_path();
    const unsigned flags = storage.kind(lowest) == FileKind::directory ? read_attributes(lowest).flags : 0U;
    if (!is_protected(flags)) {
        work();
        return;
    }
    set_flags(lowest, 0);
    try {
        work();
    } catch (...) {
        set_flags(lowest, flags);
        throw;
    }
    set_flags(lowest, flags);
}

} // namespace hooks
