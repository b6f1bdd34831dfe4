#include "updater/wizard/summary_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/node_reports.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/text/duration.hpp"
#include "updater/wizard/text_lines.hpp"

#include <chrono>

namespace updater::wizard {

using control::field;
using control::or_else;
using control::text_at;
using nlohmann::json;

namespace {

std::string rate_text(const std::string &rate) {
    return rate == "0" ? "no limit for phase 2" : rate + " MiB per second in phase 2";
}

std::string expected_time(const json &forecast, const char *seconds) {
    return text::rough_duration_text(std::chrono::seconds(control::number_at(forecast, seconds)));
}

/// What the agent expects; "" if it does not say.
std::string forecast_text(const json &checks) {
    const json forecast = checks.value("forecast", json(nullptr));
    if (!forecast.is_object() || control::number_at(forecast, "seconds") == 0)
        return {};
    std::string report = field("Expected time", expected_time(forecast, "seconds"));
    report += field("Mail waits for", expected_time(forecast, "mail_waits_seconds"));
    if (const std::string plan = text_at(forecast, "plan"); !plan.empty())
        report += field("Fetches", plan);
    if (const std::string replaced = text_at(forecast, "replaced_version"); !replaced.empty())
        report += field("Removes", "version " + replaced + " from the rescue partition");
    if (const json rollback = forecast.value("rollback", json(nullptr)); rollback.is_object())
        report += field("Way back", text_at(rollback, "text"));
    return report;
}

} // namespace

SummaryPage::SummaryPage(control::Client &client, const Wishes &wishes, const Found &found, Begun &begun)
    : client_(client), wishes_(wishes), found_(found), begun_(begun) {}

void SummaryPage::enter() {
    state_ = control::read_document(client_.state());
}

/// The moment in UTC, as systemd.time(7) writes it: the appliance's zone may change its offset until then.
std::string SummaryPage::calendar() const {
    if (wishes_.when != "window")
        return wishes_.when;
    const std::string utc =
        control::readable_time(text_at(state_.value("next_window", json::object()), "opens_utc"));
    return utc.ends_with('Z') ? utc.substr(0, utc.size() - 1) + "UTC" : utc;
}

Screen SummaryPage::screen(const Size &size) const {
    constexpr std::size_t value_column = 16;
    Screen screen{.title = "Summary", .next = is_for_now() ? "Begin" : "Schedule"};
    std::string report = field("Install", "version " + or_else(text_at(found_.checks, "version"), "unknown"));
    report += field("Replaces", "version " + or_else(text_at(state_, "running_version"), "unknown"));
    report += field("From", or_else(wishes_.source, "what the appliance chooses"));
    report += field("When", is_for_now() ? "now" : calendar());
    report += field("Rate", rate_text(wishes_.rate));
    report += forecast_text(found_.checks);
    append_text(
        screen.lines,
        report +
            "\nThe appliance installs it beside the running system while mail flows, then stops mail, "
            "restarts, and accepts mail again when the new version has proved itself. If it does not, the "
            "present version comes back by itself.\n",
        size.columns, value_column);
    if (const std::string drained = control::drained_over_installation(state_); !drained.empty())
        append_text(screen.lines, "\n" + drained, size.columns);
    if (const std::string notes = text_at(found_.checks, "release_notes"); !notes.empty())
        append_text(screen.lines, "\nWhat the vendor says of it:\n" + notes, size.columns);
    return screen;
}

std::string SummaryPage::leave(const Answer & /*answer*/) {
    const auto before = std::to_string(control::number_at(state_, "install_mib_per_second"));
    if (wishes_.rate != before)
        client_.set_install_rate(std::stoull(wishes_.rate));
    if (!is_for_now()) {
        begun_.order = control::read_document(client_.schedule(wishes_.source, false, calendar()));
        return {};
    }
    // Read before the job begins, so that the end of an earlier one is not taken for its own.
    begun_.last_before = control::read_document(client_.state()).value("last", json(nullptr));
    begun_.job = client_.install(wishes_.source, {});
    return {};
}

} // namespace updater::wizard
