// Why the machine restarted, from the traces that each kind of restart leaves.
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/job/restart_traces.hpp"

#include <system_error>

#include <CppUTest/TestHarness.h>

using namespace updater::job;

TEST_GROUP(RestartTraces) {
    TemporaryFolder folder;
    BootJournal journal{.boot_id = "aaaa1111",
                        .lines = {{"update-agent", "begins"}, {"systemd", "Started x"}}};
    UnexplainedRestart restart{.since = std::chrono::system_clock::now() - std::chrono::minutes(1),
                               .own_restart = ""};
    std::string asked_for_start;

    RestartCause found() {
        RestartTraces traces({.last_words = {folder / "pstore", folder / "kept"},
                              .watchdog_status = folder / "bootstatus",
                              .kernel_command_line = folder / "cmdline"},
                             [this](const std::string &boot_id) {
                                 asked_for_start = boot_id;
                                 return journal;
                             });
        return traces.of(restart);
    }
    std::string told() {
        return text_of(found());
    }
    void write(const std::string &name, const std::string &text) {
        std::filesystem::create_directories((folder / name).parent_path());
        test_files::write_file(folder / name, text);
    }
};

TEST(RestartTraces, none_is_said_honestly) {
    STRCMP_EQUAL("no trace of why: a power failure or a hang; see journalctl -b aaaa1111", told().c_str());
    journal = {};
    STRCMP_EQUAL("no trace of why: a power failure or a hang", told().c_str());
}

TEST(RestartTraces, of_a_panic_are_the_last_words_of_the_kernel) {
    write("kept/1764500000/001/dmesg.txt", "<6>[   12.0] something\n<0>[   12.3] Kernel panic - not syncing: "
                                           "Fatal exception\n<0>[   12.4] more\n");
    STRCMP_EQUAL(("the kernel panicked (Kernel panic - not syncing: Fatal exception, in " +
                  (folder / "kept/1764500000/001/dmesg.txt").string() + "); see journalctl -b aaaa1111")
                     .c_str(),
                 told().c_str());
}

TEST(RestartTraces, of_a_panic_that_cannot_be_read_are_named) {
    write("pstore/dmesg-efi-1", "compressed \x01\x02");
    STRCMP_CONTAINS("the kernel panicked (in ", told().c_str());
}

TEST(RestartTraces, of_a_panic_are_looked_for_in_each_part_of_the_last_words) {
    for (const char *part : {"1", "2", "3", "4", "5"})
        write("pstore/dmesg-erst-771" + std::string(part), "Panic#1 Part2\n<6>[   12.0] something\n");
    write("pstore/dmesg-erst-7716",
          "Panic#1 Part1\n<0>[   12.3] Kernel panic - not syncing: Fatal exception\n");
    write("kept/1764500000/001/dmesg.txt", "<6>[   11.0] something\n");
    STRCMP_CONTAINS(("(Kernel panic - not syncing: Fatal exception, in " +
                     (folder / "pstore/dmesg-erst-7716").string() + ")")
                        .c_str(),
                    told().c_str());
}

