// Carrying /var in sequence: the rehearsal, an interrupted run, several upgrades.
#include "tests/hooks/var_fixture.hpp"

#include "partitions/durable.hpp"

#include <set>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::var;

namespace {

class Cut : public std::runtime_error {
  public:
    Cut() : std::runtime_error("cut") {}
};

// The machine stops after a given number of changes.
class StorageWithACut : public partitions::PosixStorage {
  public:
    explicit StorageWithACut(int changes_left) : changes_left_(changes_left) {}
    void rename(const std::filesystem::path &from, const std::filesystem::path &to) override {
        count();
        partitions::PosixStorage::rename(from, to);
    }
    void remove(const std::filesystem::path &path) override {
        count();
        partitions::PosixStorage::remove(path);
    }
    void make_directory(const std::filesystem::path &path, mode_t mode) override {
        count();
        partitions::PosixStorage::make_directory(path, mode);
    }
    void make_symlink(const std::filesystem::path &target, const std::filesystem::path &link) override {
        count();
        partitions::PosixStorage::make_symlink(target, link);
    }
    void make_hard_link(const std::filesystem::path &existing, const std::filesystem::path &link) override {
        count();
        partitions::PosixStorage::make_hard_link(existing, link);
    }
    void clone_file(const std::filesystem::path &from, const std::filesystem::path &to) override {
        count();
        partitions::PosixStorage::clone_file(from, to);
    }
    // Nothing here depends on a sync, and there are many runs.
    void sync_filesystem(const std::filesystem::path &) override {}
    void sync_directory(const std::filesystem::path &) override {}

  private:
    void count() {
        if (changes_left_-- <= 0)
            throw Cut();
    }
    int changes_left_;
};

// Records what a power cut could lose: the file systems that were changed after their last sync.
class StorageOfManyFileSystems : public partitions::PosixStorage {
  public:
    void clone_file(const std::filesystem::path &from, const std::filesystem::path &to) override {
        at_risk.insert(top_of(to));
        partitions::PosixStorage::clone_file(from, to);
    }
    void rename(const std::filesystem::path &from, const std::filesystem::path &to) override {
        at_risk.insert(top_of(to));
        partitions::PosixStorage::rename(from, to);
    }
    void sync_filesystem(const std::filesystem::path &path) override {
        at_risk.erase(top_of(path));
        partitions::PosixStorage::sync_filesystem(path);
    }

    std::set<std::string> at_risk; // each folder of the test counts as one

  private:
    static std::string top_of(const std::filesystem::path &path) {
        for (const char *top : {"/new-var", "/result"})
            if (path.string().find(top) != std::string::npos)
                return top;
        return path;
    }
};

// One file cannot be read: either because it was deleted, as by a running service, or for another reason.
class StorageWithABadFile : public partitions::PosixStorage {
  public:
    StorageWithABadFile(std::filesystem::path bad, bool deleted) : bad_(std::move(bad)), deleted_(deleted) {}
    void clone_file(const std::filesystem::path &from, const std::filesystem::path &to) override {
        if (from != bad_)
            return partitions::PosixStorage::clone_file(from, to);
        partitions::PosixStorage::clone_file(from, to); // half done
        if (deleted_)
            std::filesystem::remove(bad_);
        throw partitions::StorageError("read", from, "it is bad", "replace the disk");
    }

  private:
    std::filesystem::path bad_;
    bool deleted_;
};

// One entry of each kind: made, changed, replaced, put beside, linked, left.
void fill_var(const VarFixture &fixture) {
    for (const char *root : {"old/var/", "new/var/"}) {
        fixture.tree.file(root + std::string("lib/image"), root);
        fixture.tree.file(root + std::string("cache/image"), root);
        fixture.tree.directory(root + std::string("mail"));
    }
    fixture.tree.file("new/var/lib/clash/x", "2");
    fixture.tree.file("new/var/lib/kept", "2");
    fixture.tree.file("old-var/cache/image", "old");
    fixture.tree.file("old-var/lib/clash", "mine");
    fixture.tree.file("old-var/lib/image", "mine");
    fixture.tree.file("old-var/lib/acme/state", "mine", 0600, 4321, 1234);
    fixture.tree.link("old-var/lib/acme/link", "state");
    fixture.tree.link("old-var/mail", "/data/mail");
    std::filesystem::create_hard_link(fixture.tree / "old-var/lib/acme/state",
                                      fixture.tree / "old-var/lib/acme/again");
}

} // namespace

