#include "updater/job/restart_traces.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace updater::job {

namespace {

constexpr std::size_t max_last_words_bytes = 128 * 1024;
constexpr std::size_t max_last_words_files = 1000;

/// Since the machine's clock may have been wrong when the kernel panicked.
constexpr std::chrono::seconds clock_tolerance{5};

std::string beginning_of(const std::filesystem::path &file, std::size_t max_bytes) {
    std::ifstream stream(file, std::ios::binary);
    std::string text(max_bytes, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(max_bytes));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
    return text;
}

/// "<0>[  12.3] Kernel panic - not syncing: …" without what stands before the words. Empty: no panic.
std::string panic_line(const std::string &text) {
    for (const char *words : {"Kernel panic", "BUG:", "Oops:"}) {
        const auto begin = text.find(words);
        if (begin != std::string::npos)
            return text.substr(begin, std::min(text.find('\n', begin) - begin, max_boot_line_bytes));
    }
    return {};
}

bool is_newer(const std::filesystem::directory_entry &file, std::chrono::system_clock::time_point since) {
    std::error_code error;
    const auto written = file.last_write_time(error);
    return !error && std::chrono::file_clock::to_sys(written) + clock_tolerance >= since;
}

/// "Reboot requested from client PID 812 …": systemd says the same of what restarts only itself, as "Reload".
bool client_asked_for_the_end(const std::string &text) {
    constexpr std::string_view ends[] = {"Reboot", "Power off", "Poweroff",    "Power-off",  "Halt",
                                         "Kexec",  "kexec",     "Soft reboot", "Soft-reboot"};
    return std::ranges::any_of(ends, [&text](std::string_view verb) {
        return text.starts_with(verb) &&
               std::string_view(text).substr(verb.size()).starts_with(" requested from client PID");
    });
}

/// Who asked for the restart, if a line of the journal tells it.
bool names_who_asked(const BootLine &line) {
    const auto has = [&line](const char *words) { return line.text.find(words) != std::string::npos; };
    if (line.program == "systemd-logind")
        return has("will reboot") || has("is rebooting") || has("will power off") ||
               has("is powering down") || has("Power key pressed");
    // systemctl looks for a logind first, also where there is none. The user is what the bus itself knows.
    if (line.program == "dbus-daemon")
        return has("'org.freedesktop.login1'") && has("(uid=0 ") &&
               (has("systemctl reboot") || has("systemctl poweroff") || has("comm=\"reboot") ||
                has("comm=\"poweroff") || has("comm=\"shutdown"));
    // A failed unit on trial, Ctrl-Alt-Del, or since systemd 254 the client of a call.
    return line.program == "systemd" &&
           (has("ebooting: ") || client_asked_for_the_end(line.text) || has("Ctrl-Alt-Del"));
}

/// Only in the journal of a machine that went down in order.
bool is_orderly_end(const BootLine &line) {
    return (line.program == "systemd-journald" && line.text == "Journal stopped") ||
           (line.program == "systemd" && (line.text.starts_with("Reached target reboot.target") ||
                                          line.text.starts_with("Reached target poweroff.target") ||
                                          line.text.starts_with("Shutting down")));
}

/// Whether the machine had begun to go down when the job asked for its restart.
bool went_down_before_the_job_asked(const BootJournal &journal) {
    const auto job_asks = std::ranges::find_if(journal.lines, [](const BootLine &line) {
        return line.program == "update-agent" && line.text.find("restarting into it") != std::string::npos;
    });
    return std::any_of(job_asks, journal.lines.end(), [](const BootLine &line) {
        return line.program == "systemd" && line.text.starts_with("Stopped target ");
    });
}

std::optional<std::string> who_asked(const BootJournal &journal, bool job_asked_too) {
    const auto asked = std::ranges::find_if(journal.lines, names_who_asked);
    if (asked != journal.lines.end())
        return asked->program + ": " + asked->text;
    if (job_asked_too ? went_down_before_the_job_asked(journal)
                      : std::ranges::any_of(journal.lines, is_orderly_end))
        return "all services were stopped in order; the journal does not say who asked";
    return std::nullopt;
}

std::string panic_in(const BootJournal &journal) {
    for (const BootLine &line : journal.lines)
        if (line.program == "kernel")
            if (auto found = panic_line(line.text); !found.empty())
                return found;
    return {};
}

} // namespace

