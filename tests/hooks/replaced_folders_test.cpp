// Where the three versions have a folder, a link and a file at the same path, the administrator's view is
// kept as a whole, including unchanged files of the old image.
#include "hooks/etc/etc_conversion.hpp"

#include "tests/hooks/conversion_fixture.hpp"

#include <map>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

namespace {

using Tree =
    std::map<std::string, const char *>; // path below /etc -> "-> x" a link, "(…)" as in look(), else a file

struct FolderCase {
    const char *what;
    Tree base, mine, theirs;
    Tree result;       // the new upper directory; "(none)": not there
    const char *noted; // part of the log or of the report
};

const FolderCase folder_cases[] = {
    {"a changed file where the new image has a link",
     {{"certs/a", "1"}, {"certs/b", "1"}, {"certs/deep/c", "1"}, {"certs/link", "-> a"}, {"certs/gone", "1"}},
     {{"certs/a", "2"}, {"certs/own", "2"}, {"certs/gone", "(whiteout)"}},
     {{"certs", "-> /usr/share/certs"}},
     {{"certs/a", "2"},
      {"certs/b", "1"},
      {"certs/deep/c", "1"},
      {"certs/link", "-> a"},
      {"certs/own", "2"},
      {"certs/gone", "(none)"},
      {"certs.update-new", "-> /usr/share/certs"}},
     "conflict /etc/certs: of another kind in the new system; the administrator's version stays, with all 5 "
     "files"},
    {"a changed file where the new image has a file",
     {{"acme/a", "1"}, {"acme/b", "1"}},
     {{"acme/a", "2"}},
     {{"acme", "3"}},
     {{"acme/a", "2"}, {"acme/b", "1"}, {"acme.update-new", "3"}},
     "conflict /etc/acme: of another"},
    {"a removed file where the new image has a link",
     {{"acme/a", "1"}, {"acme/b", "1"}},
     {{"acme/a", "(whiteout)"}},
     {{"acme", "-> x"}},
     {{"acme/a", "(none)"}, {"acme/b", "1"}},
     "conflict /etc/acme: of another"},
    {"a copy without a change where the new image has a link",
     {{"acme/a", "1"}, {"acme/b", "1"}},
     {{"acme/a", "1"}},
     {{"acme", "-> x"}},
     {{"acme", "(none)"}},
     "/etc/acme: unchanged; the new system has something of another kind here"},
    {"deep down",
     {{"acme/a", "1"}, {"acme/d/b", "1"}, {"acme/d/c", "1"}},
     {{"acme/d/b", "2"}},
     {{"acme", "-> x"}},
     {{"acme/a", "1"}, {"acme/d/b", "2"}, {"acme/d/c", "1"}},
     "conflict /etc/acme: "},
    {"the folder below is one in both",
     {{"acme/a", "1"}, {"acme/d/b", "1"}, {"acme/d/c", "1"}},
     {{"acme/d/b", "2"}},
     {{"acme/a", "2"}, {"acme/d", "-> x"}},
     {{"acme/a", "(none)"}, {"acme/d/b", "2"}, {"acme/d/c", "1"}},
     "conflict /etc/acme/d: "},
    {"an opaque folder where the new image has a link",
     {{"acme/a", "1"}},
     {{"acme", "(opaque)"}, {"acme/b", "2"}},
     {{"acme", "-> x"}},
     {{"acme/a", "(none)"}, {"acme/b", "2"}, {"acme.update-new", "-> x"}},
     "conflict /etc/acme: replaced as a whole by the administrator, and of another kind"},
    {"an opaque folder in a folder where the new image has a link",
     {{"acme/d/a", "1"}, {"acme/e", "1"}},
     {{"acme/d", "(opaque)"}, {"acme/d/b", "2"}},
     {{"acme", "-> x"}},
     {{"acme/d/a", "(none)"}, {"acme/d/b", "2"}, {"acme/e", "1"}},
     "conflict /etc/acme: of another kind"},
    {"a folder in place of the images' link",
     {{"acme", "-> x"}},
     {{"acme", "(opaque)"}, {"acme/a", "2"}},
     {{"acme", "-> x"}},
     {{"acme/a", "2"}, {"acme.update-new", "(none)"}},
     "/etc/acme: replaced as a whole by the administrator"},
    {"a folder in place of a link that is a folder now",
     {{"acme", "-> x"}},
     {{"acme", "(opaque)"}, {"acme/a", "2"}},
     {{"acme/a", "3"}, {"acme/b", "3"}},
     {{"acme", "(opaque)"}, {"acme/a", "2"}},
     "conflict /etc/acme: replaced as a whole by the administrator; what the new system has in it stays "
     "hidden"},
    {"a folder in place of a file that is a folder now",
     {{"acme", "1"}},
     {{"acme/a", "2"}},
     {{"acme/b", "3"}},
     {{"acme", "(opaque)"}, {"acme/a", "2"}},
     "conflict /etc/acme: replaced as a whole by the administrator; what the new system has in it stays "
     "hidden"},
    {"a link in place of the images' folder",
     {{"acme/a", "1"}},
     {{"acme", "-> /data/acme"}},
     {{"acme/a", "1"}, {"acme/b", "1"}},
     {{"acme", "-> /data/acme"}},
     "/etc/acme: changed by the administrator"},
    {"a file in place of the images' folder",
     {{"acme/a", "1"}},
     {{"acme", "2"}},
     {{"acme/a", "3"}},
     {{"acme", "2"}},
     "/etc/acme: changed by the administrator"},
    {"a link in place of a folder that is a file now",
     {{"acme/a", "1"}},
     {{"acme", "-> /data/acme"}},
     {{"acme", "3"}},
     {{"acme", "-> /data/acme"}, {"acme.update-new", "3"}},
     "conflict /etc/acme: of another kind"},
    {"a folder of the administrator's where the new image has a link",
     {},
     {{"acme/a", "2"}},
     {{"acme", "-> x"}},
     {{"acme/a", "2"}, {"acme.update-new", "-> x"}},
     "conflict /etc/acme: of another kind"},
};

void put_tree(const ScratchTree &tree, const std::string &folder, const Tree &entries) {
    for (const auto &[path, text] : entries) {
        const std::string what = text;
        if (what == "(whiteout)")
            tree.whiteout(folder + path);
        else if (what == "(opaque)")
            tree.opaque(folder + path);
        else if (what.starts_with("-> "))
            tree.link(folder + path, what.substr(3));
        else
            tree.file(folder + path, what);
    }
}

} // namespace