TEST_GROUP(VarUpgrades){
    // Makes the new system the old one, with its generation and configuration.
    static void next_upgrade(const VarFixture &fixture){const ScratchTree &tree = fixture.tree;
for (const auto &[from, to] :
     {std::pair{"new", "old"}, std::pair{"new-var", "old-var"}, std::pair{"result", "upper"}}) {
    std::filesystem::remove_all(tree / to);
    std::filesystem::rename(tree / from, tree / to);
    tree.directory(from);
}
tree.directory("new/etc");
}
}
;

TEST(VarUpgrades, carry_the_same_a_second_time) {
    VarFixture fixture;
    const ScratchTree &tree = fixture.tree;
    fill_var(fixture);
    tree.file("old/etc/passwd", "a:x:104:1::/:/b\n");
    tree.file("new/etc/passwd", "a:x:105:1::/:/b\n");
    tree.file("old-var/lib/acme/key", "key", 0600, 104, 0);
    fixture.copy_new_image();
    fixture.convert();
    const auto first = all_of(tree, "new-var");

    next_upgrade(fixture);
    tree.file("new/etc/passwd", "a:x:106:1::/:/b\n");
    tree.file("new/var/lib/image", "of the third image");
    tree.file("new/var/lib/clash/x", "of the third image");
    tree.file("new/var/cache/image", "of the third image");
    tree.file("new/var/lib/kept", "of the third image");
    tree.directory("new/var/mail");
    tree.file("old-var/lib/acme/made-since", "x");
    fixture.copy_new_image();
    fixture.convert();
    for (const char *path :
         {"lib/acme/state", "lib/acme/again", "lib/acme/link", "lib/clash.update-old", "lib/image", "mail"})
        STRCMP_EQUAL_TEXT(first.at(path).c_str(), all_of(tree, "new-var")[path].c_str(), path);
    CHECK_EQUAL(106U, tree.status("new-var/lib/acme/key").st_uid);
    STRCMP_EQUAL("x", tree.look("new-var/lib/acme/made-since").c_str());
    for (const char *path : {"lib/clash/x", "lib/kept", "cache/image"})
        STRCMP_EQUAL_TEXT("of the third image", tree.look("new-var/" + std::string(path)).c_str(), path);
    STRCMP_CONTAINS("left behind (1 file): caches", fixture.reported("/var/cache").c_str());
    STRCMP_CONTAINS("carried", fixture.reported("/var/lib/clash.update-old").c_str());
}

TEST(VarUpgrades, rehearse_without_touching_anything_else) {
    VarFixture fixture;
    const ScratchTree &tree = fixture.tree;
    fill_var(fixture);
    ConversionRequest request = fixture.request();
    request.rehearsal = true; // new-var is empty
    std::map<std::string, std::map<std::string, std::string>> before;
    for (const char *folder : {"old", "new", "upper", "old-var"})
        before[folder] = all_of(tree, folder);
    convert_var(fixture.storage, request, fixture.log);
    for (const auto &[folder, entries] : before)
        CHECK_TRUE_TEXT(entries == all_of(tree, folder), folder.c_str());
    const std::string rehearsed = fixture.report();

    VarFixture in_earnest;
    fill_var(in_earnest);
    in_earnest.copy_new_image();
    in_earnest.convert();
    STRCMP_EQUAL(in_earnest.report().c_str(), rehearsed.c_str());
    for (const char *carried :
         {"lib/image", "lib/acme/state", "lib/acme/link", "lib/clash.update-old", "mail"})
        STRCMP_EQUAL_TEXT(in_earnest.tree.look("new-var/" + std::string(carried)).c_str(),
                          tree.look("new-var/" + std::string(carried)).c_str(), carried);
    STRCMP_EQUAL("(none)", tree.look("new-var/lib/kept").c_str());
}

