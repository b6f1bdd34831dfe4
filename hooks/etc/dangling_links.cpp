// Looking for the targets in both systems; see the header.
#include "hooks/etc/dangling_links.hpp"

#include <array>

namespace hooks::etc {

using Path = std::filesystem::path;

namespace {

enum class TargetState { there, missing, not_known };

// Since Debian 12 /lib, /bin and /sbin are links into /usr.
Path below_usr(const Path &target) {
    for (const char *directory : {"/lib/", "/lib64/", "/bin/", "/sbin/"})
        if (target.native().starts_with(directory))
            return Path("/usr").concat(target.native());
    return target;
}

TargetState state_in_image(const EtcWork &work, const Path &image, const Path &target) {
    Path reached = image;
    for (const Path &name : target.relative_path()) {
        if (work.storage.kind(reached) == partitions::FileKind::symlink)
            return TargetState::not_known;
        reached /= name;
        if (work.storage.kind(reached) == partitions::FileKind::none)
            return TargetState::missing;
    }
    return TargetState::there;
}

TargetState state_of(const EtcWork &work, const overlay::OverlayView &etc, const Path &image,
                     const Path &target) {
    if (target.native().starts_with("/etc/"))
        return etc.find(target.lexically_relative("/etc")) ? TargetState::there : TargetState::missing;
    if (target.native().starts_with("/usr/"))
        return state_in_image(work, image, target);
    return TargetState::not_known;
}

void look_for_links(const EtcWork &work, const Path &folder, std::vector<DanglingLink> &found) {
    for (const Path &entry : work.storage.list(work.target / folder)) {
        const Path relative = folder / entry.filename();
        const partitions::FileKind kind = work.storage.kind(entry);
        if (kind == partitions::FileKind::directory)
            look_for_links(work, relative, found);
        if (kind != partitions::FileKind::symlink)
            continue;
        const Path target =
            below_usr(("/etc" / folder / work.storage.read_symlink(entry)).lexically_normal());
        if (state_of(work, work.old_view(), work.old_etc.parent_path(), target) == TargetState::there &&
            state_of(work, work.new_view(), work.new_etc.parent_path(), target) == TargetState::missing)
            found.push_back({relative, target});
    }
}

} // namespace

std::vector<DanglingLink> find_dangling_links(const EtcWork &work) {
    std::vector<DanglingLink> found;
    look_for_links(work, "", found);
    return found;
}

} // namespace hooks::etc
