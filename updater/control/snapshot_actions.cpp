#include "updater/control/snapshot_actions.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/control/snapshot_files.hpp"
#include "updater/control/watch_pause.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace updater::control {

using nlohmann::json;

namespace {

json list_at(const json &object, const char *name) {
    json list = object.value(name, json::array());
    return list.is_array() ? list : json::array();
}

std::string in_column(std::string text, std::size_t columns) {
    text.resize(std::max(columns, text.size() + 1), ' ');
    return text;
}

std::string line_of_snapshot(const json &snapshot) {
    constexpr std::size_t name_columns = 34;
    constexpr std::size_t time_columns = 28;
    constexpr std::size_t version_columns = 12;
    const std::string problem = text_at(snapshot, "problem");
    std::string line = in_column(text_at(snapshot, "name"), name_columns);
    if (!problem.empty())
        return line + problem + "\n";
    return line + in_column(readable_time(text_at(snapshot, "made")), time_columns) +
           in_column(text_at(snapshot, "version"), version_columns) +
           in_column(size_at(snapshot, "bytes"), version_columns) + text_at(snapshot, "why") + "\n";
}

SnapshotKeys secret_of(const SnapshotWish &wish) {
    SnapshotKeys keys;
    if (wish.ask_password)
        keys.password = ask_for_password(wish.verb == "export");
    else if (!wish.password_file.empty())
        keys.password = read_secret_file(wish.password_file, "password");
    if (!wish.certificate_file.empty())
        keys.pem = read_secret_file(wish.certificate_file, "certificate");
    if (!wish.key_file.empty())
        keys.pem = read_secret_file(wish.key_file, "key");
    return keys;
}

/// What the agent made of its work with this number; null: the watching was ended.
std::optional<json> end_of(std::int64_t number, Client &client, WatchPause &pause, ExitCode &stopped_with) {
    constexpr std::chrono::milliseconds poll_interval{200};
    for (;;) {
        const json document = read_document(client.snapshots());
        const json last = document.value("last", json());
        const json working = document.value("working", json());
        if (last.is_object() && number_at(last, "number") == number)
            return last;
        const bool runs = working.is_object() && number_at(working, "number") == number;
        if (!runs)
            throw AgentUnreachable(
                "what became of the work on the snapshot isn't known, because the agent was "
                "restarted or has done something else since; see: update-control "
                "--snapshot list");
        if (const auto stopped = pause.wait(poll_interval)) {
            stopped_with = *stopped;
            return std::nullopt;
        }
    }
}

ExitCode exit_code_of_work(const json &last) {
    const std::string result = text_at(last, "result");
    if (result == "done")
        return ExitCode::done;
    return result == "refused" ? ExitCode::refused : ExitCode::failed;
}

std::string lines_of_work(const json &last) {
    const std::string next = text_at(last, "next");
    const std::string code = text_at(last, "code");
    std::string lines = text_at(last, "text") + (code.empty() ? "" : " [" + code + "]") + "\n";
    const json told = list_at(last, "lines");
    if (!told.empty())
        lines += "To look at; all that was carried over, merged or left behind is in /etc/update-control "
                 "after the "
                 "restart:\n";
    for (const json &line : told)
        if (line.is_string())
            lines += "  " + line.get<std::string>() + "\n";
    return lines + (next.empty() ? "" : next + "\n");
}

ExitCode report_end(const json &last, Display &display, const Surroundings &surroundings) {
    const ExitCode code = exit_code_of_work(last);
    if (code == ExitCode::done)
        display.text(text_at(last, "action") == "show" ? snapshot_report(last) : lines_of_work(last));
    else
        surroundings.errors << "update-control: " << lines_of_work(last);
    json document = last;
    document["format"] = 1;
    display.document(document.dump());
    return code;
}

} // namespace

std::string snapshots_report(const json &document) {
    std::string report;
    for (const json &snapshot : list_at(document, "snapshots"))
        if (snapshot.is_object())
            report += line_of_snapshot(snapshot);
    if (report.empty())
        report = "There are no snapshots of the settings. To make one: update-control --snapshot create\n";
    if (const std::string waiting = text_at(document, "restored_at_restart"); !waiting.empty())
        report += "The settings of " + waiting +
                  (document.value("restore_failed", json()) == true
                       ? " could not be put in force at the last start, and the next one tries it again; "
                         "why: journalctl -k -b -g update-control; to try it again: systemctl reboot"
                       : " take effect at the next restart: systemctl reboot") +
                  "; to keep those of now: update-control --snapshot cancel-restore\n";
    return report;
}

std::string snapshot_report(const json &last) {
    std::string report = field("Snapshot", text_at(last, "name")) +
                         field("Made", readable_time(text_at(last, "made")) + ", " + text_at(last, "why")) +
                         field("System", text_at(last, "product") + " version " + text_at(last, "version") +
                                             ", slot " + text_at(last, "slot")) +
                         field("State", text_at(last, "text"));
    for (const json &line : list_at(last, "left_out"))
        if (line.is_string())
            report += field("Not in it", line.get<std::string>());
    const json changes = list_at(last, "since");
    report += changes.empty() ? "Since then no settings have changed.\n" : "Since then:\n";
    constexpr std::size_t change_columns = 12;
    for (const json &change : changes)
        if (change.is_object())
            report +=
                "  " + in_column(text_at(change, "change"), change_columns) + text_at(change, "path") + "\n";
    return report;
}

ExitCode work_on_snapshots(const CommandLine &line, Client &client, Display &display,
                           const Surroundings &surroundings) {
    const SnapshotWish &wish = line.snapshot;
    if (wish.verb == "list") {
        const std::string document = client.snapshots();
        display.text(snapshots_report(read_document(document)));
        display.document(document);
        return ExitCode::done;
    }
    const SnapshotKeys keys = secret_of(wish);
    std::optional<ExportFile> exported;
    std::uint64_t number = 0;
    if (wish.verb == "export") {
        exported.emplace(wish.file);
        number = client.export_snapshot(wish.name, exported->number(), keys);
    } else if (wish.verb == "import") {
        number = client.import_snapshot(wish.name, open_to_import(wish.file).number(), keys);
    } else {
        number = client.snapshot(wish.verb, wish.name);
    }
    WatchPause pause;
    ExitCode stopped_with = ExitCode::failed;
    const auto last = end_of(static_cast<std::int64_t>(number), client, pause, stopped_with);
    if (!last)
        return stopped_with;
    if (exported && exit_code_of_work(*last) == ExitCode::done) {
        exported->keep(surroundings.output);
        if (exported->is_output())
            return ExitCode::done;
    }
    return report_end(*last, display, surroundings);
}

} // namespace updater::control