TEST_GROUP(ReplacedFolders){};

TEST(ReplacedFolders, keep_what_the_administrator_saw) {
    for (const FolderCase &row : folder_cases) {
        ConversionFixture fixture;
        const ScratchTree &tree = fixture.tree;
        put_tree(tree, "old/etc/", row.base);
        put_tree(tree, "upper/", row.mine);
        put_tree(tree, "new/etc/", row.theirs);
        convert_etc(fixture.storage, fixture.request(), fixture.log);
        for (const auto &[path, text] : row.result) {
            const std::string at = std::string(row.what) + ": " + path;
            if (std::string_view(text) == "(opaque)")
                CHECK_TRUE_TEXT(tree.has_attribute("result/" + path, "trusted.overlay.opaque"), at.c_str());
            else
                STRCMP_EQUAL_TEXT(text, tree.look("result/" + path).c_str(), at.c_str());
        }
        const std::string said = fixture.notes.str() + tree.look("result/update-control/carried-over.txt");
        STRCMP_CONTAINS_TEXT(row.noted, said.c_str(), row.what);
    }
}

TEST(ReplacedFolders, give_their_files_the_new_numbers) {
    ConversionFixture fixture;
    fixture.tree.file("old/etc/group", "cert:x:110:\n");
    fixture.tree.file("new/etc/group", "cert:x:210:\n");
    fixture.tree.file("old/etc/certs/a", "1", 0640, 0, 110);
    fixture.tree.file("old/etc/certs/b", "1", 0640, 0, 110);
    fixture.tree.file("upper/certs/a", "2", 0640, 0, 110);
    fixture.tree.link("new/etc/certs", "/usr/share/certs");
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    for (const char *file : {"result/certs/a", "result/certs/b"}) {
        CHECK_EQUAL_TEXT(210U, fixture.tree.status(file).st_gid, file);
        CHECK_EQUAL_TEXT(0640U, fixture.tree.status(file).st_mode & 07777U, file);
    }
}

TEST(ReplacedFolders, links_that_lead_nowhere_now_are_reported) {
    struct Case {
        const char *what, *target;
        const char *old_file, *new_file; // below the roots; nullptr: none
        bool is_reported;
    };
    const Case cases[] = {
        {"a zone that is gone", "/usr/share/zoneinfo/US/Eastern", "usr/share/zoneinfo/US/Eastern", nullptr,
         true},
        {"a zone that is there", "/usr/share/zoneinfo/UTC", "usr/share/zoneinfo/UTC",
         "usr/share/zoneinfo/UTC", false},
        {"one that never was", "/usr/share/zoneinfo/X", nullptr, nullptr, false},
        {"relative", "../usr/bin/vi", "usr/bin/vi", nullptr, true},
        {"by its other name", "/lib/systemd/system/a.service", "usr/lib/systemd/system/a.service",
         "usr/lib/systemd/system/a.service", false},
        {"by its other name, gone", "/lib/systemd/system/a.service", "usr/lib/systemd/system/a.service",
         nullptr, true},
        {"in /etc", "acme/x", "etc/acme/x", nullptr, true},
        {"in /etc, there", "acme/x", "etc/acme/x", "etc/acme/x", false},
        {"elsewhere", "/data/x", "data/x", nullptr, false},
    };
    for (const Case &row : cases) {
        ConversionFixture fixture;
        fixture.tree.link("upper/link", row.target);
        if (row.old_file != nullptr)
            fixture.tree.file(std::string("old/") + row.old_file, "1");
        if (row.new_file != nullptr)
            fixture.tree.file(std::string("new/") + row.new_file, "1");
        convert_etc(fixture.storage, fixture.request(), fixture.log);
        CHECK_EQUAL_TEXT(row.is_reported, fixture.noted("conflict /etc/link: carried, but what it leads to"),
                         row.what);
        STRCMP_EQUAL_TEXT((std::string("-> ") + row.target).c_str(), fixture.tree.look("result/link").c_str(),
                          row.what);
    }
    // Behind a link of the new image nothing is known.
    ConversionFixture fixture;
    fixture.tree.link("upper/link", "/usr/share/a/x");
    fixture.tree.file("old/usr/share/a/x", "1");
    fixture.tree.link("new/usr/share/a", "b");
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    CHECK_FALSE(fixture.noted("conflict /etc/link"));
}
