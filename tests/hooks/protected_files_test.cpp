// Files that chattr(1) protects in the old system are protected in the new one, and do not block the
// conversion. On the appliance's file system, where default access lists also show under two names.
#include "hooks/etc/etc_conversion.hpp"
#include "hooks/overlay/overlay_format.hpp"
#include "hooks/protection.hpp"
#include "hooks/var/var_conversion.hpp"
#include "tests/hooks/access_lists.hpp"
#include "tests/hooks/conversion_fixture.hpp"
#include "tests/hooks/mounted_xfs.hpp"

#include <linux/fs.h>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;
using namespace hooks::overlay;
using namespace hooks::var;
namespace fs = std::filesystem;

TEST_GROUP(ProtectedFiles) {
    ConversionFixture fixture;
    const ScratchTree &tree = fixture.tree;
    const MountedXfs xfs{tree / ""};

    void setup() override {
        for (const char *folder :
             {"old/etc", "old/var", "new/etc", "new/var", "upper", "result", "old-var", "new-var"})
            tree.directory(fs::path("mounted") / folder);
    }
    void teardown() override {
        take_protection_off(fixture.storage, tree / "mounted");
    }
    ConversionRequest request() {
        ConversionRequest request;
        request.source = tree / "mounted/upper";
        request.target = tree / "mounted/result";
        request.old_root = tree / "mounted/old";
        request.new_root = tree / "mounted/new";
        request.old_var = tree / "mounted/old-var";
        request.new_var = tree / "mounted/new-var";
        return request;
    }
    void protect(const std::string &path, unsigned flags) {
        set_flags(tree / "mounted" / path, flags);
    }
    unsigned flags(const std::string &path) {
        return read_attributes(tree / "mounted" / path).flags;
    }
};

TEST(ProtectedFiles, stay_protected_in_var) {
    struct Case {
        const char *path; // below /var; a folder ends with a slash
        unsigned flags;
    };
    const Case cases[] = {{"lib/fixed", FS_IMMUTABLE_FL},
                          {"lib/log", FS_APPEND_FL},
                          {"lib/both", FS_IMMUTABLE_FL | FS_APPEND_FL},
                          {"lib/not-dumped", FS_NODUMP_FL | FS_NOATIME_FL},
                          {"lib/free", 0},
                          {"lib/folder/", FS_IMMUTABLE_FL},
                          {"lib/folder/in-it", FS_IMMUTABLE_FL}};
    for (const Case &row : cases) {
        const std::string path = std::string("mounted/old-var/") + row.path;
        path.ends_with('/') ? tree.directory(path) : tree.file(path, "1");
    }
    for (const Case &row : cases)
        if (row.flags != 0)
            protect(std::string("old-var/") + row.path, row.flags);
    convert_var(fixture.storage, request(), fixture.log);
    for (const Case &row : cases)
        LONGS_EQUAL_TEXT(row.flags, flags(std::string("new-var/") + row.path), row.path);
    // A run after a power cut finds them protected.
    fs::remove_all(tree / "mounted/result");
    tree.directory("mounted/result");
    convert_var(fixture.storage, request(), fixture.log);
    for (const Case &row : cases)
        LONGS_EQUAL_TEXT(row.flags, flags(std::string("new-var/") + row.path), row.path);
}

TEST(ProtectedFiles, are_not_protected_in_a_rehearsal) {
    tree.file("mounted/old-var/lib/fixed", "1");
    protect("old-var/lib/fixed", FS_IMMUTABLE_FL);
    ConversionRequest rehearsal = request();
    rehearsal.rehearsal = true;
    convert_var(fixture.storage, rehearsal, fixture.log);
    LONGS_EQUAL(0, flags("new-var/lib/fixed"));
}

TEST(ProtectedFiles, give_way_to_what_is_put_beside_them) {
    tree.file("mounted/new-var/lib/x", "1");
    protect("new-var/lib", FS_IMMUTABLE_FL);
    while_unprotected(fixture.storage, tree / "mounted/new-var/lib/a/b",
                      [&] { tree.file("mounted/new-var/lib/a/b/c", "1"); });
    LONGS_EQUAL(FS_IMMUTABLE_FL, flags("new-var/lib"));
    CHECK_THROWS(std::runtime_error, while_unprotected(fixture.storage, tree / "mounted/new-var/lib",
                                                       [] { throw std::runtime_error("x"); }));
    LONGS_EQUAL(FS_IMMUTABLE_FL, flags("new-var/lib"));
}

