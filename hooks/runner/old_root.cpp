#include "hooks/runner/old_root.hpp"

namespace hooks::runner {

void show_old_root(HookCall &call, const std::filesystem::path &old_root, const std::filesystem::path &data) {
    const std::filesystem::path shown = old_root_in_hook;
    // "/a" / "/b" would be "/b".
    const auto in_old_root = [&](const std::filesystem::path &path) { return shown / path.relative_path(); };
    const auto is_data = [&](const std::filesystem::path &path) {
        return !path.lexically_relative(data).empty() && *path.lexically_relative(data).begin() != "..";
    };
    const auto binds = call.binds;
    const auto temporary_filesystems = call.temporary_filesystems;
    call.binds.push_back({old_root, shown, true, false});
    for (Bind bind : binds)
        if (is_data(bind.target)) {
            bind.target = in_old_root(bind.target);
            call.binds.push_back(bind);
        }
    for (TemporaryFilesystem one : temporary_filesystems)
        if (is_data(one.target)) {
            one.target = in_old_root(one.target);
            call.temporary_filesystems.push_back(one);
        }
    // Read-only because root could write the kernel's settings in it.
    call.binds.push_back({"/proc", shown / "proc", true, true});
    // A fresh /dev rather than mounts on single nodes: the image is read-only, so what is missing in its /dev
    // could not be made there.
    call.temporary_filesystems.push_back({shown / "dev", "mode=755,size=1M"});
    for (const char *device : {"null", "zero", "full", "random", "urandom"})
        call.binds.push_back({std::filesystem::path("/dev") / device, shown / "dev" / device, false, false});
    call.temporary_filesystems.push_back({shown / "dev/shm", "mode=1777"});
    call.temporary_filesystems.push_back({shown / "tmp", "mode=1777"});
    call.temporary_filesystems.push_back({shown / "run", "mode=755"});
    call.environment["UPDATE_CONTROL_OLD_ROOT"] = shown.string();
}

} // namespace hooks::runner
