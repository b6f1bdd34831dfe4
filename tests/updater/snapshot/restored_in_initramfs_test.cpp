// What the initramfs does of a restore, run from its script itself.
#include "test_data.hpp"
#include "tests/hooks/scratch_tree.hpp"
#include "tests/support/file_contents.hpp"

#include <cstdlib>
#include <string>

#include <CppUTest/TestHarness.h>

namespace {

/// From where the first text begins to where the second one does.
std::string part_of_script(const std::string &first, const std::string &behind) {
    const std::string script =
        test_files::read_file(std::filesystem::path(TEST_DATA_FOLDER) /
                              "../../../init/initramfs/scripts/local-bottom/update-control");
    const auto begin = script.find(first);
    const auto end = script.find("\n" + behind, begin);
    CHECK(begin != std::string::npos && end != std::string::npos);
    return script.substr(begin, end + 1 - begin);
}

bool does(const ScratchTree &tree, const std::string &commands) {
    tree.file("script", commands + "\n");
    return std::system(("sh " + (tree / "script").string()).c_str()) == 0;
}

} // namespace

TEST_GROUP(RestoredSettingsInInitramfs) {
    ScratchTree tree;

    /// The function of the initramfs script.
    /// `before`: shell commands that stand before it.
    bool can_put_in_place(const std::string &before) const {
        return does(tree, before + part_of_script("put_restored_settings_in_place() {", "if [ -d ") +
                              "put_restored_settings_in_place " + (tree / "etc").string());
    }
    void put_in_place() const {
        CHECK(can_put_in_place(""));
    }
};

