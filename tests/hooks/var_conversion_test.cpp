// What becomes of the files in /var when the image changes: the rules, as a table of cases.
#include "tests/hooks/var_fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tuple>

#include <CppUTest/TestHarness.h>

using namespace hooks;

namespace {

struct VarCase {
    const char *path;
    const char *base, *mine, *theirs;
    const char *result;
    const char *line; // what the report says of `place`, or of the path: section and beginning of the rest
    const char *place = nullptr;
};

// All in one appliance: each case has a folder of its own where its neighbours would matter.
const VarCase var_cases[] = {
    {"spool/cron/crontabs/root", nullptr, "@daily x", nullptr, "@daily x",
     "carried (1 file): the appliance's own", "/var/spool/cron"},
    {"mail/bob", nullptr, "From x", nullptr, "From x", "carried: the appliance's own"},
    {"lib/acme/deep/down", nullptr, "1", nullptr, "1", "carried (2 files): the appliance's own",
     "/var/lib/acme"},
    {"lib/acme/now", nullptr, "-> deep", nullptr, "-> deep", "carried (2 files)", "/var/lib/acme"},
    {"lib/empty", nullptr, "(directory)", nullptr, "(directory)", "carried: the appliance's own"},
    {"lib/both", nullptr, "mine", "image", "mine", "carried: the appliance's own; replaces the new image's"},
    {"lib/changed", "1", "mine", "2", "mine",
     "carried: changed since the old image; replaces the new image's"},
    {"lib/changed-gone", "1", "mine", nullptr, "mine", "carried: changed since the old image"},
    {"lib/changed-alike", "1", "2", "2", "2", "left behind (1 file): the new system has the same",
     "/var/lib"},
    {"a/unchanged", "1", "1", "2", "2",
     "left behind (1 file): as the old image brought it; the new image has its", "/var/a"},
    {"b/unchanged-gone", "1", "1", nullptr, "(none)",
     "left behind (1 file): as the old image brought it; the new image no longer", "/var/b"},
    {"c/deleted", "1", nullptr, "2", "2", ""},
    {"d/new-in-image", nullptr, nullptr, "2", "2", ""},
    {"e/unchanged-link", "-> x", "-> x", "-> y", "-> y", "left behind (1 file): as the old", "/var/e"},
    {"f/link-to-file", "1", "-> /data/x", "1", "-> /data/x",
     "carried: changed since the old image; replaces"},
    {"f/file-to-link", "-> x", "mine", "-> x", "mine", "carried: changed since the old image; replaces"},
    {"f/file-where-image-has-link", nullptr, "mine", "-> x", "mine",
     "carried: the appliance's own; replaces"},
    {"f/of-another-kind-now", "1", "1", "-> x", "-> x", "left behind (1 file): as the old", "/var/f"},
    {"g/link-for-empty-folder", "(directory)", "-> /data/mail", "(directory)", "-> /data/mail",
     "carried: changed since the old image; replaces an empty folder of the new image"},
    {"old-folder/gone", "(directory)", "(directory)", nullptr, "(none)", ""},
    {"cache/acme/x", nullptr, "1", nullptr, "(none)", "left behind (2 files): caches: made again",
     "/var/cache"},
    {"cache/old", "1", "1", nullptr, "(none)", "left behind (2 files): caches: made again", "/var/cache"},
    {"tmp/x", nullptr, "1", nullptr, "(none)", "left behind (1 file): temporary files", "/var/tmp"},
    {"run", "-> /run", "-> /run", "-> /run", "-> /run", "left behind (1 file): gone with every restart"},
    {"lock/x", nullptr, "1", nullptr, "(none)", "left behind (1 file): gone with every restart", "/var/lock"},
    {"lib/dpkg/status", "1", "mine", "2", "2", "left behind (1 file): package state", "/var/lib/dpkg"},
    {"lib/apt/lists/x", nullptr, "1", nullptr, "(none)", "left behind (1 file): package", "/var/lib/apt"},
    {"lib/ucf/registry", "1", "1", "2", "2", "left behind (1 file): package state", "/var/lib/ucf"},
    {"lib/systemd/catalog/database", "1", "2", "3", "3", "left behind (1 file): compiled by systemd",
     "/var/lib/systemd/catalog"},
    {"lib/systemd/random-seed", nullptr, "1", nullptr, "(none)",
     "left behind (1 file): made again at every start"},
    {"lib/systemd/timers/stamp-acme.timer", nullptr, "", nullptr, "", "carried (1 file): the appliance's own",
     "/var/lib/systemd/timers"},
    {"lib/systemd/credential.secret", nullptr, "1", nullptr, "1", "carried: the appliance's own"},
    {".updated", nullptr, "1", nullptr, "(none)", "left behind (1 file): systemd's mark"},
    {"backups/dpkg.status.1.gz", nullptr, "1", nullptr, "(none)",
     "left behind (1 file): a backup made by a package", "/var/backups/dpkg.*"},
    {"backups/acme.dump", nullptr, "1", nullptr, "1", "carried: the appliance's own"},
};

} // namespace

