// What can be asked of the schedule, and what it shows.
#include "updater/download/curl_failure.hpp"
#include "updater/refusal.hpp"
#include "updater/schedule/schedule.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/utc_time.hpp"

#include <utility>

namespace updater::schedule {

using nlohmann::json;
using std::chrono::sys_seconds;

namespace {

json time_document(const std::optional<sys_seconds> &time) {
    return time ? json(text::iso_time(*time)) : json(nullptr);
}

/// Everybody may see it; what the URL needs of a password is kept for the job alone.
std::string source_to_show(const std::string &source) {
    return source.starts_with("/") ? source : source.empty() ? "" : download::url_to_show(source);
}

json document_of(const ScheduledOrder &order) {
    return {{"due", text::iso_time(order.due)},
            {"due_utc", text::utc_text(order.due)},
            {"calendar", order.calendar},
            {"source", source_to_show(order.source)},
            {"force", order.force}};
}

json document_of(const NextWindow &window, const configuration::WindowSettings &settings) {
    return {
        {"opens", text::iso_time(window.opens)},
        {"opens_utc", text::utc_text(window.opens)},
        {"minutes", settings.length.count()},
        {"installs", settings.automatic == configuration::AutomaticInstall::security ? "security" : "all"}};
}

} // namespace

json Schedule::order(const std::string &source, bool force, const std::string &calendar) {
    const std::lock_guard lock(mutex_);
    if (!source.empty() && !source.starts_with("/") && !source.starts_with("https://"))
        throw Refused("'" + source + "' is neither an absolute path nor an https URL",
                      "Give the whole path of the firmware file, beginning with '/'.");
    const auto replaced = state_.order;
    ScheduleState state = state_;
    state.order = {calendar, source, force, calendar_.next(calendar)};
    save(state);
    if (const std::string problem = wake_for_order(); !problem.empty())
        note_problem(problem);
    announcements_.install_scheduled("", state.order->due, "update-control --cancel-scheduled");
    json document = document_of(*state.order);
    document["replaced"] = time_document(replaced ? std::optional(replaced->due) : std::nullopt);
    return document;
}

void Schedule::cancel_order() {
    const std::lock_guard lock(mutex_);
    if (!state_.order)
        throw job::NotPossible("no installation is scheduled, so there is nothing to take back");
    ScheduleState state = state_;
    state.order.reset();
    save(state);
    if (const std::string problem = wake_for_order(); !problem.empty())
        note_problem(problem);
    console_ << "the ordered installation was taken back" << std::endl;
}

json Schedule::postpone(const std::string &calendar) {
    const std::lock_guard lock(mutex_);
    ScheduleState state = state_;
    state.postponed_until = calendar == "now" ? std::nullopt : std::optional(calendar_.next(calendar));
    save(state);
    // What was announced may come later now.
    announced_.clear();
    return time_document(state_.postponed_until);
}

void Schedule::announce_next_hop() {
    const std::lock_guard lock(mutex_);
    const configuration::WindowSettings settings = settings_.read().settings.window;
    const bool postponed =
        state_.window && state_.postponed_until && state_.window->opens < *state_.postponed_until;
    if (settings.automatic == configuration::AutomaticInstall::nothing || !state_.window || postponed)
        return;
    const auto firmware =
        choice_.next_by_itself(settings.automatic == configuration::AutomaticInstall::security);
    if (!firmware || announced_ == firmware->version.text())
        return;
    announced_ = firmware->version.text();
    announcements_.install_scheduled(announced_, state_.window->opens,
                                     "update-control --postpone-until \"2026-12-24 22:30\"");
}

json Schedule::document() const {
    const auto [settings, problem] = settings_.read();
    const Shown shown = [this] {
        const std::lock_guard lock(shown_mutex_);
        return shown_;
    }();
    const ScheduleState &state = shown.state;
    const bool postponed = state.postponed_until && now() < *state.postponed_until;
    return {{"scheduled", state.order ? document_of(*state.order) : json(nullptr)},
            {"next_window", state.window ? document_of(*state.window, settings.window) : json(nullptr)},
            {"postponed_until", time_document(postponed ? state.postponed_until : std::nullopt)},
            {"settings_problem", text::clean_text(problem.empty() ? shown.problem : problem)}};
}

} // namespace updater::schedule