TEST(RestoredSettingsInInitramfs, take_the_place_of_the_present_ones) {
    tree.file("etc/upper/a", "old");
    tree.file("etc/restored/a", "new");
    tree.file("etc/before-restore/a", "older");
    tree.directory("etc/work/work");
    put_in_place();
    STRCMP_EQUAL("new", tree.look("etc/upper/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("etc/restored").c_str());
    STRCMP_EQUAL("(none)", tree.look("etc/work").c_str());
}

TEST(RestoredSettingsInInitramfs, leave_the_present_ones_if_older_ones_are_in_the_way) {
    tree.file("etc/upper/a", "old");
    tree.file("etc/restored/a", "new");
    tree.file("etc/before-restore/a", "older");
    CHECK_FALSE(can_put_in_place("rm() { return 127; }\n"));
    STRCMP_EQUAL("old", tree.look("etc/upper/a").c_str());
    STRCMP_EQUAL("new", tree.look("etc/restored/a").c_str());
    STRCMP_EQUAL("older", tree.look("etc/before-restore/a").c_str());
}

TEST(RestoredSettingsInInitramfs, do_so_after_a_power_cut_between_the_two_steps) {
    tree.file("etc/restored/a", "new");
    tree.file("etc/before-restore/a", "old");
    put_in_place();
    STRCMP_EQUAL("new", tree.look("etc/upper/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore/a").c_str());
}

TEST_GROUP(RestoredFoldersInInitramfs) {
    ScratchTree tree;

    void setup() override {
        tree.file("var/lib/lists/a", "old");
        tree.file("var/lib/dpkg/a", "old");
        tree.file("etc/restored-var/lib/lists/a", "new");
        tree.file("etc/restored-var/lib/dpkg/a", "new");
    }
    /// `places`: what the image names. `before`: shell commands that stand before the functions.
    bool can_put_in_place(const std::string &places, const std::string &before = "") const {
        tree.file("places", places);
        return does(tree, part_of_script("has_plain_way() {", "put_restored_settings_in_place() {") + before +
                              "\nput_restored_folders_in_place" + arguments());
    }
    bool can_put_back(const std::string &before = "") const {
        return does(tree, part_of_script("has_plain_way() {", "put_restored_settings_in_place() {") + before +
                              "\nput_replaced_folders_back" + arguments());
    }
    std::string arguments() const {
        return " " + (tree / "etc").string() + " " + (tree / "var").string() + " " +
               (tree / "places").string();
    }
};

TEST(RestoredFoldersInInitramfs, take_the_place_of_the_present_ones_where_the_image_names_them) {
    CHECK_TRUE(can_put_in_place("# folders\n/var/lib/lists\n/var/lib/missing"));
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore-var/1/old/a").c_str());
    STRCMP_EQUAL("old", tree.look("var/lib/dpkg/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("etc/restored-var/lib/lists").c_str());
}

TEST(RestoredFoldersInInitramfs, do_so_after_a_power_cut_between_the_two_steps) {
    tree.directory("etc/before-restore-var/1");
    std::filesystem::rename(tree / "var/lib/lists", tree / "etc/before-restore-var/1/old");
    CHECK_TRUE(can_put_in_place("/var/lib/lists\n"));
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore-var/1/old/a").c_str());
}

TEST(RestoredFoldersInInitramfs, are_put_back_whether_something_was_there_before_or_not) {
    tree.file("etc/restored-var/lib/added/a", "new");
    const std::string places = "/var/lib/lists\n/var/lib/added\n/var/lib/dpkg";
    CHECK_FALSE(can_put_in_place(
        places, "mv() { case $1 in */restored-var/lib/dpkg) return 1 ;; esac; command mv \"$@\"; }"));
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("new", tree.look("var/lib/added/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("var/lib/dpkg").c_str());
    CHECK_TRUE(can_put_back());
    STRCMP_EQUAL("old", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("var/lib/added").c_str());
    STRCMP_EQUAL("old", tree.look("var/lib/dpkg/a").c_str());
    CHECK_TRUE(can_put_in_place(places));
    for (const char *each : {"lists", "added", "dpkg"})
        STRCMP_EQUAL("new", tree.look("var/lib/" + std::string(each) + "/a").c_str());
}

TEST(RestoredFoldersInInitramfs, are_put_back_as_far_as_it_works) {
    CHECK_TRUE(can_put_in_place("/var/lib/lists\n/var/lib/dpkg\n"));
    CHECK_FALSE(can_put_back("mv() { case $2 in */var/lib/lists) return 1 ;; esac; command mv \"$@\"; }"));
    STRCMP_EQUAL("old", tree.look("var/lib/dpkg/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore-var/1/old/a").c_str());
    CHECK_TRUE(can_put_back());
    STRCMP_EQUAL("old", tree.look("var/lib/lists/a").c_str());
}

TEST(RestoredFoldersInInitramfs, keep_the_only_copy_of_what_was_there_when_the_undo_failed) {
    const std::string no_way_back = "mv() { case $1 in */old) return 1 ;; esac; command mv \"$@\"; }";
    CHECK_TRUE(can_put_in_place("/var/lib/lists\n"));
    CHECK_FALSE(can_put_back(no_way_back));
    tree.file("var/lib/lists/b", "made by a service since");
    CHECK_TRUE(can_put_in_place("/var/lib/lists\n"));
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore-var/1/old/a").c_str());
    CHECK_FALSE(can_put_back(no_way_back));
    tree.file("var/lib/lists/b", "made by a service since");
    CHECK_TRUE(can_put_back());
    STRCMP_EQUAL("old", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("var/lib/lists/b").c_str());
    STRCMP_EQUAL("new", tree.look("etc/restored-var/lib/lists/a").c_str());
}

TEST(RestoredFoldersInInitramfs, go_nowhere_else) {
    tree.directory("elsewhere/lists");
    tree.link("var/linked", (tree / "elsewhere").string());
    tree.file("etc/restored-var/linked/lists/a", "new");
    tree.link("etc/restored-var/lib/link", (tree / "elsewhere").string());
    CHECK_TRUE(can_put_in_place("/var/linked/lists\n/var/lib/link\n/var/lib/../lib/dpkg\n/etc\nvar/lib/dpkg\n"
                                "/var/\n//var/lib/dpkg\n"));
    STRCMP_EQUAL("old", tree.look("var/lib/dpkg/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("elsewhere/lists/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("var/lib/link").c_str());
}

TEST(RestoredFoldersInInitramfs, are_not_touched_when_what_they_replace_cannot_be_kept) {
    CHECK_FALSE(can_put_in_place("/var/lib/lists\n", "mkdir() { return 1; }"));
    STRCMP_EQUAL("old", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("new", tree.look("etc/restored-var/lib/lists/a").c_str());
}

TEST_GROUP(RestoreInInitramfs) {
    ScratchTree tree;

    void setup() override {
        tree.file("var/lib/lists/a", "old");
        tree.file("etc/restored-var/lib/lists/a", "new");
        tree.file("etc/restored/a", "new");
        tree.file("usr/share/update-control/snapshot-places", "/var/lib/lists\n");
    }
    /// `before`: shell commands that stand before the exchange.
    void start(const std::string &before) const {
        std::string commands =
            part_of_script("has_plain_way() {", "[ -d \"$home/etc/upper\" ] || give_up \"the generation");
        for (std::size_t at = 0; (at = commands.find("/dev/kmsg", at)) != std::string::npos;)
            commands.replace(at, std::string_view("/dev/kmsg").size(), "&2");
        const auto exchange = commands.find("if [ -d \"$home/etc/restored\" ]");
        CHECK(exchange != std::string::npos);
        commands.insert(exchange, before + "\n");
        const std::string folder = tree / "";
        CHECK_TRUE(does(tree, "exec 2>" + folder + "told\ngive_up() { exit 1; }\nhome=" + folder +
                                  "\nrootmnt=" + folder + "\n" + commands));
    }
};

TEST(RestoreInInitramfs, puts_the_folders_and_the_settings_in_place) {
    tree.file("etc/upper/a", "old");
    start("");
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("new", tree.look("etc/upper/a").c_str());
    STRCMP_EQUAL("update-control: the settings of a snapshot are in force\n", tree.look("told").c_str());
}

TEST(RestoreInInitramfs, does_all_or_nothing) {
    struct Case {
        const char *what;   ///< fails
        const char *upper;  ///< where the settings of before are
        const char *before; ///< makes it fail
        const char *told;
    };
    const Case cases[] = {
        {"the first folder", "etc/upper", "mkdir() { return 1; }", "because /var/lib/lists could not be"},
        {"a later folder", "etc/upper",
         "mv() { case $1 in */restored-var/lib/later) return 1 ;; esac; command mv \"$@\"; }",
         "because /var/lib/later could not be exchanged; those of before are in force, all of them; the next "
         "start tries again"},
        {"the settings", "etc/upper",
         "mv() { case $1 in */etc/restored) return 1 ;; esac; command mv \"$@\"; }",
         "because etc/upper could not be exchanged; those of before are in force, all of them"},
        {"a folder, after a power cut between the two steps of the settings", "etc/before-restore",
         "mkdir() { return 1; }", "those of before are in force, all of them"},
    };
    for (const Case &each : cases) {
        std::filesystem::remove_all(tree / "etc");
        std::filesystem::remove_all(tree / "var");
        tree.file("usr/share/update-control/snapshot-places", "/var/lib/lists\n/var/lib/later\n");
        for (const char *folder : {"lib/lists/a", "lib/later/a"}) {
            tree.file("var/" + std::string(folder), "old");
            tree.file("etc/restored-var/" + std::string(folder), "new");
        }
        tree.file("etc/restored/a", "new");
        tree.file(std::string(each.upper) + "/a", "old");
        start(each.before);
        for (const char *path : {"etc/upper/a", "var/lib/lists/a", "var/lib/later/a"})
            STRCMP_EQUAL_TEXT("old", tree.look(path).c_str(), each.what);
        for (const char *path : {"etc/restored/a", "etc/restored-var/lib/lists/a"})
            STRCMP_EQUAL_TEXT("new", tree.look(path).c_str(), each.what);
        STRCMP_CONTAINS(each.told, tree.look("told").c_str());
        start("");
        for (const char *path : {"etc/upper/a", "var/lib/lists/a", "var/lib/later/a"})
            STRCMP_EQUAL_TEXT("new", tree.look(path).c_str(), each.what);
    }
}

TEST(RestoreInInitramfs, names_what_could_not_be_put_back) {
    tree.file("etc/upper/a", "old");
    start("mv() { case $1 in */etc/restored | */old) return 1 ;; esac; command mv \"$@\"; }");
    STRCMP_CONTAINS("could not be put back: /var/lib/lists", tree.look("told").c_str());
    STRCMP_EQUAL("", tree.look("etc/restore-failed").c_str());
    start("");
    STRCMP_EQUAL("(none)", tree.look("etc/restore-failed").c_str());
}