TEST_GROUP(VarConversion) {
    VarFixture fixture;
    const ScratchTree &tree = fixture.tree;
};

TEST(VarConversion, decides_each_file_by_its_three_versions) {
    for (const char *folder : {"a", "b", "e", "f", "backups", "lib/systemd", "mail", "spool"})
        for (const char *root : {"old/var/", "old-var/", "new/var/"})
            tree.directory(root + std::string(folder));
    for (const VarCase &row : var_cases) {
        fixture.put("old/var/" + std::string(row.path), row.base);
        fixture.put("old-var/" + std::string(row.path), row.mine);
        fixture.put("new/var/" + std::string(row.path), row.theirs);
    }
    fixture.copy_new_image();
    fixture.convert();
    for (const VarCase &row : var_cases) {
        STRCMP_EQUAL_TEXT(row.result, tree.look("new-var/" + std::string(row.path)).c_str(), row.path);
        const std::string place = row.place != nullptr ? row.place : "/var/" + std::string(row.path);
        const std::string line = fixture.reported(place);
        const std::string expected = row.line;
        STRCMP_EQUAL_TEXT(expected.c_str(), line.substr(0, expected.size()).c_str(), row.path);
        if (expected.empty())
            STRCMP_EQUAL_TEXT("", line.c_str(), row.path);
    }
    CHECK_TRUE(fixture.noted("/var: carried "));
}

TEST(VarConversion, hands_the_configuration_on_and_adds_the_report) {
    tree.file("upper/motd", "hello", 0604);
    tree.whiteout("upper/issue");
    tree.file("upper/update-control/carried-over.txt", "the report on /etc");
    tree.file("upper/update-control/carried-var.txt", "of the upgrade before");
    fixture.convert();
    STRCMP_EQUAL("hello", tree.look("result/motd").c_str());
    CHECK_EQUAL(0604U, tree.status("result/motd").st_mode & 07777U);
    STRCMP_EQUAL("(whiteout)", tree.look("result/issue").c_str());
    STRCMP_EQUAL("the report on /etc", tree.look("result/update-control/carried-over.txt").c_str());
    STRCMP_CONTAINS("carried\n  nothing\n\ncarried in another way\n  nothing\n\nleft behind\n  nothing\n",
                    fixture.report().c_str());
    CHECK_EQUAL(0600U, tree.status("result/update-control/carried-var.txt").st_mode & 07777U);
}

TEST(VarConversion, keeps_what_a_file_is_apart_from_its_bytes) {
    tree.file("old-var/lib/acme/state", "1", 04751, 4321, 1234);
    tree.attribute("old-var/lib/acme/state", "user.acme", "42");
    tree.link("old-var/lib/acme/link", "state");
    CHECK_EQUAL(0, lchown((tree / "old-var/lib/acme/link").c_str(), 7, 8));
    std::filesystem::create_hard_link(tree / "old-var/lib/acme/state", tree / "old-var/lib/acme/second-name");
    CHECK_EQUAL(0, chmod((tree / "old-var/lib/acme").c_str(), 01730));
    const struct timespec times[2] = {{1000, 1}, {2000, 2}};
    CHECK_EQUAL(0, utimensat(AT_FDCWD, (tree / "old-var/lib/acme/state").c_str(), times, 0));
    CHECK_EQUAL(0, utimensat(AT_FDCWD, (tree / "old-var/lib/acme").c_str(), times, 0));
    fixture.copy_new_image();
    fixture.convert();
    CHECK_TRUE(all_of(tree, "old-var/lib") == all_of(tree, "new-var/lib"));
    CHECK_TRUE(tree.has_attribute("new-var/lib/acme/state", "user.acme"));
    CHECK_EQUAL(tree.status("new-var/lib/acme/state").st_ino,
                tree.status("new-var/lib/acme/second-name").st_ino);
    CHECK_EQUAL(2000, tree.status("new-var/lib/acme/state").st_mtim.tv_sec);
}

