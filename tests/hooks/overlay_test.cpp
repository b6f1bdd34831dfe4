// The marks of overlayfs as the kernel makes and reads them: an administrator works in a mounted overlay; the
// result is mounted over the new image and compared.
#include "hooks/etc/etc_conversion.hpp"
#include "hooks/overlay/overlay_view.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <cerrno>
#include <cstring>
#include <sys/mount.h>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;
using namespace hooks::overlay;
namespace fs = std::filesystem;

namespace {

class MountedOverlay {
  public:
    MountedOverlay(const fs::path &lower, const fs::path &upper, const fs::path &work, const fs::path &at)
        : at_(at) {
        for (const fs::path &folder : {upper, work, at})
            fs::create_directories(folder);
        const std::string options =
            "lowerdir=" + lower.string() + ",upperdir=" + upper.string() + ",workdir=" + work.string();
        if (mount("overlay", at.c_str(), "overlay", 0, options.c_str()) != 0)
            throw std::runtime_error(std::string("cannot mount an overlay for this test: ") +
                                     std::strerror(errno));
    }
    MountedOverlay(const MountedOverlay &) = delete;
    MountedOverlay &operator=(const MountedOverlay &) = delete;
    ~MountedOverlay() { umount2(at_.c_str(), MNT_DETACH); }

  private:
    fs::path at_;
};

// A file system of its own: the folder for temporary files may be an overlay itself, which cannot be an upper
// layer.
class MemoryFileSystem {
  public:
    explicit MemoryFileSystem(const fs::path &at) : at_(at) {
        fs::create_directories(at);
        if (mount("tmpfs", at.c_str(), "tmpfs", 0, "size=16m") != 0)
            throw std::runtime_error(std::string("cannot mount a tmpfs for this test: ") +
                                     std::strerror(errno));
    }
    MemoryFileSystem(const MemoryFileSystem &) = delete;
    MemoryFileSystem &operator=(const MemoryFileSystem &) = delete;
    ~MemoryFileSystem() { umount2(at_.c_str(), MNT_DETACH); }

  private:
    fs::path at_;
};

} // namespace

TEST_GROUP(OverlayMarks){};

TEST(OverlayMarks, an_etc_made_in_a_real_overlay_works_over_the_new_image) {
    ConversionFixture fixture;
    const ScratchTree &tree = fixture.tree;
    const MemoryFileSystem memory(tree / "memory");
    for (const char *image : {"old/etc", "new/etc"}) {
        const fs::path etc(image);
        tree.file(etc / "motd", std::string(image) + "\n");
        tree.file(etc / "issue", "welcome\n");
        tree.file(etc / "hosts", "127.0.0.1 localhost\n");
        tree.file(etc / "cron.d/image", "x\n");
        tree.link(etc / "systemd/system/a.target.wants/a.service", "/usr/lib/systemd/system/a.service");
    }
    tree.link("new/etc/systemd/system/a.target.wants/new.service", "/usr/lib/systemd/system/new.service");
    {
        const MountedOverlay etc(tree / "old/etc", tree / "memory/upper", tree / "memory/work",
                                 tree / "memory/etc");
        fs::remove(tree / "memory/etc/issue");
        fs::remove(tree / "memory/etc/systemd/system/a.target.wants/a.service");
        fs::remove(tree / "memory/etc/systemd/system/a.target.wants");
        fs::remove_all(tree / "memory/etc/cron.d");
        tree.file("memory/etc/cron.d/mine", "y\n");
        tree.file("memory/etc/acme/conf", "z\n");
        CHECK_EQUAL(0, chmod((tree / "memory/etc/hosts").c_str(), 0644)); // copied up, nothing changed
    }
    ConversionRequest request = fixture.request();
    request.source = tree / "memory/upper";
    request.target = tree / "memory/result";
    fs::create_directories(request.target);
    convert_etc(fixture.storage, request, fixture.log);

    const MountedOverlay etc(tree / "new/etc", tree / "memory/result", tree / "memory/work2",
                             tree / "memory/etc2");
    const auto look = [&](const char *path) { return tree.look(fs::path("memory/etc2") / path); };
    STRCMP_EQUAL("new/etc\n", look("motd").c_str());
    STRCMP_EQUAL("(none)", look("issue").c_str());
    STRCMP_EQUAL("127.0.0.1 localhost\n", look("hosts").c_str());
    STRCMP_EQUAL("(none)", tree.look("memory/result/hosts").c_str());
    STRCMP_EQUAL("(none)", look("systemd/system/a.target.wants/a.service").c_str());
    STRCMP_EQUAL("-> /usr/lib/systemd/system/new.service",
                 look("systemd/system/a.target.wants/new.service").c_str());
    STRCMP_EQUAL("(none)", look("cron.d/image").c_str());
    STRCMP_EQUAL("y\n", look("cron.d/mine").c_str());
    STRCMP_EQUAL("z\n", look("acme/conf").c_str());
}

TEST(OverlayMarks, a_view_without_mounting_shows_the_same) {
    ScratchTree tree;
    partitions::PosixStorage storage;
    tree.file("lower/a", "1");
    tree.file("lower/b", "1");
    tree.file("lower/d/x", "1");
    tree.file("lower/e/x", "1");
    tree.file("lower/f/x", "1");
    tree.file("upper/b", "2");
    tree.whiteout("upper/a");
    tree.opaque("upper/d");
    tree.file("upper/d/y", "2");
    tree.file("upper/e/y", "2");
    tree.file("upper/f", "2");
    tree.link("lower/g", tree / "lower/e");
    const OverlayView view(storage, tree / "upper", tree / "lower");
    struct Case {
        const char *path;
        const char *found; // below the scratch folder; empty: nothing
    };
    const Case cases[] = {{"a", ""},
                          {"b", "upper/b"},
                          {"d", "upper/d"},
                          {"d/x", ""},
                          {"d/y", "upper/d/y"},
                          {"e", "upper/e"},
                          {"e/x", "lower/e/x"},
                          {"e/y", "upper/e/y"},
                          {"f", "upper/f"},
                          {"f/x", ""},
                          {"g", "lower/g"},
                          {"g/x", ""},
                          {"h", ""},
                          {"h/i/j", ""}};
    for (const Case &row : cases) {
        const std::string found = view.find(row.path).value_or(fs::path());
        STRCMP_EQUAL_TEXT(*row.found == '\0' ? "" : (tree / row.found).c_str(), found.c_str(), row.path);
    }
    const auto names_in = [&](const char *directory) {
        std::string names;
        for (const auto &[name, entry] : view.list(directory))
            names += name.string() + "=" + entry.lexically_relative(tree / "").string() + " ";
        return names;
    };
    STRCMP_EQUAL("b=upper/b d=upper/d e=upper/e f=upper/f g=lower/g ", names_in("").c_str());
    STRCMP_EQUAL("y=upper/d/y ", names_in("d").c_str());
    STRCMP_EQUAL("x=lower/e/x y=upper/e/y ", names_in("e").c_str());
    for (const char *none : {"a", "f", "g", "h", "h/i"})
        STRCMP_EQUAL_TEXT("", names_in(none).c_str(), none);
}