TEST(ProtectedFiles, stay_protected_in_etc) {
    tree.file("mounted/upper/own", "1");
    tree.attribute("mounted/upper/own", "trusted.overlay.protattr", "i");
    tree.directory("mounted/upper/folder");
    tree.attribute("mounted/upper/folder", "trusted.overlay.protattr", "ai");
    // Nothing but the flag was changed.
    for (const char *version : {"old/etc/image", "upper/image", "new/etc/image"})
        tree.file(std::string("mounted/") + version, "1");
    tree.attribute("mounted/upper/image", "trusted.overlay.protattr", "a");
    // What was merged.
    tree.file("mounted/old/etc/motd", "a\nb\nc\n");
    tree.file("mounted/upper/motd", "A\nb\nc\n");
    tree.file("mounted/new/etc/motd", "a\nb\nC\n");
    tree.attribute("mounted/upper/motd", "trusted.overlay.protattr", "i");
    tree.file("mounted/upper/not-dumped", "1");
    protect("upper/not-dumped", FS_NODUMP_FL);
    convert_etc(fixture.storage, request(), fixture.log);
    LONGS_EQUAL(FS_IMMUTABLE_FL, flags("result/own"));
    LONGS_EQUAL(FS_IMMUTABLE_FL | FS_APPEND_FL, flags("result/folder"));
    LONGS_EQUAL(FS_APPEND_FL, flags("result/image"));
    LONGS_EQUAL(FS_IMMUTABLE_FL, flags("result/motd"));
    STRCMP_EQUAL("A\nb\nC\n", tree.look("mounted/result/motd").c_str());
    LONGS_EQUAL(FS_NODUMP_FL, flags("result/not-dumped"));
    fs::remove(tree / "mounted/result/own"); // only under the overlay it may not
}

TEST(ProtectedFiles, are_those_of_a_real_overlay) {
    tree.file("mounted/old/etc/motd", "1");
    for (const char *folder : {"work", "etc", "work2", "etc2"})
        tree.directory(fs::path("mounted") / folder);
    const auto mount_over = [&](const char *lower, const char *upper, const char *work, const char *at) {
        const auto path = [&](const char *name) { return (tree / "mounted" / name).string(); };
        const std::string options =
            "lowerdir=" + path(lower) + ",upperdir=" + path(upper) + ",workdir=" + path(work);
        CHECK_EQUAL(0, mount("overlay", path(at).c_str(), "overlay", 0, options.c_str()));
    };
    mount_over("old/etc", "upper", "work", "etc");
    tree.file("mounted/etc/own", "1");
    protect("etc/own", FS_IMMUTABLE_FL);
    protect("etc/motd", FS_IMMUTABLE_FL);
    CHECK_EQUAL(0, umount((tree / "mounted/etc").c_str()));

    convert_etc(fixture.storage, request(), fixture.log);
    mount_over("new/etc", "result", "work2", "etc2");
    CHECK_FALSE(fs::remove(tree / "mounted/etc2/own", *std::make_unique<std::error_code>()));
    LONGS_EQUAL(FS_IMMUTABLE_FL, flags("etc2/motd"));
    CHECK_EQUAL(0, umount((tree / "mounted/etc2").c_str()));
}

TEST(ProtectedFiles, may_have_default_access_lists_on_their_folders) {
    const char *name = "system.posix_acl_default";
    tree.file("mounted/old/etc/passwd", "a:x:104:1::/:/b\n");
    tree.file("mounted/new/etc/passwd", "a:x:105:1::/:/b\n");
    for (const char *folder : {"mounted/upper/acme", "mounted/upper/acme/deep", "mounted/old-var/lib/acme"}) {
        tree.directory(folder);
        tree.attribute(folder, name, readable_by(104));
        tree.file(std::string(folder) + "/x", "1", 0640);
    }
    convert_etc(fixture.storage, request(), fixture.log);
    fs::remove_all(tree / "mounted/upper");
    fs::rename(tree / "mounted/result", tree / "mounted/upper");
    tree.directory("mounted/result");
    convert_var(fixture.storage, request(), fixture.log);
    for (const char *folder : {"mounted/result/acme", "mounted/result/acme/deep", "mounted/new-var/lib/acme"})
        CHECK_TRUE_TEXT(readable_by(105) == attribute_at(tree / folder, name), folder);
}