TEST(VarConversion, takes_each_attribute_from_who_changed_it) {
    struct Case {
        const char *what;
        const char *contents_of_mine;
        mode_t base, mine, theirs;
        mode_t result_mode;
        const char *result;
    };
    const Case cases[] = {
        {"mode changed here", "1", 0644, 0600, 0644, 0600, "2"},
        {"mode changed in the new image", "1", 0644, 0644, 0640, 0640, "2"},
        {"contents changed here, mode there", "mine", 0644, 0644, 0640, 0640, "mine"},
        {"mode changed on both sides", "mine", 0644, 0600, 0640, 0600, "mine"},
        {"contents alike by chance", "2", 0644, 0600, 0644, 0600, "2"},
    };
    for (const Case &row : cases) {
        VarFixture one;
        for (const auto &[root, contents, mode] :
             {std::tuple{"old/var/", "1", row.base}, std::tuple{"old-var/", row.contents_of_mine, row.mine},
              std::tuple{"new/var/", "2", row.theirs}}) {
            one.tree.file(root + std::string("lib/x"), contents, mode);
            one.tree.directory(root + std::string("mail"));
            CHECK_EQUAL(0, chmod((one.tree / (root + std::string("mail"))).c_str(), mode | 01000U));
        }
        one.tree.file("old-var/mail/bob", "1");
        one.copy_new_image();
        one.convert();
        STRCMP_EQUAL_TEXT(row.result, one.tree.look("new-var/lib/x").c_str(), row.what);
        CHECK_EQUAL_TEXT(row.result_mode, one.tree.status("new-var/lib/x").st_mode & 07777U, row.what);
        CHECK_EQUAL_TEXT(row.result_mode | 01000U, one.tree.status("new-var/mail").st_mode & 07777U,
                         row.what);
    }
}

TEST(VarConversion, carries_a_file_whose_mode_was_changed_and_that_only_the_old_image_has) {
    tree.file("old/var/lib/x", "1", 0644);
    tree.file("old-var/lib/x", "1", 0600);
    fixture.copy_new_image();
    fixture.convert();
    CHECK_EQUAL(0600U, tree.status("new-var/lib/x").st_mode & 07777U);
    STRCMP_EQUAL("carried: owner or mode changed", fixture.reported("/var/lib/x").c_str());
}

TEST(VarConversion, gives_a_folder_of_the_new_image_what_its_services_need) {
    tree.file("old-var/lib/acme/state", "1", 0600, 5,
              5); // the old release made the folder at its first start
    tree.directory("new/var/lib/acme");
    CHECK_EQUAL(0, chown((tree / "new/var/lib/acme").c_str(), 6, 6));
    fixture.copy_new_image();
    fixture.convert();
    CHECK_EQUAL(6U, tree.status("new-var/lib/acme").st_uid);
    CHECK_EQUAL(5U, tree.status("new-var/lib/acme/state").st_uid);
    STRCMP_EQUAL("carried: the appliance's own", fixture.reported("/var/lib/acme/state").c_str());
}

