#include "updater/control/feed_reports.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"

#include <sstream>

namespace updater::control {

using nlohmann::json;

namespace {

std::string entry_text(const json &entry) {
    std::string text = "version " + or_else(text_at(entry, "version"), "unknown") + ", " +
                       size_at(entry, "bytes") + ", of " + readable_time(text_at(entry, "released"));
    for (const auto &[key, words] : {std::pair{"security_only", ", security only"},
                                     {"migration", ", converts data"},
                                     {"stepping_stone", ", a step that cannot be left out"}})
        if (entry.value(key, false))
            text += words;
    return text;
}

std::string notes_lines(const std::string &notes) {
    std::string lines;
    std::istringstream stream(notes);
    for (std::string line; std::getline(stream, line);)
        lines += field("", line);
    return lines;
}

std::string failed_text(const json &failed) {
    const std::string time = readable_time(text_at(failed, "failed"));
    return "version " + text_at(failed, "version") + (time.empty() ? "" : ", " + time) + ": " +
           text_at(failed, "reason");
}

/// The file that was downloaded, if there is one.
std::string source_of(const json &failed, const json &firmware) {
    const json downloaded = firmware.value("downloaded", json::array());
    for (const json &file : downloaded)
        if (text_at(file, "version") == text_at(failed, "version"))
            return text_at(file, "path");
    return "PATH|URL";
}

} // namespace

std::string feed_report(const json &firmware) {
    const json feed = firmware.value("feed", json::object());
    const json path = firmware.value("path", json::array());
    std::string report = field("Checked", or_else(readable_time(text_at(feed, "checked")), "never"));
    if (const std::string problem = text_at(feed, "problem"); !problem.empty()) {
        report += field("Problem", problem);
        report += field("Next", text_at(feed, "next"));
    }
    if (feed.value("expired", false))
        report += field("Note", "the feed has expired at " + readable_time(text_at(feed, "expires")) +
                                    "; it may be out of date");
    const json failed = firmware.value("failed", json::array());
    if (path.empty())
        report +=
            field("Available", failed.empty() ? "nothing newer" : "nothing newer that has not failed here");
    for (const json &entry : path)
        report += field("Available", entry_text(entry)) + notes_lines(text_at(entry, "release_notes"));
    for (const json &entry : firmware.value("out_of_reach", json::array()))
        report += field("Out of reach", entry_text(entry) + "; needs " + text_at(entry, "minimum_version"));
    for (const json &each : failed)
        report +=
            field("Failed here", failed_text(each)) +
            field("", "It is not offered again. To install it all the same, name it: update-control -i fw " +
                          source_of(each, firmware));
    return report;
}

std::string hops_report(const json &firmware) {
    const json path = firmware.value("path", json::array());
    std::string report;
    for (std::size_t hop = 1; hop < path.size(); ++hop)
        report += (hop == 1 ? "After version " + text_at(path[0], "version") +
                                  " another one follows, to be installed in the same way: "
                            : std::string(", then ")) +
                  text_at(path[hop], "version");
    return report.empty() ? report : report + "\n";
}

} // namespace updater::control
