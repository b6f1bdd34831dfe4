#include "updater/schedule/schedule_document.hpp"

#include "updater/download/shown_url.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/local_time.hpp"
#include "updater/text/utc_time.hpp"

namespace updater::schedule {

using nlohmann::json;

namespace {

/// Everybody may see it, so a URL is shown without its password.
std::string source_to_show(const std::string &source) {
    return source.empty() || source.starts_with("/") ? source : download::url_to_show(source);
}

json window_document(const NextWindow &window, const configuration::WindowSettings &settings) {
    return {
        {"opens", text::iso_time(window.opens)},
        {"opens_utc", text::utc_text(window.opens)},
        {"minutes", settings.length.count()},
        {"installs", settings.automatic == configuration::AutomaticInstall::security ? "security" : "all"}};
}

} // namespace

json time_document(const std::optional<std::chrono::sys_seconds> &time) {
    return time ? json(text::iso_time(*time)) : json(nullptr);
}

json order_document(const ScheduledOrder &order) {
    return {{"due", text::iso_time(order.due)},
            {"due_utc", text::utc_text(order.due)},
            {"calendar", order.calendar},
            {"source", source_to_show(order.source)},
            {"force", order.force}};
}

json schedule_document(const ScheduleState &state, const configuration::WindowSettings &settings,
                       const std::string &problem, std::chrono::sys_seconds now) {
    const bool postponed = state.postponed_until && now < *state.postponed_until;
    return {{"scheduled", state.order ? order_document(*state.order) : json(nullptr)},
            {"next_window", state.window ? window_document(*state.window, settings) : json(nullptr)},
            {"postponed_until", time_document(postponed ? state.postponed_until : std::nullopt)},
            {"settings_problem", text::clean_text(problem)}};
}

} // namespace updater::schedule
