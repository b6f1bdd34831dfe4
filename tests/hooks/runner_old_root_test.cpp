// How a hook of the new system sees the old one.
#include "hooks/runner/old_root.hpp"

#include <algorithm>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::runner;

namespace {

const Bind *bind_at(const HookCall &call, const std::string &target) {
    const auto found = std::find_if(call.binds.begin(), call.binds.end(),
                                    [&](const Bind &bind) { return bind.target == target; });
    return found == call.binds.end() ? nullptr : &*found;
}

} // namespace

TEST_GROUP(OldRoot) {
    HookCall call;
};

TEST(OldRoot, IsReadOnlyAndNamedInTheEnvironment) {
    show_old_root(call, "/somewhere/old");
    const Bind *root = bind_at(call, "/run/update-control/old-root");
    CHECK(root != nullptr);
    CHECK(root->source == "/somewhere/old");
    CHECK(root->read_only);
    CHECK(call.environment.at("UPDATE_CONTROL_OLD_ROOT") == "/run/update-control/old-root");
}

TEST(OldRoot, ThePathOfAStoreMeansTheSameFileToBothSystemsWithTheSameRights) {
    call.binds = {{"/data/copy", "/data/copy", false, true},
                  {"/data/var", "/data/var", true, true},
                  {"/etc", "/etc", true, true}};
    call.temporary_filesystems = {{"/data", "ro"}};
    show_old_root(call, "/somewhere/old", "/data");
    for (const char *path : {"/data/copy", "/data/var"}) {
        const Bind *here = bind_at(call, path);
        const Bind *there = bind_at(call, "/run/update-control/old-root" + std::string(path));
        CHECK_TEXT(here != nullptr && there != nullptr, path);
        CHECK(there->source == here->source);
        CHECK(there->read_only == here->read_only);
    }
    CHECK(bind_at(call, "/run/update-control/old-root/etc") == nullptr);
    CHECK(bind_at(call, "/run/update-control/old-root/data") == nullptr);
    CHECK(std::ranges::any_of(call.temporary_filesystems, [](const TemporaryFilesystem &one) {
        return one.target == "/run/update-control/old-root/data" && one.options == "ro";
    }));
}

TEST(OldRoot, ShowsTheKernelsFilesOnlyToBeRead) {
    show_old_root(call, "/somewhere/old");
    CHECK(bind_at(call, "/run/update-control/old-root/proc")->read_only);
}

TEST(OldRoot, HasASharedMemoryOfItsOwnThatEveryUserMayWrite) {
    show_old_root(call, "/somewhere/old");
    const auto found = std::find_if(
        call.temporary_filesystems.begin(), call.temporary_filesystems.end(),
        [](const TemporaryFilesystem &one) { return one.target == "/run/update-control/old-root/dev/shm"; });
    CHECK(found != call.temporary_filesystems.end());
    CHECK(found->options == "mode=1777");
    CHECK(bind_at(call, "/run/update-control/old-root/dev/null") != nullptr);
}
