#include "updater/control/dry_run.hpp"

#include "updater/control/check_actions.hpp"
#include "updater/control/documents.hpp"
#include "updater/control/feed_actions.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/text/duration.hpp"
#include "updater/text/local_time.hpp"
#include "updater/text/shell_word.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <variant>

namespace updater::control {

using nlohmann::json;
using std::chrono::milliseconds;

namespace {

milliseconds duration_at(const json &object, const char *name) {
    constexpr double max_seconds = 1e9;
    const auto found = object.find(name);
    const double seconds = found != object.end() && found->is_number() ? found->get<double>() : 0;
    return milliseconds(std::llround(1000 * std::clamp(seconds, 0.0, max_seconds)));
}

/// "03:10"
std::string minute_of(std::chrono::system_clock::time_point time) {
    return clock_time(text::iso_time(time));
}

std::string joined(const json &list) {
    std::string text;
    if (list.is_array())
        for (const json &each : list)
            if (each.is_string())
                text += (text.empty() ? "" : ", ") + each.get<std::string>();
    return text;
}

std::string predicted_phase_line(const json &phase) {
    std::array<char, 48> numbers{};
    std::snprintf(numbers.data(), numbers.size(), "Phase %2d %9.1f s",
                  static_cast<int>(number_at(phase, "number")),
                  std::chrono::duration<double>(duration_at(phase, "seconds")).count());
    return numbers.data() + ("  " + text_at(phase, "name")) + " (" + text_at(phase, "source") + ")\n";
}

std::string times_lines(const json &forecast, std::chrono::system_clock::time_point now) {
    const auto all = duration_at(forecast, "seconds");
    const auto waits = duration_at(forecast, "mail_waits_seconds");
    const auto until = duration_at(forecast, "seconds_until_mail_waits");
    return field("In all",
                 text::duration_text(all) + ", if it begins now until about " + minute_of(now + all)) +
           field("Mail waits", text::duration_text(waits) + ", from about " + minute_of(now + until) +
                                   " to about " + minute_of(now + until + waits));
}

std::string bytes_lines(const json &forecast) {
    const std::string plan = text_at(forecast, "plan");
    if (plan.empty())
        return field("Bytes", "not known while another job runs");
    return field("Fetches", size_at(forecast, "fetch_bytes") + " (" + plan + ")") +
           field("Writes", size_at(forecast, "write_bytes") + " of the image");
}

std::string what_a_conflict_does(const json &forecast) {
    if (!forecast.value("stops_on_conflict", json(false)).is_boolean() ||
        !forecast.value("stops_on_conflict", false))
        return "";
    const std::string known = joined(forecast.value("known_conflicts", json::array()));
    return known.empty() ? ", and each ends the job there"
                         : ", and each ends the job there, except: " + known;
}

std::string etc_line(const json &forecast) {
    return field("Files of /etc",
                 std::to_string(number_at(forecast, "changed_in_etc")) +
                     " were changed here and are carried over; conflicts are found in phase 2, "
                     "before mail stops" +
                     what_a_conflict_does(forecast));
}

std::string effects_lines(const json &forecast) {
    std::string lines = etc_line(forecast);
    const json none = json::array();
    if (const auto units = joined(forecast.value("units", none)); !units.empty())
        lines += field("Stops", units);
    if (const auto stores = joined(forecast.value("stores_converted", none)); !stores.empty())
        lines += field("Converts", stores);
    if (const auto version = text_at(forecast, "replaced_version"); !version.empty())
        lines += field("Replaces", "version " + version + " in the rescue partition");
    const json rollback = forecast.value("rollback", json::object());
    if (rollback.is_object())
        lines += field("Way back", text_at(rollback, "text"));
    return lines;
}

/// The checks document with the forecast, or the exit code if a signal arrives.
std::variant<std::string, ExitCode> look_ahead(const CommandLine &line, Client &client, Display &display) {
    // As an installation does.
    if (line.source.empty())
        if (const auto stopped = check_feed_before_choosing(client, display))
            return *stopped;
    return wait_for_checks(client, client.dry_run(line.source, install_options(line)));
}

json forecast_in(const json &checks) {
    const json forecast = checks.value("forecast", json());
    return forecast.is_object() ? forecast : json{{"problem", "the agent makes none"}};
}

} // namespace

std::string forecast_report(const json &forecast, std::chrono::system_clock::time_point now) {
    if (const std::string problem = text_at(forecast, "problem"); !problem.empty())
        return "What the installation would do is not known: " + problem + "\n";
    std::string report = field("Upgrade", text_at(forecast, "from") + " -> " + text_at(forecast, "to"));
    const json phases = forecast.value("phases", json::array());
    if (phases.is_array())
        for (const json &phase : phases)
            if (phase.is_object())
                report += predicted_phase_line(phase);
    return report + times_lines(forecast, now) + bytes_lines(forecast) + effects_lines(forecast);
}

std::string question(const json &forecast, std::chrono::system_clock::time_point now) {
    if (!text_at(forecast, "problem").empty())
        return "How long mail will wait is not known. Install? [y/N] ";
    return "Mail will wait about " + text::rough_duration_text(duration_at(forecast, "mail_waits_seconds")) +
           ", from about " + minute_of(now + duration_at(forecast, "seconds_until_mail_waits")) +
           " on. Install " + text_at(forecast, "to") + "? [y/N] ";
}

ExitCode dry_run(const CommandLine &line, Client &client, Display &display) {
    const auto looked = look_ahead(line, client, display);
    if (const auto *stopped = std::get_if<ExitCode>(&looked))
        return *stopped;
    const auto &document = std::get<std::string>(looked);
    const json checks = read_document(document);
    display.text(checks_report(checks) + "\n" +
                 forecast_report(forecast_in(checks), std::chrono::system_clock::now()));
    display.document(document);
    return exit_code_of_checks(checks);
}

std::optional<ExitCode> ask_before_installation(const CommandLine &line, Client &client, Display &display,
                                                std::istream &answers) {
    display.text("Looking at the firmware and at this appliance; nothing is changed yet.\n");
    const auto looked = look_ahead(line, client, display);
    if (const auto *stopped = std::get_if<ExitCode>(&looked))
        return *stopped;
    const json checks = read_document(std::get<std::string>(looked));
    if (exit_code_of_checks(checks) == ExitCode::refused && !line.force) {
        display.text(checks_report(checks));
        return ExitCode::refused;
    }
    const json forecast = forecast_in(checks);
    const auto now = std::chrono::system_clock::now();
    display.text(warnings_report(checks));
    if (text_at(forecast, "problem").empty())
        display.text(times_lines(forecast, now) + bytes_lines(forecast));
    display.text(question(forecast, now));
    std::string answer;
    if (std::getline(answers, answer) && (answer == "y" || answer == "Y" || answer == "yes"))
        return std::nullopt;
    // A URL may hold a password.
    const std::string named = line.source.starts_with("/") ? " " + text::shell_word(line.source) : "";
    display.text("Nothing was begun. To see all of it: update-control -n -i fw" + named + "\n");
    return ExitCode::cancelled;
}

} // namespace updater::control
