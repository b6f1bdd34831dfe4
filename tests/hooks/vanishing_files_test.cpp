// A file that is deleted during a conversion does not fail it: an editor's swap file, a temporary file of a
// running service.
#include "hooks/etc/etc_conversion.hpp"
#include "hooks/policy/policy_conversion.hpp"
#include "hooks/var/var_conversion.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <optional>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;
using namespace hooks::policy;
using namespace hooks::var;
namespace fs = std::filesystem;

namespace {

// Deletes a file or folder just before the nth access to it.
class VanishingStorage : public partitions::PosixStorage {
  public:
    VanishingStorage(fs::path victim, int nth) : victim_(std::move(victim)), looks_left_(nth) {}
    bool has_vanished() const { return looks_left_ <= 0; }

    std::unique_ptr<partitions::File> open(const fs::path &path, partitions::OpenMode mode,
                                           mode_t create_mode) override {
        look(path);
        return partitions::PosixStorage::open(path, mode, create_mode);
    }
    void clone_file(const fs::path &from, const fs::path &to) override {
        look(from);
        partitions::PosixStorage::clone_file(from, to);
        look(from);
    }
    std::vector<fs::path> list(const fs::path &directory) override {
        look(directory);
        return partitions::PosixStorage::list(directory);
    }
    partitions::FileKind kind(const fs::path &path) override {
        look(path);
        return partitions::PosixStorage::kind(path);
    }
    partitions::FileDetails details(const fs::path &path) override {
        look(path);
        return partitions::PosixStorage::details(path);
    }
    fs::path read_symlink(const fs::path &path) override {
        look(path);
        return partitions::PosixStorage::read_symlink(path);
    }

    // Hundreds of conversions, none of which must survive a power cut.
    void sync_filesystem(const fs::path &) override {}

  private:
    void look(const fs::path &path) {
        if (path == victim_ && --looks_left_ == 0)
            fs::remove_all(victim_);
    }

    fs::path victim_;
    int looks_left_;
};

using Convert = void (*)(partitions::Storage &, const ConversionRequest &, ConversionLog &);

struct VanishingCase {
    const char *what;
    Convert convert;
    const char *victim; // below the scratch folder
    const char *left;   // where it would have been carried to
    const char *other;  // what must be carried in any case
};

const VanishingCase vanishing_cases[] = {
    {"a file in /etc", convert_etc, "upper/acme/x.swp", "result/acme/x.swp", "result/acme/z"},
    {"a link in /etc", convert_etc, "upper/acme/link", "result/acme/link", "result/acme/z"},
    {"a folder in /etc", convert_etc, "upper/acme/folder", "result/acme/folder/x", "result/acme/z"},
    {"a file that both changed", convert_etc, "upper/motd", "result/motd", "result/acme/z"},
    {"a file in a folder over a link", convert_etc, "upper/certs/a", "result/certs/a", "result/acme/z"},
    {"a file in /var", convert_var, "old-var/lib/x", "new-var/lib/x", "new-var/lib/z"},
    {"a link in /var", convert_var, "old-var/lib/link", "new-var/lib/link", "new-var/lib/z"},
    {"a folder in /var", convert_var, "old-var/lib/folder", "new-var/lib/folder/x", "new-var/lib/z"},
    {"a file that a policy names", convert_policies, "old-var/lists/x", "new-var/lists/x", "new-var/lists/z"},
    {"a link to one", convert_policies, "old-var/lists/link", "new-var/lists/link", "new-var/lists/z"},
};

void put_everything(const ScratchTree &tree) {
    for (const char *folder : {"upper/acme/", "old-var/lib/"}) {
        tree.file(folder + std::string("x.swp"), "swap");
        tree.file(folder + std::string("x"), "x");
        tree.file(folder + std::string("folder/x"), "x");
        tree.link(folder + std::string("link"), "z");
        tree.file(folder + std::string("z"), "z");
    }
    for (const char *version : {"old/etc/motd", "upper/motd", "new/etc/motd"})
        tree.file(version, std::string(version) + "\n");
    tree.file("old/etc/certs/a", "1");
    tree.file("upper/certs/a", "2");
    tree.file("upper/certs/b", "2");
    tree.link("new/etc/certs", "/usr/share/certs");
    tree.directory("old/var"), tree.directory("new/var");
    tree.file("old-var/lists/x", "x");
    tree.file("old-var/lists/z", "z");
    tree.link("old-var/lists/link", "x");
    // $(FILE:/var/lists/link) and $(FILE:/var/lists/z)
    tree.file("upper/mailsec/policies/a.xml",
              "<policy format='1' name='p'><list "
              "type='words'>JChGSUxFOi92YXIvbGlzdHMvbGluaykgJChGSUxFOi92YXIvbGlzdHMv"
              "eik=</list><action>tag</action></policy>");
}

} // namespace

TEST_GROUP(VanishingFiles){};

TEST(VanishingFiles, end_no_conversion) {
    for (const VanishingCase &row : vanishing_cases) {
        int nth = 1;
        for (bool has_vanished = true; has_vanished; ++nth) {
            ConversionFixture fixture;
            put_everything(fixture.tree);
            VanishingStorage storage(fixture.tree / row.victim, nth);
            const std::string at = std::string(row.what) + ", look " + std::to_string(nth);
            try {
                row.convert(storage, fixture.request(), fixture.log);
            } catch (const std::exception &error) {
                FAIL_TEST((at + ": " + error.what()).c_str());
            }
            has_vanished = storage.has_vanished();
            CHECK_TRUE_TEXT(fixture.tree.look(row.other) != "(none)", at.c_str());
            if (!has_vanished)
                CHECK_TRUE_TEXT(fixture.tree.look(row.left) != "(none)", at.c_str());
        }
        CHECK_TRUE_TEXT(nth > 3, row.what);
    }
}
