// Files generated from files of /etc stay in step with them: a map that Postfix reads has the contents of its
// text.
#include "hooks/etc/certificate_merge.hpp"
#include "hooks/etc/etc_conversion.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <cerrno>
#include <map>
#include <system_error>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;
namespace fs = std::filesystem;

namespace {

// Little-endian, as on every appliance.
const std::string hash_head("0123456789ab\x61\x15\x06\0", 16);
const std::string btree_head("0123456789ab\x62\x31\x05\0", 16);

std::string contents_of(const fs::path &path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// Writes the files of the real programs, but as text: which program made it from what.
class FakeGenerators : public Programs {
  public:
    bool is_missing = false;
    bool fails = false;
    bool cannot_be_run = false;
    std::vector<std::string> calls;

    bool has(const fs::path &) const override { return !is_missing; }
    ProgramResult run(const fs::path &program, const std::vector<std::string> &arguments) override {
        const std::string name = program.filename();
        if (cannot_be_run)
            throw std::system_error(ENOEXEC, std::generic_category(), "run " + program.string());
        if (fails)
            return {75, "", name + ": fatal: no\nreason\n"};
        if (name == "ldconfig") {
            CHECK_TRUE(arguments.size() == 5 && arguments[1] == "-f" && arguments[3] == "-C");
            std::ofstream(arguments[4]) << "cache of " << contents_of(arguments[2]);
        } else if (name == "systemd-hwdb") {
            const fs::path root = arguments[1].substr(std::string("--root=").size());
            std::string all;
            for (const char *file :
                 {"usr/lib/udev/hwdb.d/0.hwdb", "etc/udev/hwdb.d/a.hwdb", "etc/udev/hwdb.d/b.hwdb"})
                all += contents_of(root / file);
            std::ofstream(root / "etc/udev/hwdb.bin") << "database of " << all;
        } else {
            const std::string type = arguments[0].substr(0, arguments[0].find(':'));
            const fs::path source = arguments[0].substr(type.size() + 1);
            std::ofstream(source.string() + (type == "hash" || type == "btree" ? ".db" : "." + type))
                << name << " " << type << " " << contents_of(source);
        }
        calls.push_back(name);
        return {0, "", ""};
    }
};

using Files = std::map<std::string, std::string>; // path below /etc -> contents

struct GeneratedCase {
    const char *what;
    Files base, mine, theirs;
    const char *path;
    std::string result; // in the new upper directory; "(none)": it is not there
    const char *said;   // part of the report
};

const GeneratedCase generated_cases[] = {
    {"aliases that were merged",
     {{"aliases", "a: 1\nb: 1\n"}, {"aliases.db", hash_head + "old"}},
     {{"aliases", "a: 2\nb: 1\n"}, {"aliases.db", hash_head + "mine"}},
     {{"aliases", "a: 1\nb: 2\n"}, {"aliases.db", hash_head + "new"}},
     "aliases.db",
     "postalias hash a: 2\nb: 2\n",
     "aliases.db: generated again from /etc/aliases"},
    {"a map only the image has compiled",
     {{"aliases", "a: 1\nb: 1\n"}, {"aliases.db", hash_head + "old"}},
     {{"aliases", "a: 2\nb: 1\n"}},
     {{"aliases", "a: 1\nb: 2\n"}, {"aliases.db", hash_head + "new"}},
     "aliases.db",
     "postalias hash a: 2\nb: 2\n",
     "generated again"},
    {"a map that was compiled again from an unchanged text",
     {{"postfix/relay", "a x\n"}, {"postfix/relay.db", hash_head + "old"}},
     {{"postfix/relay.db", hash_head + "mine"}},
     {{"postfix/relay", "a y\n"}, {"postfix/relay.db", hash_head + "new"}},
     "postfix/relay.db",
     "postmap hash a y\n",
     "generated again"},
    {"a map of the administrator's",
     {},
     {{"postfix/own", "a x\n"}, {"postfix/own.db", hash_head + "mine"}},
     {},
     "postfix/own.db",
     hash_head + "mine",
     "own.db: the administrator's own"},
    {"text and map of the new image",
     {{"aliases", "a: 1\n"}, {"aliases.db", hash_head + "old"}},
     {{"aliases", "a: 1\n"}, {"aliases.db", hash_head + "old"}},
     {{"aliases", "a: 2\n"}, {"aliases.db", hash_head + "new"}},
     "aliases.db",
     "(none)",
     "aliases.db: unchanged"},
    {"a conflict, in which text and map are the administrator's",
     {{"postfix/relay", "a x\n"}, {"postfix/relay.db", hash_head + "old"}},
     {{"postfix/relay", "a y\n"}, {"postfix/relay.db", hash_head + "mine"}},
     {{"postfix/relay", "a z\n"}, {"postfix/relay.db", hash_head + "new"}},
     "postfix/relay.db",
     hash_head + "mine",
     "relay.db: compiled from the file beside it"},
    {"a tree",
     {{"postfix/relay", "a x\nb\nc x\n"}, {"postfix/relay.db", btree_head}},
     {{"postfix/relay", "a y\nb\nc x\n"}, {"postfix/relay.db", btree_head + "mine"}},
     {{"postfix/relay", "a x\nb\nc y\n"}, {"postfix/relay.db", btree_head + "new"}},
     "postfix/relay.db",
     "postmap btree a y\nb\nc y\n",
     "generated again"},
    {"lmdb",
     {{"postfix/relay", "a x\nb\nc x\n"}, {"postfix/relay.lmdb", "old"}},
     {{"postfix/relay", "a y\nb\nc x\n"}, {"postfix/relay.lmdb", "mine"}},
     {{"postfix/relay", "a x\nb\nc y\n"}, {"postfix/relay.lmdb", "new"}},
     "postfix/relay.lmdb",
     "postmap lmdb a y\nb\nc y\n",
     "generated again"},
    {"a list of aliases by main.cf",
     {{"postfix/list", "a: x\nb\nc: x\n"},
      {"postfix/list.db", hash_head},
      {"postfix/main.cf", "alias_maps = hash:/etc/aliases, hash:/etc/postfix/list\n"}},
     {{"postfix/list", "a: y\nb\nc: x\n"}, {"postfix/list.db", hash_head + "mine"}},
     {{"postfix/list", "a: x\nb\nc: y\n"},
      {"postfix/list.db", hash_head + "new"},
      {"postfix/main.cf", "alias_maps = hash:/etc/aliases, hash:/etc/postfix/list\n"}},
     "postfix/list.db",
     "postalias hash a: y\nb\nc: y\n",
     "generated again"},
    {"a list of aliases in Postfix's own folder",
     {{"postfix/list", "a: x\nb\nc: x\n"}, {"postfix/list.db", hash_head}},
     {{"postfix/list", "a: y\nb\nc: x\n"},
      {"postfix/list.db", hash_head + "mine"},
      {"postfix/main.cf", "alias_database = hash:$config_directory/list\n"}},
     {{"postfix/list", "a: x\nb\nc: y\n"}, {"postfix/list.db", hash_head + "new"}},
     "postfix/list.db",
     "postalias hash a: y\nb\nc: y\n",
     "generated again"},
    {"no list of aliases, though its name begins like one",
     {{"postfix/list", "a x\nb\nc x\n"}, {"postfix/list.db", hash_head}},
     {{"postfix/list", "a y\nb\nc x\n"},
      {"postfix/list.db", hash_head + "mine"},
      {"postfix/main.cf", "alias_maps = hash:/etc/postfix/list-2\nrelay = hash:/etc/postfix/list\n"}},
     {{"postfix/list", "a x\nb\nc y\n"}, {"postfix/list.db", hash_head + "new"}},
     "postfix/list.db",
     "postmap hash a y\nb\nc y\n",
     "generated again"},
    {"a format that is not known",
     {{"acme/x", "a x\nb\nc x\n"}, {"acme/x.db", "SQLite format 3 of the old image"}},
     {{"acme/x", "a y\nb\nc x\n"}, {"acme/x.db", "SQLite format 3 of the administrator"}},
     {{"acme/x", "a x\nb\nc y\n"}, {"acme/x.db", "SQLite format 3 of the new image"}},
     "acme/x.db",
     "SQLite format 3 of the administrator",
     "/etc/acme/x.db: out of date: /etc/acme/x is not the text it was made from"},
    {"a library folder of the administrator's",
     {{"ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n/last\n"}, {"ld.so.conf.d/a.conf", "/a\n"}},
     {{"ld.so.conf.d/own.conf", "/own\n"}, {"ld.so.conf.d/other", "/other\n"}, {"ld.so.cache", "mine"}},
     {{"ld.so.conf", "include ld.so.conf.d/*.conf\n/last\n"}, {"ld.so.conf.d/a.conf", "/new\n"}},
     "ld.so.cache",
     "cache of /new\n/own\n/last\n",
     "ld.so.cache: generated again"},
    {"two patterns in one line",
     {{"ld.so.conf", "/a\n"}},
     {{"ld.so.conf", "include one.conf two.conf\n"}, {"one.conf", "/one\n"}, {"two.conf", "/two\n"}},
     {{"ld.so.conf", "/a\n"}},
     "ld.so.cache",
     "cache of /one\n/two\n",
     "ld.so.cache: generated again"},
    {"libraries that include themselves",
     {},
     {{"ld.so.conf", "include ld.so.conf\n"}},
     {},
     "ld.so.cache",
     "(none)",
     "/etc/ld.so.conf includes itself"},
    {"no library folder of the administrator's",
     {{"ld.so.cache", "old"}},
     {{"ld.so.cache", "mine"}},
     {{"ld.so.cache", "new"}},
     "ld.so.cache",
     "(none)",
     "ld.so.cache: made by ldconfig"},
    {"hardware of the administrator's",
     {},
     {{"udev/hwdb.d/a.hwdb", "own"}},
     {{"udev/hwdb.d/b.hwdb", "new"}},
     "udev/hwdb.bin",
     "database of shippedownnew",
     "udev/hwdb.bin: generated again"},
};

void put_files(const ScratchTree &tree, const std::string &folder, const Files &files) {
    for (const auto &[path, text] : files)
        tree.file(folder + path, text);
}

} // namespace

TEST_GROUP(GeneratedFiles) {
    ConversionFixture fixture;
    FakeGenerators generators;
    const ScratchTree &tree = fixture.tree;
    std::string report() {
        return tree.look("result/update-control/carried-over.txt");
    }
    void put_merged_aliases() {
        put_files(tree, "old/etc/", generated_cases[0].base);
        put_files(tree, "upper/", generated_cases[0].mine);
        put_files(tree, "new/etc/", generated_cases[0].theirs);
    }
};

TEST(GeneratedFiles, follow_their_sources) {
    for (const GeneratedCase &row : generated_cases) {
        ConversionFixture one;
        FakeGenerators programs;
        put_files(one.tree, "old/etc/", row.base);
        put_files(one.tree, "upper/", row.mine);
        put_files(one.tree, "new/etc/", row.theirs);
        one.tree.file("new/usr/lib/udev/hwdb.d/0.hwdb", "shipped");
        convert_etc(one.storage, one.request(), one.log, programs);
        STRCMP_EQUAL_TEXT(row.result.c_str(), one.tree.look(std::string("result/") + row.path).c_str(),
                          row.what);
        STRCMP_CONTAINS_TEXT(row.said, one.tree.look("result/update-control/carried-over.txt").c_str(),
                             row.what);
        STRCMP_EQUAL_TEXT("(none)", one.tree.look(std::string("result/") + row.path + ".update-new").c_str(),
                          row.what);
    }
}

TEST(GeneratedFiles, keep_owner_and_mode) {
    put_merged_aliases();
    tree.file("upper/aliases.db", hash_head, 0640, 0, 8);
    convert_etc(fixture.storage, fixture.request(), fixture.log, generators);
    CHECK_EQUAL(0640U, tree.status("result/aliases.db").st_mode & 07777U);
    CHECK_EQUAL(8U, tree.status("result/aliases.db").st_gid);
}

TEST(GeneratedFiles, are_reported_when_their_program_fails_or_is_missing) {
    struct Case {
        const char *what;
        bool fails, is_missing, cannot_be_run;
        const char *said;
    };
    const Case cases[] = {
        {"it fails", true, false, false,
         "conflict /etc/aliases.db: out of date: /usr/sbin/postalias failed (exit code 75: postalias: fatal: "
         "no "
         "reason); when that is mended, run: postalias hash:/etc/aliases"},
        {"it cannot be run", false, false, true,
         "conflict /etc/aliases.db: out of date: run /usr/sbin/postalias: "},
        {"it is missing", false, true, false,
         "conflict /etc/aliases.db: out of date: the new system has no /usr/sbin/postalias; when that is "
         "mended, run: "
         "postalias hash:/etc/aliases"},
    };
    for (const Case &row : cases) {
        ConversionFixture one;
        FakeGenerators programs;
        programs.fails = row.fails;
        programs.is_missing = row.is_missing;
        programs.cannot_be_run = row.cannot_be_run;
        put_files(one.tree, "old/etc/", generated_cases[0].base);
        put_files(one.tree, "upper/", generated_cases[0].mine);
        put_files(one.tree, "new/etc/", generated_cases[0].theirs);
        convert_etc(one.storage, one.request(), one.log, programs);
        STRCMP_CONTAINS_TEXT(row.said, one.notes.str().c_str(), row.what);
        STRCMP_EQUAL_TEXT((hash_head + "mine").c_str(), one.tree.look("result/aliases.db").c_str(), row.what);
    }
}

TEST(GeneratedFiles, are_made_by_programs_that_are_run_without_a_shell) {
    SpawnedPrograms programs;
    CHECK_TRUE(programs.has("/bin/sh"));
    CHECK_FALSE(programs.has("/bin/no-such-program"));
    const ProgramResult result =
        programs.run("/bin/sh", {"-c", "echo \"$1\"; echo b >&2; exit 3", "x", "$HOME *"});
    CHECK_EQUAL(3, result.exit_code);
    STRCMP_EQUAL("$HOME *\n", result.output.c_str());
    STRCMP_EQUAL("b\n", result.errors.c_str());
    const ProgramResult much =
        programs.run("/bin/sh", {"-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"});
    CHECK_EQUAL(300000U, much.output.size());
    CHECK_EQUAL(300000U, much.errors.size());
    CHECK_EQUAL(-1, programs.run("/bin/sh", {"-c", "kill -9 $$"}).exit_code);
    CHECK_THROWS(std::system_error, programs.run("/bin/no-such-program", {}));
}

TEST(GeneratedFiles, bundles_of_certificates_are_merged_one_by_one) {
    const auto bundle = [](const std::string &names) {
        std::string text;
        for (const char name : names)
            text += std::string("-----BEGIN CERTIFICATE-----\n") + name + "\n-----END CERTIFICATE-----\n";
        return text;
    };
    struct Case {
        const char *what, *base, *mine, *theirs, *result;
    };
    const Case cases[] = {
        {"one added on each side", "ab", "abm", "tab", "tabm"},
        {"one removed on each side", "abc", "ac", "bc", "c"},
        {"the same one added", "a", "ax", "xa", "xa"},
        {"in another order", "abc", "cbam", "abt", "abtm"},
    };
    for (const Case &row : cases) {
        const auto merged = merge_certificates(bundle(row.base), bundle(row.mine), bundle(row.theirs));
        CHECK_TRUE_TEXT(merged.has_value(), row.what);
        STRCMP_EQUAL_TEXT(bundle(row.result).c_str(), merged->c_str(), row.what);
    }
    for (const char *other : {"x", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\nx\n"})
        CHECK_FALSE_TEXT(merge_certificates("", other, "").has_value(), other);
    CHECK_TRUE(merge_certificates("# why\n\n" + bundle("a"), "", bundle("b")) == bundle("b"));
    tree.file("old/etc/ssl/certs/ca-certificates.crt", bundle("ab"));
    tree.file("upper/ssl/certs/ca-certificates.crt", bundle("abm"));
    tree.file("new/etc/ssl/certs/ca-certificates.crt", bundle("bt"));
    convert_etc(fixture.storage, fixture.request(), fixture.log, generators);
    STRCMP_EQUAL(bundle("btm").c_str(), tree.look("result/ssl/certs/ca-certificates.crt").c_str());
    STRCMP_CONTAINS("merged certificate by certificate", report().c_str());
}