TEST(VarConversion, lays_beside_what_is_of_another_kind_in_the_new_image) {
    tree.file("old-var/lib/file", "mine");
    tree.file("old-var/lib/file.update-old", "of the upgrade before");
    tree.file("new/var/lib/file/of-the-image", "2");
    tree.file("old-var/lib/other", "mine");
    tree.file("new/var/lib/other/of-the-image", "2");
    tree.file("new/var/lib/other.update-old", "2");
    tree.file("old-var/lib/folder/a/b", "mine");
    tree.file("new/var/lib/folder", "2");
    tree.link("old-var/lib/link", "/data/x");
    tree.file("new/var/lib/link/of-the-image", "2");
    tree.file("old-var/lib/to-link/x", "mine");
    tree.directory("elsewhere");
    tree.link("new/var/lib/to-link", tree / "elsewhere");
    tree.file("old/var/lib/unused/x", "1"); // nothing to carry in it
    tree.file("old-var/lib/unused/x", "1");
    tree.file("new/var/lib/unused", "2");
    fixture.copy_new_image();
    fixture.convert();
    STRCMP_EQUAL("2", tree.look("new-var/lib/file/of-the-image").c_str());
    STRCMP_EQUAL("of the upgrade before", tree.look("new-var/lib/file.update-old").c_str());
    STRCMP_EQUAL("mine", tree.look("new-var/lib/file.update-old-2").c_str());
    STRCMP_EQUAL("2", tree.look("new-var/lib/other.update-old").c_str());
    STRCMP_EQUAL("mine", tree.look("new-var/lib/other.update-old-2").c_str());
    STRCMP_EQUAL("2", tree.look("new-var/lib/folder").c_str());
    STRCMP_EQUAL("mine", tree.look("new-var/lib/folder.update-old/a/b").c_str());
    STRCMP_EQUAL("2", tree.look("new-var/lib/link/of-the-image").c_str());
    STRCMP_EQUAL("-> /data/x", tree.look("new-var/lib/link.update-old").c_str());
    STRCMP_EQUAL("mine", tree.look("new-var/lib/to-link.update-old/x").c_str());
    STRCMP_EQUAL("(none)", tree.look("elsewhere/x").c_str());
    STRCMP_EQUAL("(none)", tree.look("new-var/lib/unused.update-old").c_str());
    STRCMP_CONTAINS("/var/lib/file.update-old-2 now", fixture.reported("/var/lib/file").c_str());
    STRCMP_CONTAINS("(1 file): the new image has something of another kind here, so this folder is "
                    "/var/lib/folder.update-old now",
                    fixture.reported("/var/lib/folder").c_str());
    CHECK_TRUE(fixture.noted("warning: /var/lib/file: "));
    CHECK_TRUE(fixture.noted("warning: /var/lib/folder: "));
    CHECK_FALSE(fixture.noted("/var/lib/unused"));
}

TEST(VarConversion, leaves_odd_files_behind_and_says_so) {
    tree.directory("old-var/lib/acme");
    CHECK_EQUAL(0, mkfifo((tree / "old-var/lib/acme/fifo").c_str(), 0600));
    CHECK_EQUAL(0, mknod((tree / "old-var/lib/acme/null").c_str(), S_IFCHR | 0600, makedev(1, 3)));
    const int number = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string path = tree / "old-var/lib/acme/socket";
    CHECK_TRUE(path.copy(address.sun_path, sizeof address.sun_path - 1) == path.size());
    CHECK_EQUAL(0, bind(number, reinterpret_cast<const sockaddr *>(&address), sizeof address));
    CHECK_EQUAL(0, close(number));
    fixture.copy_new_image();
    fixture.convert();
    for (const char *name : {"fifo", "null", "socket"})
        STRCMP_EQUAL("(none)", tree.look("new-var/lib/acme/" + std::string(name)).c_str());
    STRCMP_CONTAINS("left behind: a FIFO", fixture.reported("/var/lib/acme/fifo").c_str());
    STRCMP_CONTAINS("left behind: a device node", fixture.reported("/var/lib/acme/null").c_str());
    STRCMP_CONTAINS("left behind: a socket", fixture.reported("/var/lib/acme/socket").c_str());
}

TEST(VarConversion, keeps_the_layers_of_containers) {
    tree.whiteout("old-var/lib/containers/layer/removed");
    tree.opaque("old-var/lib/containers/layer/replaced");
    tree.file("old-var/lib/containers/layer/replaced/x", "1");
    fixture.copy_new_image();
    fixture.convert();
    STRCMP_EQUAL("(whiteout)", tree.look("new-var/lib/containers/layer/removed").c_str());
    CHECK_TRUE(tree.has_attribute("new-var/lib/containers/layer/replaced", "trusted.overlay.opaque"));
}

TEST(VarConversion, follows_no_link) {
    tree.file("outside/secret", "x");
    tree.link("old-var/lib/out", tree / "outside");
    tree.directory("old-var/lib/in");
    tree.link("new/var/lib/in", tree / "outside"); // nor one of the new image
    tree.file("old-var/lib/in/x", "1");
    fixture.copy_new_image();
    fixture.convert();
    STRCMP_EQUAL(("-> " + (tree / "outside").string()).c_str(), tree.look("new-var/lib/out").c_str());
    STRCMP_EQUAL("(none)", tree.look("outside/x").c_str());
    STRCMP_EQUAL("1", tree.look("new-var/lib/in.update-old/x").c_str());
}

