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

TEST(OldRoot, is_read_only_and_named_in_the_environment) {
    show_old_root(call, "/somewhere/old");
    const Bind *root = bind_at(call, "/run/update-control/old-root");
    CHECK(root != nullptr);
    CHECK(root->source == "/somewhere/old");
    CHECK(root->read_only);
    CHECK(call.environment.at("UPDATE_CONTROL_OLD_ROOT") == "/run/update-control/old-root");
}

TEST(OldRoot, the_path_of_a_store_means_the_same_file_to_both_systems_with_the_same_rights) {
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

TEST(OldRoot, shows_the_kernels_files_only_to_be_read) {
    show_old_root(call, "/somewhere/old");
    CHECK(bind_at(call, "/run/update-control/old-root/proc")->read_only);
}

TEST(OldRoot, has_a_shared_memory_of_its_own_that_every_user_may_write) {
    show_old_root(call, "/somewhere/old");
    const auto found = std::find_if(
        call.temporary_filesystems.begin(), call.temporary_filesystems.end(),
        [](const TemporaryFilesystem &one) { return one.target == "/run/update-control/old-root/dev/shm"; });
    CHECK(found != call.temporary_filesystems.end());
    CHECK(found->options == "mode=1777");
    CHECK(bind_at(call, "/run/update-control/old-root/dev/null") != nullptr);
}
