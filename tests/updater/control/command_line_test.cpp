// Which command lines are understood, and what the others are told.
#include "tests/support/temporary_folder.hpp"
#include "updater/control/command_line.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;

namespace {

std::string joined(const std::vector<std::string> &words) {
    std::string text;
    for (const std::string &word : words)
        text += word + " ";
    return text;
}

} // namespace

TEST_GROUP(CommandLine){};

TEST(CommandLine, every_spelling_means_what_the_manual_says) {
    const struct {
        std::vector<std::string> words;
        CommandLine meant;
    } cases[] = {
        {{"-i"}, {.action = Action::install}},
        {{"-i", "fw"}, {.action = Action::install}},
        {{"--install", "fw"}, {.action = Action::install}},
        {{"fw", "-i"}, {.action = Action::install}},
        {{"-i", "fw", "/a/b.fw"}, {.action = Action::install, .source = "/a/b.fw"}},
        {{"-i", "/a/../b.fw"}, {.action = Action::install, .source = "/b.fw"}},
        {{"-i", "fw", "fw"}, {.action = Action::install, .source = "<here>/fw"}},
        {{"-i", "./fw"}, {.action = Action::install, .source = "<here>/fw"}},
        {{"-i", "new one.fw"}, {.action = Action::install, .source = "<here>/new one.fw"}},
        {{"-i", "https://host/x.fw"}, {.action = Action::install, .source = "https://host/x.fw"}},
        {{"-i", "HTTPS://host/X.fw"}, {.action = Action::install, .source = "https://host/X.fw"}},
        {{"-i", "https://u:p@host/x y.fw?k=://"},
         {.action = Action::install, .source = "https://u:p@host/x y.fw?k=://"}},
        {{"-i", "./a://b.fw"}, {.action = Action::install, .source = "<here>/a:/b.fw"}},
        {{"-i", "fw", "--", "-x.fw"}, {.action = Action::install, .source = "<here>/-x.fw"}},
        {{"-i", "fw", "--", "--l"}, {.action = Action::install, .source = "<here>/--l"}},
        {{"-i", "./-x.fw"}, {.action = Action::install, .source = "<here>/-x.fw"}},
        {{"-i", "./~/x.fw"}, {.action = Action::install, .source = "<here>/~/x.fw"}},
        {{"-i", "~root/x.fw"}, {.action = Action::install, .source = "<here>/~root/x.fw"}},
        {{"-i", " "}, {.action = Action::install, .source = "<here>/ "}},
        {{"-i", "."}, {.action = Action::install, .source = "<here>"}},
        {{"-i", "/"}, {.action = Action::install, .source = "/"}},
        {{"-i", "/proc/self/../nowhere.fw"}, {.action = Action::install, .source = "/proc/nowhere.fw"}},
        {{"-i", "\xff.fw"}, {.action = Action::install, .source = "<here>/\xff.fw"}},
        {{"-i", "fw", "--force", "--json", "--no-wait"},
         {.action = Action::install, .force = true, .json = true, .wait = false}},
        {{"-i", "fw", "--stop-on-conflict"}, {.action = Action::install, .stop_on_conflict = true}},
        {{"-n", "-i", "--stop-on-conflict", "--known-conflict", "/etc/a", "--known-conflict=/etc/b c"},
         {.action = Action::dry_run, .stop_on_conflict = true, .known_conflicts = {"/etc/a", "/etc/b c"}}},
        {{"-d"}, {.action = Action::download}},
        {{"-d", "fw", "https://host/x.fw"}, {.action = Action::download, .source = "https://host/x.fw"}},
        {{"--download", "--no-wait"}, {.action = Action::download, .wait = false}},
        {{"-l"}, {.action = Action::list}},
        {{"-l", "fw"}, {.action = Action::list}},
        {{"--list", "--json"}, {.action = Action::list, .json = true}},
        {{"-s"}, {.action = Action::status}},
        {{"-s", "--json"}, {.action = Action::status, .json = true}},
        {{"--status", "-s"}, {.action = Action::status}},
        {{"--history"}, {.action = Action::history}},
        {{"--history", "--json"}, {.action = Action::history, .json = true}},
        {{"--verify"}, {.action = Action::verify}},
        {{"--verify", "b", "--json"}, {.action = Action::verify, .source = "b", .json = true}},
        {{"--verify", "--no-wait"}, {.action = Action::verify, .wait = false}},
        {{"--backup"}, {.action = Action::back_up}},
        {{"--restore", "--yes", "--no-wait"}, {.action = Action::restore, .yes = true, .wait = false}},
        {{"--backup", "--force", "--no-wait"}, {.action = Action::back_up, .force = true, .wait = false}},
        {{"-f"}, {.action = Action::follow}},
        {{"--follow"}, {.action = Action::follow}},
        {{"-c"}, {.action = Action::cancel}},
        {{"--cancel", "--no-wait"}, {.action = Action::cancel, .wait = false}},
        {{"--rollback"}, {.action = Action::roll_back}},
        {{"--rollback", "--force"}, {.action = Action::roll_back, .force = true}},
        {{"--drop-previous"}, {.action = Action::drop_previous}},
        {{"--drop-previous", "--yes", "--force"},
         {.action = Action::drop_previous, .force = true, .yes = true}},
        {{"--install-rate", "25"}, {.action = Action::install_rate, .mib_per_second = 25}},
        {{"--install-rate=0", "--json"}, {.action = Action::install_rate, .json = true}},
        {{"--at", "Sun 03:00", "-i", "fw"}, {.action = Action::schedule, .calendar = "Sun 03:00"}},
        {{"-i", "fw", "/a.fw", "--at=03:00", "--force"},
         {.action = Action::schedule, .source = "/a.fw", .calendar = "03:00", .force = true}},
        {{"--postpone-until", "now"}, {.action = Action::postpone, .calendar = "now"}},
        {{"--cancel-scheduled"}, {.action = Action::cancel_scheduled}},
        {{"--refresh"}, {.action = Action::refresh}},
        {{"--refresh", "--no-wait"}, {.action = Action::refresh, .wait = false}},
        {{"--check"}, {.action = Action::refresh}}, // as before there were checks of firmware
        {{"--check", "--no-wait"}, {.action = Action::refresh, .wait = false}},
        {{"--check", "fw"}, {.action = Action::check_firmware}},
        {{"--check", "fw", "--json"}, {.action = Action::check_firmware, .json = true}},
        {{"fw", "--check", "/a.fw"}, {.action = Action::check_firmware, .source = "/a.fw"}},
        {{"--check", "https://host/x.fw"}, {.action = Action::check_firmware, .source = "https://host/x.fw"}},
        {{"-n", "-i", "fw"}, {.action = Action::dry_run}},
        {{"--install", "/a.fw", "--dry-run", "--json", "--force"},
         {.action = Action::dry_run, .source = "/a.fw", .force = true, .json = true}},
        {{"-i", "--yes"}, {.action = Action::install, .yes = true}},
        {{"--support-bundle", "/data/s.tar.zst"},
         {.action = Action::support_bundle, .source = "/data/s.tar.zst"}},
        {{"--explain", "UC0412"}, {.action = Action::explain, .source = "UC0412"}},
        {{"--explain", "uc0412", "--json"}, {.action = Action::explain, .source = "uc0412", .json = true}},
        {{"--support-bundle=-"}, {.action = Action::support_bundle, .source = "-"}},
        {{"--drain"}, {.action = Action::drain}},
        {{"--drain", "--wait", "20"}, {.action = Action::drain, .max_wait_seconds = 20}},
        {{"--drain", "--keep-over-restart", "--no-wait"},
         {.action = Action::drain, .keep_over_restart = true, .wait = false}},
        {{"--resume", "--json"}, {.action = Action::resume, .json = true}},
        {{"--role", "take"}, {.action = Action::role, .source = "take"}},
        {{"--role=show", "--json"}, {.action = Action::role, .source = "show", .json = true}},
        {{"--test-message"}, {.action = Action::test_message}},
        {{"--window"}, {.action = Action::something_may_be_due}},
        {{"--wizard"}, {.action = Action::wizard}},
        {{"--wizard", "fw"}, {.action = Action::wizard}},
        {{"--wizard", "fw", "/a.fw"}, {.action = Action::wizard, .source = "/a.fw"}},
        {{"--help"}, {.action = Action::help}},
        {{"-h"}, {.action = Action::help}},
        {{"--version"}, {.action = Action::version}},
    };
    for (const auto &row : cases) {
        const CommandLine line = read_command_line(row.words);
        const std::string words = joined(row.words);
        std::string source = row.meant.source;
        if (source.starts_with("<here>"))
            source = std::filesystem::current_path().string() + source.substr(6);
        CHECK_TEXT(line.action == row.meant.action, words.c_str());
        STRCMP_EQUAL_TEXT(source.c_str(), line.source.c_str(), words.c_str());
        STRCMP_EQUAL_TEXT(row.meant.calendar.c_str(), line.calendar.c_str(), words.c_str());
        LONGS_EQUAL_TEXT(row.meant.mib_per_second, line.mib_per_second, words.c_str());
        LONGS_EQUAL_TEXT(row.meant.max_wait_seconds, line.max_wait_seconds, words.c_str());
        CHECK_EQUAL_TEXT(row.meant.keep_over_restart, line.keep_over_restart, words.c_str());
        CHECK_EQUAL_TEXT(row.meant.stop_on_conflict, line.stop_on_conflict, words.c_str());
        CHECK_TEXT(row.meant.known_conflicts == line.known_conflicts, words.c_str());
        CHECK_EQUAL_TEXT(row.meant.force, line.force, words.c_str());
        CHECK_EQUAL_TEXT(row.meant.yes, line.yes, words.c_str());
        CHECK_EQUAL_TEXT(row.meant.json, line.json, words.c_str());
        CHECK_EQUAL_TEXT(row.meant.wait, line.wait, words.c_str());
    }
}

