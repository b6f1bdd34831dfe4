// A support bundle: what is in it, what it says is missing, and that it is whole or not there.
#include "tests/support/fake_storage.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/support/boot_environment.hpp"
#include "updater/support/commands.hpp"
#include "updater/support/contents.hpp"
#include "updater/support/last_upgrade.hpp"
#include "updater/support/not_to_be_had.hpp"
#include "updater/support/output_file.hpp"

#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater::support;
namespace fs = std::filesystem;

namespace {

/// Answers for the commands of a bundle without running any.
class FakePrograms : public hooks::Programs {
  public:
    bool has(const fs::path &) const override { return true; }
    hooks::ProgramResult run(const fs::path &, const std::vector<std::string> &arguments) override {
        for (const auto &[word, result] : results)
            for (const std::string &argument : arguments)
                if (argument == word)
                    return result;
        return {.exit_code = 0, .output = "output\n", .errors = ""};
    }
    std::map<std::string, hooks::ProgramResult> results; ///< by a word of the command
};

} // namespace

TEST_GROUP(SupportBundle) {
    TemporaryFolder folder;
    FakePrograms programs;
    hooks::SpawnedPrograms real_programs;
    std::vector<std::string> told;
    const fs::path file = folder / "support.tar.zst";

    void put(const char *path, const std::string &contents) {
        const fs::path place = folder.path() / "root" / fs::path(path).relative_path();
        fs::create_directories(place.parent_path());
        test_files::write_file(place, contents);
    }
    std::vector<Item> items() {
        return contents_of({.layout = {},
                            .root = folder.path() / "root",
                            .programs = programs,
                            .boot_environment = []() -> std::string { throw NotToBeHad("no disk"); }});
    }
    void write(const std::vector<Item> &all, std::size_t max_bytes = max_bundle_bytes) {
        OutputFile output(file);
        Archive archive(output.number(), std::chrono::system_clock::now());
        write_bundle(
            archive, "s", all, [this](const std::string &name) { told.push_back(name); }, max_bytes);
        output.finish();
    }
    std::string unpacked(const std::string &name) {
        return real_programs
            .run("/usr/bin/tar",
                 {"--extract", "--to-stdout", "--zstd", "--file=" + file.string(), "s/" + name})
            .output;
    }
    std::string names() {
        return real_programs.run("/usr/bin/tar", {"--list", "--zstd", "--file=" + file.string()}).output;
    }
};

TEST(SupportBundle, has_what_can_be_had_and_says_what_cannot) {
    put("/data/update-control/journal", "0123 {\"kind\":\"x\"}\n");
    put("/etc/update-control/settings.xml", "<settings format=\"1\">\n  <x password=\"hunter2\"/>\n");
    put("/var/spool/updates/XPU/20261121-030004.log", "phase 1\n");
    put("/var/spool/updates/XPU/notes.txt", "not a log\n");
    programs.results["/usr/bin/df"] = {.exit_code = 124, .output = "", .errors = ""};
    programs.results["/usr/bin/ip"] = {.exit_code = 127, .output = "", .errors = ""};
    programs.results["--status"] = {.exit_code = 7, .output = "the agent does not answer\n", .errors = ""};
    write(items());
    STRCMP_EQUAL("phase 1\n", unpacked("logs/20261121-030004.log").c_str());
    STRCMP_EQUAL("<settings format=\"1\">\n  <x password=\"***\"/>\n",
                 unpacked("configuration/settings.xml").c_str());
    STRCMP_CONTAINS("the agent does not answer\n\n(/usr/bin/update-control --json --status ended with exit "
                    "status 7)",
                    unpacked("agent/state.json").c_str());
    const std::string readme = unpacked("README.txt");
    STRCMP_CONTAINS("updater/journal.txt: /data/update-control/journal", readme.c_str());
    STRCMP_CONTAINS("  boot/environment.txt: no disk\n", readme.c_str());
    STRCMP_CONTAINS("  disk/df.txt: /usr/bin/df --block-size=1 --print-type took longer than 20 s\n",
                    readme.c_str());
    STRCMP_CONTAINS("  network/routes.txt: /usr/bin/ip is not on this appliance\n", readme.c_str());
    STRCMP_CONTAINS("  journal/last-upgrade.txt: cannot read", readme.c_str());
    CHECK(names().find("notes.txt") == std::string::npos);
    LONGS_EQUAL(items().size(), told.size());
}

TEST(SupportBundle, reads_no_file_with_secrets) {
    const char *const secret_places[] = {"shadow", "-key", "/ssl", "/ssh", "password", "postfix", "mailsec"};
    for (const Item &item : items())
        for (const char *place : secret_places)
            CHECK_TEXT(item.what.find(place) == std::string::npos, item.what.c_str());
    put("/etc/shadow", "root:hash\n");
    fs::create_directories(folder.path() / "root/etc/update-control");
    fs::create_symlink(folder.path() / "root/etc/shadow",
                       folder.path() / "root/etc/update-control/settings.xml");
    write(items());
    STRCMP_EQUAL("", unpacked("configuration/settings.xml").c_str());
    STRCMP_CONTAINS("settings.xml: cannot read", unpacked("README.txt").c_str());
}

