// How a hook of the new system sees the old one.
#include "hooks/runner/old_root.hpp"

#include <algorithm>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace hooks;

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

TEST(OldRoot, ThePathOfAStoreMeansTheSameFileToBothSystems) {
    show_old_root(call, "/somewhere/old", "/data");
    for (const char *target : {"/data", "/run/update-control/old-root/data"}) {
        const Bind *data = bind_at(call, target);
        CHECK_TEXT(data != nullptr, target);
        CHECK(data->source == "/data");
        CHECK_FALSE(data->read_only);
    }
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
