#include "updater/control/feed_actions.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/feed_reports.hpp"
#include "updater/control/watch_pause.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

namespace updater::control {

using nlohmann::json;

namespace {

json feed_in(const std::string &firmware) {
    const json document = read_document(firmware);
    return document.contains("feed") && document["feed"].is_object() ? document["feed"] : json::object();
}

/// Has the agent check the feed and waits for the end of the check. Returns the firmware document, or the
/// exit code if a signal arrives.
std::variant<std::string, ExitCode> check_feed(Client &client, bool about_to_install) {
    constexpr std::chrono::milliseconds poll_interval{500};
    client.check(about_to_install);
    WatchPause pause;
    std::string document = client.firmware();
    while (feed_in(document).value("checking", false)) {
        if (const auto stopped = pause.wait(poll_interval))
            return *stopped;
        document = client.firmware();
    }
    return document;
}

} // namespace

ExitCode refresh(const CommandLine &line, Client &client, Display &display) {
    if (!line.wait) {
        client.check(false);
        display.text("The feed is being checked; to see what it offers: update-control -l\n");
        return ExitCode::done;
    }
    const auto checked = check_feed(client, false);
    if (const auto *stopped = std::get_if<ExitCode>(&checked))
        return *stopped;
    const auto &document = std::get<std::string>(checked);
    display.text(feed_report(read_document(document)));
    display.document(document);
    return text_at(feed_in(document), "problem").empty() ? ExitCode::done : ExitCode::failed;
}

std::optional<ExitCode> check_feed_before_choosing(Client &client, Display &display) {
    std::string document = client.firmware();
    if (feed_in(document).empty())
        return std::nullopt;
    const auto checked = check_feed(client, true);
    if (const auto *stopped = std::get_if<ExitCode>(&checked))
        return *stopped;
    document = std::get<std::string>(checked);
    if (const std::string problem = text_at(feed_in(document), "problem"); !problem.empty())
        display.text("The feed could not be renewed: " + problem + "\n");
    display.text(hops_report(read_document(document)));
    return std::nullopt;
}

} // namespace updater::control