TEST(RestartTraces, of_an_earlier_panic_do_not_count) {
    write("pstore/dmesg-efi-1", "Kernel panic - not syncing: long ago");
    std::filesystem::last_write_time(folder / "pstore/dmesg-efi-1",
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    write("pstore/console-ramoops-0", "Kernel panic");
    CHECK(found().kind == RestartKind::no_trace);
}

TEST(RestartTraces, of_a_hang_are_in_the_status_of_the_watchdog) {
    const struct {
        const char *status;
        RestartKind kind;
    } cases[] = {{"32\n", RestartKind::watchdog}, {"0x20\n", RestartKind::watchdog},
                 {"33\n", RestartKind::watchdog}, {"0\n", RestartKind::no_trace},
                 {"1\n", RestartKind::no_trace},  {"nonsense", RestartKind::no_trace}};
    for (const auto &row : cases) {
        write("bootstatus", row.status);
        CHECK_TRUE_TEXT(found().kind == row.kind, row.status);
    }
    write("bootstatus", "32\n");
    STRCMP_CONTAINS("the watchdog ended a hang (bootstatus 32 in ", told().c_str());
}

TEST(RestartTraces, of_a_hang_are_told_by_the_boot_loader_where_the_kernel_has_no_driver) {
    write("cmdline", "root=PARTUUID=1 ro update_control.slot=a panic=10\n");
    CHECK(found().kind == RestartKind::no_trace);
    write("cmdline", "root=PARTUUID=1 ro update_control.slot=a  update_control.reset_by=i6300esb panic=10\n");
    for (const char *status : {"", "0\n"}) {
        write("bootstatus", status);
        STRCMP_CONTAINS(("the watchdog ended a hang (update_control.reset_by=i6300esb in " +
                         (folder / "cmdline").string() + ")")
                            .c_str(),
                        told().c_str());
    }
}

TEST(RestartTraces, of_a_restart_that_was_asked_for_name_who_asked) {
    const BootLine cases[] = {
        {"systemd-logind", "The system will reboot now!"},
        {"systemd-logind", "System is rebooting."},
        {"systemd-logind", "Power key pressed short."},
        {"systemd", "Rebooting: unit update-agent.service failed"},
        {"systemd", "Reboot requested from client PID 812 ('systemctl') (unit session-3.scope)..."},
        {"systemd", "Power off requested from client PID 812 ('systemctl')..."},
        {"systemd", "Soft-reboot requested from client PID 812 ('systemctl')..."},
        {"systemd", "Received SIGINT from PID 0 (Ctrl-Alt-Del)."},
        {"dbus-daemon", "[system] Activating via systemd: service name='org.freedesktop.login1' "
                        "unit='dbus-org.freedesktop.login1.service' requested by ':1.14' (uid=0 pid=143 "
                        "comm=\"systemctl reboot\")"}};
    for (const BootLine &line : cases) {
        journal.lines = {{"systemd-journald", "Journal stopped"}, line, {"sshd", "rebooting: says sshd"}};
        STRCMP_CONTAINS(("the restart was asked for (" + line.program + ": " + line.text + ")").c_str(),
                        told().c_str());
    }
    journal.lines = {{"systemd-journald", "Journal stopped"}, {"cron", "The system will reboot now!"}};
    STRCMP_CONTAINS("all services were stopped in order; the journal does not say who asked", told().c_str());
}

TEST(RestartTraces, are_no_requests_to_restart_systemd_alone) {
    for (const char *line :
         {"Reload requested from client PID 812 ('systemctl') (unit session-3.scope)...",
          "Reexecution requested from client PID 812 ('systemctl')...",
          "Reexecute requested from client PID 812 ('systemctl')...",
          "x.service: Reboot requested from client PID 812", "Reboot requested by something"}) {
        journal.lines = {{"systemd", line}};
        CHECK_TRUE_TEXT(found().kind == RestartKind::no_trace, line);
    }
}

TEST(RestartTraces, of_a_machine_that_went_down_in_order_are_no_panic) {
    const BootLine lockup{"kernel", "watchdog: BUG: soft lockup - CPU#1 stuck for 23s!"};
    journal.lines = {lockup, {"systemd-logind", "The system will reboot now!"}};
    CHECK(found().kind == RestartKind::asked_for);
    journal.lines = {lockup, {"systemd-journald", "Journal stopped"}};
    CHECK(found().kind == RestartKind::asked_for);
    journal.lines = {lockup};
    CHECK(found().kind == RestartKind::panic);
    // What the kernel left behind was written when it ended.
    journal.lines = {{"systemd-journald", "Journal stopped"}};
    write("pstore/dmesg-efi-1", "Kernel panic - not syncing: at the end");
    CHECK(found().kind == RestartKind::panic);
}

TEST(RestartTraces, leave_out_the_restart_that_the_job_itself_asked_for) {
    journal.lines = {{"systemd-journald", "Journal stopped"}};
    restart.own_restart = "aaaa-1111";
    STRCMP_EQUAL("no trace of why: a power failure or a hang", told().c_str());
}

TEST(RestartTraces, of_a_start_in_which_the_agent_was_told_to_end_are_lines_that_name_who_asked) {
    restart.told_to_end = "aaaa-1111";
    // The job itself has asked for a restart then.
    journal.lines = {{"systemd-journald", "Journal stopped"}, {"systemd", "Reached target reboot.target"}};
    STRCMP_EQUAL("the systemd journal does not say who asked for it; see journalctl -b aaaa1111",
                 told().c_str());
    STRCMP_EQUAL("aaaa1111", asked_for_start.c_str());
    journal.lines.push_back({"systemd-logind", "The system will reboot now!"});
    STRCMP_CONTAINS("the restart was asked for (systemd-logind: The system will reboot now!)",
                    told().c_str());
    // A command that looks like it, of somebody who may not restart the machine.
    journal.lines.back() = {"dbus-daemon", "[system] Activating via systemd: service "
                                           "name='org.freedesktop.login1' unit='x' requested by ':1.14' "
                                           "(uid=1000 pid=143 comm=\"systemctl reboot\")"};
    CHECK(found().kind == RestartKind::not_named);
    // The machine went down before the job asked; and when only the agent was restarted, after that.
    const BootLine goes_down{"systemd", "Stopped target multi-user.target - Multi-User System."};
    const BootLine job_asks{"update-agent", "the boot selection still names 2.8.0.0: restarting into it"};
    journal.lines = {{"systemd-journald", "Journal stopped"}, job_asks, goes_down};
    STRCMP_CONTAINS("all services were stopped in order; the journal does not say who asked", told().c_str());
    journal.lines = {{"systemd-journald", "Journal stopped"}, goes_down, job_asks};
    CHECK(found().kind == RestartKind::not_named);
    restart.told_to_end.clear();
    STRCMP_CONTAINS("the restart was asked for", told().c_str());
    STRCMP_EQUAL("", asked_for_start.c_str());
}

TEST(RestartTraces, that_cannot_be_read_are_none) {
    RestartTraces traces(
        {.last_words = {folder / "missing"}, .watchdog_status = folder / "missing"},
        [](const std::string &) -> BootJournal { throw std::system_error(EIO, std::generic_category()); });
    CHECK(traces.of(restart).kind == RestartKind::no_trace);
}