TEST(VarConversion, leaves_to_others_what_they_carry) {
    const char *shared = "usr/share/update-control/shared-places";
    const char *description = "usr/share/update-control/appliance.xml";
    tree.file("old/" + std::string(shared), "# places\nlog /var/log\nonly-old /var/only-old\nelse /srv/x\n");
    tree.file("new/" + std::string(shared), "log /var/log\nmail /var/mail\n");
    tree.file("old/" + std::string(description), "<appliance><store path='/var/lib/store/a'/></appliance>");
    tree.file("new/" + std::string(description), "<appliance><store path='/var/lib/store/b'/></appliance>");
    for (const char *file :
         {"log/x", "only-old/x", "mail/bob", "lib/store/a/1", "lib/store/b/1", "lib/store/c"})
        tree.file("old-var/" + std::string(file), "1");
    fixture.copy_new_image();
    fixture.convert();
    for (const char *file : {"log", "only-old", "mail", "lib/store/a", "lib/store/b"})
        STRCMP_EQUAL_TEXT("(none)", tree.look("new-var/" + std::string(file)).c_str(), file);
    STRCMP_EQUAL("1", tree.look("new-var/lib/store/c").c_str());
    STRCMP_EQUAL("carried in another way: shared by both systems", fixture.reported("/var/log").c_str());
    for (const char *store : {"/var/lib/store/a", "/var/lib/store/b"})
        STRCMP_CONTAINS("carried in another way: a message store", fixture.reported(store).c_str());
    STRCMP_CONTAINS("left behind: the new system shows a shared place",
                    fixture.reported("/var/mail").c_str());
    STRCMP_CONTAINS("left behind: shared by the old system only", fixture.reported("/var/only-old").c_str());
    CHECK_TRUE(fixture.noted("warning: /var/mail: "));
}

TEST(VarConversion, refuses_a_description_it_cannot_read) {
    tree.file("old/usr/share/update-control/appliance.xml", "<appliance");
    CHECK_THROWS(ConversionFailed, fixture.convert());
}

TEST(VarConversion, lets_the_vendor_say_more) {
    tree.file("new/usr/share/update-control/var-rules", "# of release 2\n\n"
                                                        "leave /var/lib/engine made again by the engine\n"
                                                        "carry /var/lib/engine/keys\n"
                                                        "carry /var/cache/bayes\n"
                                                        "carry /var/lib/systemd\n"
                                                        "carry /var/tmp\n");
    for (const char *file :
         {"lib/engine/index/1", "lib/engine/2", "lib/engine/keys/dkim", "cache/bayes/tokens", "cache/other",
          "lib/systemd/catalog/database", "tmp/x", "lib/engine-2/x"})
        tree.file("old-var/" + std::string(file), "1");
    fixture.copy_new_image();
    fixture.convert();
    for (const char *file : {"lib/engine/keys/dkim", "cache/bayes/tokens", "tmp/x", "lib/engine-2/x"})
        STRCMP_EQUAL_TEXT("1", tree.look("new-var/" + std::string(file)).c_str(), file);
    for (const char *file : {"lib/engine/index", "lib/engine/2", "cache/other", "lib/systemd/catalog"})
        STRCMP_EQUAL_TEXT("(none)", tree.look("new-var/" + std::string(file)).c_str(), file);
    STRCMP_EQUAL("left behind (2 files): made again by the engine",
                 fixture.reported("/var/lib/engine").c_str());
    STRCMP_EQUAL("carried (1 file): the appliance's own", fixture.reported("/var/lib/engine/keys").c_str());
}

TEST(VarConversion, says_on_a_line_what_a_folder_holds_much_of) {
    tree.directory("old/var/mail");
    tree.directory("new/var/mail");
    for (int user = 0; user < 101; ++user)
        tree.file("old-var/mail/user" + std::to_string(user), "x");
    tree.file("old-var/odd\nname", "x");
    fixture.copy_new_image();
    fixture.convert();
    STRCMP_EQUAL("carried (101 files): the appliance's own", fixture.reported("/var/mail").c_str());
    STRCMP_EQUAL("", fixture.reported("/var/mail/user1").c_str());
    STRCMP_EQUAL("carried: the appliance's own", fixture.reported("/var/odd\\012name").c_str());
}
