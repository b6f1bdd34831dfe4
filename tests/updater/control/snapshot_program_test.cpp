// update-control --snapshot: the real program, a real bus, the real bus object, snapshots in memory.
#include "tests/hooks/scratch_tree.hpp"
#include "tests/support/served_agent.hpp"
#include "tests/updater/control/program.hpp"
#include "updater/control/command_line.hpp"

#include <string>
#include <sys/stat.h>
#include <vector>

#include <CppUTest/TestHarness.h>

using updater::control::CommandLine;
using updater::control::read_command_line;
using updater::control::UsageError;

TEST_GROUP(SnapshotProgram) {
    PrivateBus bus;
    ServedAgent served{bus};
    ScratchTree tree;

    Ended run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "--snapshot");
        return Program(arguments, {bus.address(), false}).wait();
    }
    FakeSnapshots &snapshots() {
        return served.agent.fake_snapshots;
    }
};

TEST(SnapshotProgram, every_verb_has_its_exit_code) {
    const struct {
        std::vector<std::string> arguments;
        int exit_code;
        const char *output;
        const char *errors;
    } cases[] = {
        {{"list"}, 0, "monday", ""},
        {{"create"}, 0, "made", ""},
        {{"create", "tuesday"}, 0, "made", ""},
        {{"show", "monday"}, 0, "changed     /etc/motd\n  removed     /etc/hosts", ""},
        {{"show", "sunday"}, 3, "", "there is no snapshot sunday\nlook"},
        {{"restore", "monday"}, 0, "takes effect at the next restart", ""},
        {{"list"}, 0, "The settings of monday take effect at the next restart", ""},
        {{"cancel-restore"}, 0, "stays", ""},
        {{"delete", "tuesday"}, 0, "deleted", ""},
        {{"delete", "tuesday"}, 3, "", "there is no snapshot tuesday"},
        {{"show", "a/b"}, 1, "", "the name of a snapshot has up to 64 letters"},
    };
    for (const auto &row : cases) {
        const Ended ended = run(row.arguments);
        CHECK_EQUAL_TEXT(row.exit_code, ended.exit_code, (ended.output + ended.errors).c_str());
        STRCMP_CONTAINS(row.output, ended.output.c_str());
        STRCMP_CONTAINS(row.errors, ended.errors.c_str());
    }
}

TEST(SnapshotProgram, lists_a_restore_that_the_last_start_could_not_put_in_force) {
    snapshots().waiting = "monday";
    snapshots().restore_failed = true;
    const std::string output = run({"list"}).output;
    STRCMP_CONTAINS("The settings of monday could not be put in force at the last start", output.c_str());
    STRCMP_CONTAINS("why: journalctl -k -b -g update-control", output.c_str());
    STRCMP_CONTAINS("update-control --snapshot cancel-restore", output.c_str());
}

TEST(SnapshotProgram, exports_into_a_new_file_of_its_owner) {
    const std::string file = (tree / "monday.snapshot").string();
    CHECK_EQUAL(0, run({"export", "monday", file}).exit_code);
    STRCMP_EQUAL("settings of monday", tree.look("monday.snapshot").c_str());
    LONGS_EQUAL(0600, tree.status("monday.snapshot").st_mode & 07777);
    const Ended again = run({"export", "monday", file});
    CHECK_EQUAL(1, again.exit_code);
    STRCMP_CONTAINS("File exists", again.errors.c_str());
    STRCMP_EQUAL("settings of monday", tree.look("monday.snapshot").c_str());
    CHECK_EQUAL(3, run({"export", "sunday", (tree / "sunday").string()}).exit_code);
    STRCMP_EQUAL("(none)", tree.look("sunday").c_str());
}

TEST(SnapshotProgram, exports_to_its_output_and_nothing_else_is_there) {
    const Ended ended = run({"export", "monday", "-"});
    CHECK_EQUAL(0, ended.exit_code);
    STRCMP_EQUAL("settings of monday", ended.output.c_str());
}

TEST(SnapshotProgram, hands_over_secrets_as_they_are) {
    tree.file("password", "1 % \xff'\n");
    tree.file("certificate", "PEM\n");
    CHECK_EQUAL(0, run({"export", "monday", "-", "--password-file", (tree / "password").string(),
                        "--certificate", (tree / "certificate").string()})
                       .exit_code);
    STRCMP_EQUAL("1 % \xff'", snapshots().last_secret.password.c_str());
    STRCMP_EQUAL("PEM", snapshots().last_secret.pem.c_str());
    tree.file("file", "settings of tuesday");
    CHECK_EQUAL(0,
                run({"import", (tree / "file").string(), "tuesday", "--key", (tree / "certificate").string()})
                    .exit_code);
    STRCMP_EQUAL("settings of tuesday", snapshots().contents["tuesday"].c_str());
    tree.file("empty", "\n");
    const Ended ended = run({"export", "monday", "-", "--password-file", (tree / "empty").string()});
    CHECK_EQUAL(1, ended.exit_code);
    STRCMP_CONTAINS("holds no password", ended.errors.c_str());
}

TEST(SnapshotProgram, understands_only_what_makes_sense) {
    const CommandLine line = read_command_line({"--snapshot", "import", "file", "name"});
    STRCMP_EQUAL("file", line.snapshot.file.c_str());
    STRCMP_EQUAL("name", line.snapshot.name.c_str());
    for (const std::vector<std::string> &bad : std::vector<std::vector<std::string>>{
             {"--snapshot"},
             {"--snapshot", "rename", "a"},
             {"--snapshot", "show"},
             {"--snapshot", "list", "a"},
             {"--snapshot", "export", "a"},
             {"--snapshot", "show", ""},
             {"--snapshot", "show", "a", "--ask-password"},
             {"--snapshot", "export", "a", "b", "--key", "k"},
             {"--snapshot", "import", "a", "--certificate", "c"},
             {"--snapshot", "export", "a", "b", "--ask-password", "--password-file", "p"},
             {"-s", "--password-file", "p"},
             {"--snapshot", "list", "--force"}})
        CHECK_THROWS(UsageError, read_command_line(bad));
}
