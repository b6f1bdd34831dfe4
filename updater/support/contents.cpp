#include "updater/support/contents.hpp"

#include "updater/support/commands.hpp"
#include "updater/support/files.hpp"
#include "updater/support/last_upgrade.hpp"
#include "updater/support/not_to_be_had.hpp"

#include <array>
#include <utility>

namespace updater::support {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t mib = 1024UL * 1024;
constexpr std::size_t max_logs = 10;

struct NamedCommand {
    std::string name;
    Command command;
};

/// The newest `lines` of the journal. --merge: both systems write into one folder, each with a machine id.
Command journal(std::vector<std::string> what, const char *lines = "5000") {
    Command command{.words = {"/usr/bin/journalctl", "--merge", "--no-pager", "--quiet", "--output=short-iso",
                              std::string("--lines=") + lines},
                    .time_limit = std::chrono::seconds(90),
                    .max_bytes = 2 * mib};
    command.words.insert(command.words.end(), what.begin(), what.end());
    return command;
}

std::vector<NamedCommand> about_updater() {
    const auto ask = [](std::vector<std::string> words) {
        words.insert(words.begin(), {"/usr/bin/update-control", "--json"});
        return Command{.words = std::move(words), .time_limit = std::chrono::seconds(30), .max_bytes = mib};
    };
    Command check = ask({"--check", "fw"});
    check.time_limit = std::chrono::seconds(180);
    return {{"agent/state.json", ask({"--status"})},
            {"agent/firmware.json", ask({"--list"})},
            {"agent/history.json", ask({"--history"})},
            {"agent/checks.json", check},
            {"versions/update-control.txt", {{"/usr/bin/update-control", "--version"}}},
            {"versions/kernel.txt", {{"/usr/bin/uname", "-a"}}},
            {"versions/packages.txt", {{"/usr/bin/dpkg-query", "--show"}}}};
}

std::vector<NamedCommand> about_machine() {
    return {{"disk/df.txt", {{"/usr/bin/df", "--block-size=1", "--print-type"}}},
            {"disk/inodes.txt", {{"/usr/bin/df", "--inodes"}}},
            {"disk/lsblk.txt",
             {{"/usr/bin/lsblk", "--bytes",
               "--output=NAME,SIZE,TYPE,FSTYPE,LABEL,PARTLABEL,RO,MODEL,MOUNTPOINTS"}}},
            {"disk/findmnt.txt", {{"/usr/bin/findmnt", "--output=TARGET,SOURCE,FSTYPE,OPTIONS"}}},
            {"disk/du.txt",
             {.words = {"/usr/bin/du", "--one-file-system", "--block-size=1", "--max-depth=4", "/data"},
              .time_limit = std::chrono::seconds(120),
              .max_bytes = mib}},
            {"units/failed.txt", {{"/usr/bin/systemctl", "--no-pager", "--full", "list-units", "--failed"}}},
            {"units/all.txt", {{"/usr/bin/systemctl", "--no-pager", "--full", "list-units", "--all"}}},
            {"units/timers.txt", {{"/usr/bin/systemctl", "--no-pager", "--full", "list-timers", "--all"}}},
            {"units/updater.txt",
             {{"/usr/bin/systemctl", "--no-pager", "--full", "--lines=50", "status", "update-*"}}},
            {"network/addresses.txt", {{"/usr/bin/ip", "address"}}},
            {"network/routes.txt", {{"/usr/bin/ip", "route", "show", "table", "all"}}},
            {"network/sockets.txt", {{"/usr/bin/ss", "--listening", "--tcp", "--processes", "--numeric"}}},
            {"machine/pstore.txt", {{"/usr/bin/ls", "-l", "/sys/fs/pstore"}}},
            {"machine/uptime.txt", {{"/usr/bin/uptime"}}},
            {"journal/this-start.txt", journal({"--boot=0"})},
            {"journal/start-before.txt", journal({"--boot=-1"})},
            {"journal/starts.txt",
             {{"/usr/bin/journalctl", "--no-pager", "--list-boots"}, std::chrono::seconds(60)}},
            {"journal/updater.txt",
             journal({"--unit=update-agent.service", "--unit=update-*", "--unit=update-fetch@*"})}};
}

/// Paths of the appliance by their names in the bundle.
std::vector<std::pair<std::string, fs::path>> files_of(const partitions::Layout &layout) {
    return {{"updater/journal.txt", layout.journal},
            {"updater/history.json", layout.history},
            {"updater/failed-versions.json", layout.failed_versions},
            {"updater/least-version.txt", layout.least_version},
            {"updater/left-generation.txt", layout.left_generation},
            {"updater/schedule.json", layout.schedule},
            {"updater/told.json", layout.told_notices},
            {"updater/drained.json", layout.drained},
            {"updater/deadline-passed.txt", layout.deadline_passed},
            {"updater/on-trial.txt", layout.on_trial},
            {"configuration/settings.xml", layout.settings},
            {"configuration/appliance.xml", partitions::appliance_file},
            {"configuration/shared-places.txt", partitions::appliance_file.parent_path() / "shared-places"},
            {"configuration/held-units.txt", partitions::appliance_file.parent_path() / "held-units"},
            {"reports/carried-over.txt", layout.settings.parent_path() / "carried-over.txt"},
            {"reports/carried-var.txt", layout.settings.parent_path() / "carried-var.txt"},
            {"versions/os-release.txt", "/usr/lib/os-release"},
            {"boot/cmdline.txt", "/proc/cmdline"},
            {"machine/memory.txt", "/proc/meminfo"}};
}

Item item_of(const NamedCommand &named, hooks::Programs &programs) {
    return {named.name, command_line_of(named.command),
            [command = named.command, &programs] { return output_of(command, programs); }};
}

Item item_of(const std::string &name, const fs::path &path, const fs::path &root) {
    return {name, path.string(), [file = root / path.relative_path()] { return end_of_file(file, 2 * mib); }};
}

/// Both starts around it, whichever systems they were of.
Item journal_around_last_upgrade(const Appliance &appliance) {
    const auto read = [&programs = appliance.programs,
                       history = appliance.root / appliance.layout.history.relative_path()] {
        const auto span = last_upgrade_in(end_of_file(history, 4 * mib));
        if (!span)
            throw NotToBeHad("no upgrade is in " + history.string());
        Command command = journal({"--since=" + span->from, "--until=" + span->to}, "20000");
        command.max_bytes = 6 * mib;
        return output_of(command, programs);
    };
    return {"journal/last-upgrade.txt", "the systemd journal around the last upgrade or rollback", read};
}

} // namespace

std::vector<Item> contents_of(const Appliance &appliance) {
    std::vector<Item> items;
    items.push_back({"boot/environment.txt", "the boot loader's environment", appliance.boot_environment});
    for (const auto &[name, path] : files_of(appliance.layout))
        items.push_back(item_of(name, path, appliance.root));
    const fs::path logs = appliance.root / appliance.layout.logs.relative_path();
    for (const fs::path &log : newest_files(logs, ".log", max_logs))
        items.push_back(item_of("logs/" + log.filename().string(), appliance.layout.logs / log.filename(),
                                appliance.root));
    for (const NamedCommand &named : about_updater())
        items.push_back(item_of(named, appliance.programs));
    items.push_back(journal_around_last_upgrade(appliance));
    for (const NamedCommand &named : about_machine())
        items.push_back(item_of(named, appliance.programs));
    return items;
}

} // namespace updater::support
