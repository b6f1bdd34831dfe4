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
                              "\nput_restored_folders_in_place " + (tree / "etc").string() + " " +
                              (tree / "var").string() + " " + (tree / "places").string());
    }
};

TEST(RestoredFoldersInInitramfs, take_the_place_of_the_present_ones_where_the_image_names_them) {
    CHECK_TRUE(can_put_in_place("# folders\n/var/lib/lists\n/var/lib/missing"));
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore-var/1/a").c_str());
    STRCMP_EQUAL("old", tree.look("var/lib/dpkg/a").c_str());
    STRCMP_EQUAL("(none)", tree.look("etc/restored-var/lib/lists").c_str());
}

TEST(RestoredFoldersInInitramfs, do_so_after_a_power_cut_between_the_two_steps) {
    CHECK_FALSE(can_put_in_place("/var/lib/lists\n", "mv() { [ -d \"$2\" ] || return 1; }"));
    STRCMP_EQUAL("old", tree.look("var/lib/lists/a").c_str());
    tree.directory("etc/before-restore-var");
    std::filesystem::rename(tree / "var/lib/lists", tree / "etc/before-restore-var/1");
    CHECK_TRUE(can_put_in_place("/var/lib/lists\n"));
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/before-restore-var/1/a").c_str());
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

TEST(RestoreInInitramfs, leaves_the_settings_to_the_next_start_as_long_as_the_folders_fail) {
    tree.file("etc/upper/a", "old");
    start("mkdir() { return 1; }");
    STRCMP_EQUAL("old", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("old", tree.look("etc/upper/a").c_str());
    STRCMP_EQUAL("new", tree.look("etc/restored/a").c_str());
    STRCMP_CONTAINS("the next start tries again", tree.look("told").c_str());
    start("");
    STRCMP_EQUAL("new", tree.look("var/lib/lists/a").c_str());
    STRCMP_EQUAL("new", tree.look("etc/upper/a").c_str());
}

TEST(RestoreInInitramfs, puts_the_settings_in_place_when_none_could_stay) {
    tree.file("etc/before-restore/a", "old"); // after a power cut between the two steps of the settings
    start("mkdir() { return 1; }");
    STRCMP_EQUAL("new", tree.look("etc/upper/a").c_str());
}
