// Attributes as the appliance's data partition keeps them: XFS shows an access list under two names.
#include "hooks/overlay/overlay_format.hpp"

#include "tests/hooks/access_lists.hpp"
#include "tests/hooks/mounted_xfs.hpp"
#include "tests/hooks/scratch_tree.hpp"

#include <CppUTest/TestHarness.h>

TEST_GROUP(AttributesOnXfs) {
    ScratchTree tree;
};

TEST(AttributesOnXfs, hold_an_access_list_once) {
    const MountedXfs xfs(tree / "");
    const char *name = "system.posix_acl_access";
    tree.file("mounted/x", "1", 0640);
    tree.attribute("mounted/x", name, readable_by(104));
    hooks::overlay::Attributes attributes = hooks::overlay::read_attributes(tree / "mounted/x");
    CHECK_EQUAL(1U, attributes.extended.size());
    attributes.extended[name] = readable_by(105);
    hooks::overlay::set_attributes(tree / "mounted/x", attributes);
    CHECK_TRUE(hooks::overlay::read_attributes(tree / "mounted/x") == attributes);
}