TEST(SupportBundle, takes_the_journal_around_the_last_upgrade) {
    put("/data/update-control/history.json",
        R"({"format":1,"jobs":[{"job":"a","operation":"install","started":"2026-11-21T03:00:04+01:00",
            "ended":"2026-11-21T03:20:00+01:00"},{"job":"b","operation":"download",
            "started":"2026-11-22T03:00:04+00:00","ended":"2026-11-22T03:20:00+00:00"}]})");
    write(items());
    STRCMP_EQUAL("output\n", unpacked("journal/last-upgrade.txt").c_str());
    const auto span = last_upgrade_in(unpacked("updater/history.json"));
    CHECK(span.has_value());
    STRCMP_EQUAL("2026-11-21 01:50:04 UTC", span->from.c_str());
    STRCMP_EQUAL("2026-11-21 02:30:00 UTC", span->to.c_str());
}

TEST(SupportBundle, needs_no_history_that_can_be_understood) {
    for (const char *history :
         {"", "{", "[]", R"({"jobs":{}})", R"({"jobs":[1,{"started":"soon","ended":3}]})",
          R"({"jobs":[{"started":"2026-11-21T03:00:04+x","ended":""}]})"})
        CHECK_FALSE(last_upgrade_in(history).has_value());
}

TEST(SupportBundle, stays_bounded) {
    const auto item = [](const char *name, std::size_t bytes) {
        return Item{name, name, [bytes] { return std::string(bytes, 'x'); }};
    };
    write({item("small", 100), item("large", 1900), item("last", 100)}, 1000);
    STRCMP_CONTAINS("  large: the bundle would become too large\n", unpacked("README.txt").c_str());
    LONGS_EQUAL(101, unpacked("last").size());
    std::string log;
    for (int line = 0; line < 4000; ++line)
        log += "line " + std::string(1000, 'x') + " " + std::to_string(line) + "\n";
    put("/var/spool/updates/XPU/1.log", log);
    fs::remove(file);
    write(items());
    const std::string kept = unpacked("logs/1.log");
    STRCMP_CONTAINS("(the end only: the file has ", kept.substr(0, 40).c_str());
    CHECK(kept.size() < 3UL * 1024 * 1024 && kept.ends_with(" 3999\n"));
}

TEST(SupportBundle, is_whole_or_not_there_and_for_its_owner_alone) {
    { const OutputFile given_up(file); }
    CHECK_FALSE(fs::exists(file));
    write({});
    struct stat status {};
    LONGS_EQUAL(0, ::stat(file.c_str(), &status));
    LONGS_EQUAL(0600, status.st_mode & 0777U);
    CHECK_THROWS(std::runtime_error, OutputFile{file});
    CHECK_THROWS(std::runtime_error, OutputFile{folder / "nowhere" / "x"});
    OutputFile late(folder / "other");
    test_files::write_file(folder / "other", "somebody's");
    CHECK_THROWS(std::runtime_error, late.finish());
    STRCMP_EQUAL("somebody's", test_files::read_file(folder / "other").c_str());
}

TEST(SupportBundle, keeps_the_end_of_what_a_command_writes) {
    const auto output = [this](const char *script, std::size_t max_bytes) {
        return output_of({{"/bin/sh", "-c", script}, std::chrono::seconds(20), max_bytes}, real_programs);
    };
    STRCMP_EQUAL("and 'errors'\n", output("echo \"and 'errors'\" >&2", 1000).c_str());
    STRCMP_EQUAL("9\n10\n", output("seq 10", 5).c_str());
    STRCMP_CONTAINS("ended with exit status 3)", output("exit 3", 100).c_str());
    CHECK_THROWS(NotToBeHad, output_of({{"/nowhere/program"}}, real_programs));
}

TEST(SupportBundle, finds_the_environment_block_on_the_boot_partition) {
    partitions_test::FakeStorage storage;
    std::string block = "# GRUB Environment Block\ndefault_slot=a\ntry_left=0\n";
    block.resize(1024, '#');
    const std::string junk(1024UL * 1500, '\0');
    storage.put_file("/dev/boot", junk + block + junk);
    STRCMP_EQUAL("# GRUB Environment Block\ndefault_slot=a\ntry_left=0\n",
                 boot_environment(storage, "/dev/boot").c_str());
    storage.put_file("/dev/empty", junk);
    CHECK_THROWS(NotToBeHad, boot_environment(storage, "/dev/empty"));
}
