// Attributes as the appliance's data partition keeps them: XFS shows an access list under two names.
#include "hooks/overlay/overlay_format.hpp"

#include "tests/hooks/scratch_tree.hpp"

#include <sys/mount.h>

#include <CppUTest/TestHarness.h>

namespace {

// On a loop device, which goes with the mount. Needs root.
class MountedXfs {
  public:
    explicit MountedXfs(const std::filesystem::path &folder) : at_(folder / "mounted") {
        std::filesystem::create_directory(at_);
        const std::string image = (folder / "image").string();
        const std::string command = "truncate -s 400M " + image + " && mkfs.xfs -q -m reflink=1 " + image +
                                    " && mount -o loop " + image + " " + at_.string();
        if (std::system(command.c_str()) != 0)
            throw std::runtime_error("cannot make an XFS for this test");
    }
    MountedXfs(const MountedXfs &) = delete;
    MountedXfs &operator=(const MountedXfs &) = delete;
    ~MountedXfs() { umount2(at_.c_str(), MNT_DETACH); }

  private:
    std::filesystem::path at_;
};

// Format: linux/posix_acl_xattr.h. That one user may read the file.
std::string readable_by(char user) {
    const std::string number{user, 0, 0, 0};
    const std::string nobody(4, '\xff');
    return std::string("\x02\0\0\0", 4) + std::string("\x01\0\x06\0", 4) + nobody +
           std::string("\x02\0\x04\0", 4) + number + std::string("\x04\0\x04\0", 4) + nobody +
           std::string("\x10\0\x04\0", 4) + nobody + std::string("\x20\0\0\0", 4) + nobody;
}

} // namespace

TEST_GROUP(AttributesOnXfs) {
    ScratchTree tree;
};

TEST(AttributesOnXfs, HoldAnAccessListOnce) {
    const MountedXfs xfs(tree / "");
    const char *name = "system.posix_acl_access";
    tree.file("mounted/x", "1", 0640);
    tree.attribute("mounted/x", name, readable_by(104));
    hooks::Attributes attributes = hooks::read_attributes(tree / "mounted/x");
    CHECK_EQUAL(1U, attributes.extended.size());
    attributes.extended[name] = readable_by(105);
    hooks::set_attributes(tree / "mounted/x", attributes);
    CHECK_TRUE(hooks::read_attributes(tree / "mounted/x") == attributes);
}