RestartTraces::RestartTraces(TracePlaces places, ReadBootJournal journal)
    : places_(std::move(places)), journal_(std::move(journal)) {}

RestartCause RestartTraces::of(const UnexplainedRestart &restart) {
    const auto journal = journal_unless_own(restart);
    const bool agent_was_told = !restart.told_to_end.empty();
    const auto because = [&journal](RestartKind kind, std::string found) {
        return RestartCause{kind, std::move(found), journal.boot_id};
    };
    if (auto words = panic_since(restart.since))
        return because(RestartKind::panic, *std::move(words));
    // A kernel that says BUG may go on for days: a machine that went down in order did not panic.
    if (auto line = who_asked(journal, agent_was_told))
        return because(RestartKind::asked_for, *std::move(line));
    if (auto words = panic_in(journal); !words.empty())
        return because(RestartKind::panic, std::move(words));
    if (auto status = watchdog_reset())
        return because(RestartKind::watchdog, *std::move(status));
    return because(agent_was_told ? RestartKind::not_named : RestartKind::no_trace, "");
}

BootJournal RestartTraces::journal_unless_own(const UnexplainedRestart &restart) const {
    try {
        const auto without_dashes = [](std::string boot_id) {
            std::erase(boot_id, '-');
            return boot_id;
        };
        auto journal = journal_(without_dashes(restart.told_to_end));
        // The start that was to be followed by another one left nothing: it ended before its journal began.
        return journal.boot_id == without_dashes(restart.own_restart) ? BootJournal{} : journal;
    } catch (const std::exception &) {
        return {};
    }
}

std::optional<std::string> RestartTraces::panic_since(std::chrono::system_clock::time_point since) const {
    // A kernel that has much to say leaves several files, and only one of them names the panic.
    std::optional<std::string> unnamed;
    std::size_t looked_at = 0;
    for (const auto &folder : places_.last_words) {
        std::error_code error;
        for (std::filesystem::recursive_directory_iterator files(folder, error), end; !error && files != end;
             files.increment(error)) {
            if (++looked_at > max_last_words_files)
                return unnamed;
            if (!files->path().filename().string().starts_with("dmesg") || !is_newer(*files, since))
                continue;
            const auto line = panic_line(beginning_of(files->path(), max_last_words_bytes));
            const auto place = "in " + files->path().string();
            if (!line.empty())
                return line + ", " + place;
            if (!unnamed)
                unnamed = place;
        }
    }
    return unnamed;
}

std::optional<std::string> RestartTraces::watchdog_reset() const {
    // Of linux/watchdog.h: the card did the last reset of the machine.
    constexpr unsigned card_reset = 0x20;
    const std::string text = beginning_of(places_.watchdog_status, 32);
    const bool hexadecimal = text.starts_with("0x");
    unsigned status = 0;
    std::from_chars(text.data() + (hexadecimal ? 2 : 0), text.data() + text.size(), status,
                    hexadecimal ? 16 : 10);
    if ((status & card_reset) == 0)
        return watchdog_reset_seen_by_boot_loader();
    return "bootstatus " + text.substr(0, text.find('\n')) + " in " + places_.watchdog_status.string();
}

std::optional<std::string> RestartTraces::watchdog_reset_seen_by_boot_loader() const {
    constexpr std::size_t max_command_line_bytes = 64 * 1024;
    std::istringstream words(beginning_of(places_.kernel_command_line, max_command_line_bytes));
    for (std::string word; words >> word;)
        if (word.starts_with("update_control.reset_by="))
            return word + " in " + places_.kernel_command_line.string();
    return std::nullopt;
}

} // namespace updater::job
