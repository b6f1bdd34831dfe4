#include "hooks/runner/old_root.hpp"

namespace hooks {

void show_old_root(HookCall &call, const std::filesystem::path &old_root, const std::filesystem::path &data) {
    const std::filesystem::path shown = old_root_in_hook;
    call.binds.push_back({data, data, false, true});
    call.binds.push_back({old_root, shown, true, false});
    // An absolute path below `shown`: "/a" / "/b" would be "/b".
    call.binds.push_back({data, shown / data.relative_path(), false, true});
    call.binds.push_back({"/proc", shown / "proc", false, true});
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

} // namespace hooks