TEST(VarUpgrades, give_the_same_after_a_cut_anywhere) {
    VarFixture whole;
    fill_var(whole);
    whole.copy_new_image();
    whole.convert();
    const std::string report = whole.report();
    bool was_cut = true;
    int cuts = 0;
    for (; was_cut; ++cuts) {
        VarFixture fixture;
        fill_var(fixture);
        fixture.copy_new_image();
        StorageWithACut storage(cuts);
        was_cut = false;
        try {
            convert_var(storage, fixture.request(), fixture.log);
        } catch (const Cut &) {
            was_cut = true;
        }
        // As the updater retries.
        std::filesystem::remove_all(fixture.tree / "result");
        fixture.tree.directory("result");
        StorageWithACut uncut(1000);
        convert_var(uncut, fixture.request(), fixture.log);
        STRCMP_EQUAL(report.c_str(), fixture.report().c_str());
        const auto found = all_of(fixture.tree, "new-var");
        for (const auto &[path, what] : all_of(whole.tree, "new-var")) {
            // The times of folders and of the image's files are those of each fixture.
            STRCMP_EQUAL_TEXT(whole.tree.look("new-var/" + path).c_str(),
                              fixture.tree.look("new-var/" + path).c_str(), path.c_str());
            CHECK_EQUAL_TEXT(whole.tree.status("new-var/" + path).st_mode,
                             fixture.tree.status("new-var/" + path).st_mode, path.c_str());
            CHECK_EQUAL_TEXT(whole.tree.status("new-var/" + path).st_uid,
                             fixture.tree.status("new-var/" + path).st_uid, path.c_str());
        }
        CHECK_EQUAL(all_of(whole.tree, "new-var").size(), found.size());
        CHECK_EQUAL(fixture.tree.status("new-var/lib/acme/state").st_ino,
                    fixture.tree.status("new-var/lib/acme/again").st_ino);
    }
    CHECK_TRUE(cuts > 12);
}

TEST(VarUpgrades, leave_out_what_is_deleted_meanwhile) {
    VarFixture fixture;
    fill_var(fixture);
    fixture.tree.file("old-var/lib/acme/temporary", "x");
    fixture.copy_new_image();
    StorageWithABadFile storage(fixture.tree / "old-var/lib/acme/temporary", true);
    convert_var(storage, fixture.request(), fixture.log);
    STRCMP_EQUAL("(none)", fixture.tree.look("new-var/lib/acme/temporary").c_str());
    STRCMP_EQUAL("mine", fixture.tree.look("new-var/lib/acme/state").c_str());
    STRCMP_CONTAINS(
        "\nleft behind\n  /var/cache (1 file): caches: made again\n  /var/lib/acme (1 file): deleted while",
        fixture.report().c_str());
}

TEST(VarUpgrades, are_durable_at_the_end) {
    VarFixture fixture;
    fill_var(fixture);
    fixture.copy_new_image();
    StorageOfManyFileSystems storage;
    convert_var(storage, fixture.request(), fixture.log);
    CHECK_TRUE(storage.at_risk.empty());
}

TEST(VarUpgrades, end_with_the_failure_of_a_file_that_is_there) {
    VarFixture fixture;
    fill_var(fixture);
    fixture.copy_new_image();
    StorageWithABadFile storage(fixture.tree / "old-var/lib/image", false);
    CHECK_THROWS(partitions::StorageError, convert_var(storage, fixture.request(), fixture.log));
}