TEST(CommandLine, a_path_is_the_real_one_of_the_file) {
    const TemporaryFolder folder;
    const auto real = std::filesystem::canonical(folder.path());
    std::filesystem::create_directories(real / "deep/er");
    std::ofstream(real / "deep/x.fw") << "firmware";
    std::filesystem::create_symlink("deep/x.fw", real / "latest.fw");
    std::filesystem::create_directory_symlink("deep/er", real / "link");
    for (const char *way : {"latest.fw", "deep/x.fw", "link/../x.fw", "./deep//er/../x.fw"})
        STRCMP_EQUAL_TEXT((real / "deep/x.fw").c_str(),
                          read_command_line({"-i", (real / way).string()}).source.c_str(), way);
}

TEST(CommandLine, a_wrong_one_is_refused_with_the_reason) {
    const struct {
        std::vector<std::string> words;
        const char *reason;
    } cases[] = {
        {{}, "nothing to do was asked for"},
        {{"--json"}, "nothing to do was asked for"},
        {{"-x"}, "unknown option: -x"},
        {{"--install-rate"}, "--install-rate needs a number: MiB per second, or 0 for no limit"},
        {{"--install-rate", "fast"},
         "--install-rate needs a whole number of MiB per second, or 0 for no limit, not fast"},
        {{"--install-rate", "-1"},
         "--install-rate needs a whole number of MiB per second, or 0 for no limit, not -1"},
        {{"--install-rate", "5", "-i"}, "more than one thing to do was asked for"},
        {{"-sx"}, "unknown option: -x"},
        {{"--instal-fw"}, "unknown option: --instal-fw; did you mean --install?"},
        {{"--l"}, "unknown option: --l; did you mean --list?"},
        {{"--stat", "--json"}, "unknown option: --stat; did you mean --status?"},
        {{"--i"}, "unknown option: --i; did you mean --install or --install-rate?"},
        {{"--no-wiat", "-i"}, "unknown option: --no-wiat; did you mean --no-wait?"},
        {{"--install-rat=5"}, "unknown option: --install-rat=5; did you mean --install-rate?"},
        {{"--windo"}, "unknown option: --windo"},
        {{"--=5"}, "unknown option: --=5"},
        {{"--list=fw"}, "--list takes no value"},
        {{"--at", "--l", "-d"}, "--at goes only with --install"},
        {{"--wizard", "--json"}, "--json goes only with what reports something"},
        {{"--wizard", "--force"},
         "--force goes only with --install, --rollback, --drop-previous and --backup"},
        {{"--wizard", "-i"}, "more than one thing to do was asked for"},
        {{"-i", "-d"}, "more than one thing to do was asked for"},
        {{"-n", "-d"}, "--dry-run goes only with --install, and not with --at"},
        {{"-n", "-i", "--at", "03:00"}, "--dry-run goes only with --install, and not with --at"},
        {{"-n", "-i", "--yes"}, "--yes goes only with --install, --drop-previous and --restore"},
        {{"-s", "--yes"}, "--yes goes only with --install, --drop-previous and --restore"},
        {{"-n", "-i", "--no-wait"},
         "--no-wait goes only with --install, --download, --cancel, --rollback, --refresh, --verify, "
         "--backup, --restore and --drain"},
        {{"--check", "fw", "-i"}, "more than one thing to do was asked for"},
        {{"--check", "fw", "--no-wait"},
         "--no-wait goes only with --install, --download, --cancel, --rollback, --refresh, --verify, "
         "--backup, --restore and --drain"},
        {{"--verify", "c"}, "--verify takes one slot, a or b; without one it compares both"},
        {{"--verify", "a", "b"}, "--verify takes one slot, a or b; without one it compares both"},
        {{"--backup", "b"}, "unexpected argument: b"},
        {{"--restore", "b"}, "unexpected argument: b"},
        {{"--restore", "--backup"}, "more than one thing to do was asked for"},
        {{"--verify", "--force"},
         "--force goes only with --install, --rollback, --drop-previous and --backup"},
        {{"--refresh", "fw"}, "unexpected argument: fw"},
        {{"-i", "fw", "a", "b"}, "more than one path or URL: b (a path with blanks in it needs quotes)"},
        {{"-i", "file:///a.fw"},
         "a file on the appliance is named by its path, not as a URL: update-control -i fw /PATH"},
        {{"-i", "http://u:p@host/a.fw"},
         "firmware is fetched from addresses that begin with https:// only, not with http://"},
        {{"-d", "ftp://host/a.fw"},
         "firmware is fetched from addresses that begin with https:// only, not with ftp://"},
        {{"-i", "~/a.fw"},
         "no shell has replaced the ~ in ~/a.fw; give the whole path, or leave out the quotes around it (a "
         "folder "
         "of that name is ./~)"},
        {{"-i", "fw", "-x.fw"}, "unknown option: -x (a path that begins with - is written ./-x.fw)"},
        {{"-i", "fw", "--new.fw"},
         "unknown option: --new.fw (a path that begins with - is written ./--new.fw)"},
        {{"-i", std::string(4096, 'x')}, "the path or URL is longer than 4095 bytes"},
        {{"-i", "https://" + std::string(10'000'000, 'x')}, "the path or URL is longer than 4095 bytes"},
        {{"--install-rate", ""},
         "--install-rate needs a whole number of MiB per second, or 0 for no limit, not "},
        {{"-i", ""}, "the path or URL is empty; leave it out to take the newest firmware"},
        {{"-s", "fw"}, "unexpected argument: fw"},
        {{"-l", "fw", "x"}, "unexpected argument: x"},
        {{"-d", "/a.fw"},
         "only a URL can be downloaded, not the path /a.fw; install a file with: update-control -i fw /a.fw"},
        {{"-s", "--force"}, "--force goes only with --install, --rollback, --drop-previous and --backup"},
        {{"-d", "--force"}, "--force goes only with --install, --rollback, --drop-previous and --backup"},
        {{"-f", "--no-wait"},
         "--no-wait goes only with --install, --download, --cancel, --rollback, --refresh, --verify, "
         "--backup, --restore and --drain"},
        {{"--at", "Sun 03:00"}, "nothing to do was asked for"},
        {{"--at", "Sun 03:00", "-d"}, "--at goes only with --install"},
        {{"-i", "--at"}, "--at needs a time, such as \"Sun 03:00\""},
        {{"--postpone-until"}, "--postpone-until needs a time, such as \"2026-12-24 22:30\", or: now"},
        {{"--at", "Sun", "-i", "--no-wait"},
         "--no-wait goes only with --install, --download, --cancel, --rollback, --refresh, --verify, "
         "--backup, --restore and --drain"},
        {{"--support-bundle"},
         "--support-bundle needs a file to make, such as /data/support.tar.zst, or - for standard output"},
        {{"--explain"}, "--explain needs the code of a message, such as UC0412"},
        {{"--explain", "UC0412", "UC0413"}, "unexpected argument: UC0413"},
        {{"--support-bundle="}, "--support-bundle needs the name of a file to make"},
        {{"--support-bundle", "/a", "/b"}, "unexpected argument: /b"},
        {{"--support-bundle", "/a", "--json"}, "--json goes only with what reports something"},
        {{"--support-bundle", "/a", "-s"}, "more than one thing to do was asked for"},
        {{"--help", "--json"}, "--json goes only with what reports something"},
    };
    for (const auto &row : cases) {
        std::string reason = "(understood)";
        try {
            read_command_line(row.words);
        } catch (const UsageError &error) {
            reason = error.what();
        }
        STRCMP_EQUAL_TEXT(row.reason, reason.c_str(), joined(row.words).c_str());
    }
}

TEST(CommandLine, takes_no_more_known_conflicts_than_a_job_does) {
    const auto refused = [](std::size_t count, std::size_t bytes) -> std::string {
        std::vector<std::string> words{"-i", "--stop-on-conflict"};
        for (std::size_t number = 0; number < count; ++number)
            words.insert(words.end(), {"--known-conflict", "/" + std::string(bytes - 1, 'x')});
        try {
            read_command_line(words);
            return "";
        } catch (const UsageError &error) {
            return error.what();
        }
    };
    STRCMP_EQUAL("", refused(64, 128).c_str());
    STRCMP_EQUAL("more than 64 known conflicts; name the folders that they are in", refused(65, 10).c_str());
    STRCMP_EQUAL("known conflicts of more than 8192 bytes together; name the folders that they are in",
                 refused(9, 1024).c_str());
}
