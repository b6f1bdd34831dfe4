#include "updater/control/check_actions.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/feed_actions.hpp"
#include "updater/control/watch_pause.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace updater::control {

using nlohmann::json;

namespace {

struct VerdictWords {
    const char *verdict; ///< in the document
    const char *shown;
    const char *one; ///< in the line with the counts
    const char *many;
};
constexpr std::array verdicts{
    VerdictWords{"pass", "PASS", "passed", "passed"}, VerdictWords{"skip", "SKIP", "skipped", "skipped"},
    VerdictWords{"notice", "NOTICE", "notice", "notices"},
    VerdictWords{"warn", "WARN", "warning", "warnings"}, VerdictWords{"fail", "FAIL", "failed", "failed"}};
constexpr std::size_t warn = 3;
constexpr std::size_t fail = 4;

/// An agent of another release may know other verdicts: they count as failed, because they may mean that.
std::size_t index_of(const json &result) {
    const std::string verdict = text_at(result, "verdict");
    const auto found = std::ranges::find(verdicts, verdict, &VerdictWords::verdict);
    return found == verdicts.end() ? fail : static_cast<std::size_t>(found - verdicts.begin());
}

json results_of(const json &checks) {
    const json results = checks.value("results", json::array());
    return results.is_array() ? results : json::array();
}

std::string padded(std::string text, std::size_t columns) {
    text.resize(std::max(columns, text.size() + 1), ' ');
    return text;
}

std::size_t worst_of(const json &checks) {
    std::size_t worst = 0;
    for (const json &result : results_of(checks))
        worst = std::max(worst, index_of(result));
    return worst;
}

/// Of what is worth looking up.
std::string code_after(const json &result) {
    const std::string code = text_at(result, "code");
    return code.empty() || index_of(result) < warn ? "" : " [" + code + "]";
}

std::string line_of(const json &result) {
    constexpr std::size_t verdict_columns = 8;
    constexpr std::size_t check_columns = 18;
    std::string lines = padded(verdicts.at(index_of(result)).shown, verdict_columns) +
                        padded(text_at(result, "check"), check_columns) + text_at(result, "text") +
                        code_after(result) + "\n";
    if (const std::string advice = text_at(result, "advice"); !advice.empty())
        lines += padded("", verdict_columns) + "-> " + advice + "\n";
    return lines;
}

std::string counts_line(const json &checks) {
    std::array<int, verdicts.size()> counts{};
    for (const json &result : results_of(checks))
        ++counts.at(index_of(result));
    std::string line;
    for (std::size_t index = 0; index < verdicts.size(); ++index)
        line += (line.empty() ? "" : ", ") + std::to_string(counts.at(index)) + " " +
                (counts.at(index) == 1 ? verdicts.at(index).one : verdicts.at(index).many);
    return line + "\n";
}

} // namespace

std::string checks_report(const json &checks) {
    std::string report;
    for (const json &result : results_of(checks))
        report += line_of(result);
    return report + counts_line(checks) +
           (worst_of(checks) == fail ? "The installation would be refused. Nothing was changed.\n"
                                     : "The installation can begin. Nothing was changed.\n");
}

ExitCode exit_code_of_checks(const json &checks) {
    const std::size_t worst = worst_of(checks);
    if (worst == fail)
        return ExitCode::refused;
    return worst == warn ? ExitCode::warned : ExitCode::done;
}

ExitCode check_firmware(const CommandLine &line, Client &client, Display &display) {
    // As an installation does.
    if (line.source.empty())
        if (const auto stopped = check_feed_before_choosing(client, display))
            return *stopped;
    const auto checked = wait_for_checks(client, client.check_firmware(line.source));
    if (const auto *stopped = std::get_if<ExitCode>(&checked))
        return *stopped;
    const auto &document = std::get<std::string>(checked);
    const json checks = read_document(document);
    display.text(checks_report(checks));
    display.document(document);
    return exit_code_of_checks(checks);
}

std::string warnings_report(const json &checks) {
    std::string report;
    for (const json &result : results_of(checks))
        if (index_of(result) >= warn)
            report += line_of(result);
    return report;
}

std::variant<std::string, ExitCode> wait_for_checks(Client &client, std::uint64_t number) {
    constexpr std::chrono::milliseconds poll_interval{500};
    WatchPause pause;
    for (;;) {
        const std::string document = client.checks();
        const json checks = read_document(document);
        if (text_at(checks, "began").empty())
            throw AgentUnreachable("the agent was restarted while it checked the firmware; nothing was "
                                   "changed. Check again with: update-control --check fw");
        // Somebody else's results would answer another question.
        if (static_cast<std::uint64_t>(number_at(checks, "number")) != number)
            throw AgentUnreachable("another check of firmware began before this one was shown; nothing was "
                                   "changed. Check again with: update-control --check fw");
        if (!checks.value("checking", false))
            return document;
        if (const auto stopped = pause.wait(poll_interval))
            return *stopped;
    }
}

} // namespace updater::control
