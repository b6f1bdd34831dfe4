#include "updater/schedule/maintenance_window.hpp"

#include "updater/refusal.hpp"
#include "updater/services/service_manager.hpp"
#include "updater/text/local_time.hpp"

#include <utility>

namespace updater::schedule {

using configuration::AutomaticInstall;

namespace {

constexpr const char *window_timer = "window";

std::string expression_of(const configuration::WindowSettings &settings) {
    return settings.time_zone.empty() ? settings.calendar : settings.calendar + " " + settings.time_zone;
}

} // namespace

MaintenanceWindow::MaintenanceWindow(CurrentSchedule &current, InstallationStart &start, Timing timing,
                                     const available::FirmwareChoice &choice, ScheduleMessages &messages)
    : current_(current), start_(start), timing_(std::move(timing)), choice_(choice), messages_(messages) {}

bool MaintenanceWindow::is_open() const {
    const auto window = current_.state().window;
    return window && window->opens <= timing_.now();
}

void MaintenanceWindow::use_if_open(const configuration::WindowSettings &settings) {
    if (!is_open())
        return;
    ScheduleState state = current_.state();
    const NextWindow window = *state.window;
    state.window.reset();
    const DueInstallation due{window.opens, "the maintenance window",
                              [this, window] { return next_opening(window.calendar); }};
    const bool wanted =
        settings.automatic != AutomaticInstall::nothing && window.calendar == expression_of(settings);
    const bool too_late = timing_.now() > window.opens + settings.length;
    const bool postponed = state.postponed_until && timing_.now() < *state.postponed_until;
    if (wanted && !postponed && !too_late) {
        start_.start(due, state, [&]() -> std::optional<InstallationStart::Firmware> {
            const auto firmware = next_hop(settings);
            return firmware ? std::optional(InstallationStart::Firmware{firmware->source}) : std::nullopt;
        });
        return;
    }
    if (wanted && postponed)
        messages_.say(due.what + " is not used: postponed until " + text::iso_time(*state.postponed_until));
    else if (wanted)
        messages_.announce_missed(due, ScheduleMessages::too_late);
    current_.save(state);
}

std::string MaintenanceWindow::arm(const configuration::WindowSettings &settings) {
    std::string problem;
    ScheduleState state = current_.state();
    try {
        if (settings.automatic == AutomaticInstall::nothing) {
            state.window.reset();
            timing_.calendar.disarm(window_timer);
        } else {
            const std::string expression = expression_of(settings);
            const auto opens = timing_.calendar.arm(window_timer, expression);
            const bool opened_just_now =
                state.window && state.window->calendar == expression && state.window->opens <= timing_.now();
            if (!opened_just_now)
                state.window = {expression, opens};
        }
    } catch (const Refused &refusal) {
        state.window.reset();
        problem = std::string("the window of the settings: ") + refusal.what() + ". " + refusal.next_step();
    } catch (const services::ServiceError &failure) {
        problem = failure.what();
    }
    current_.save(state);
    return problem;
}

std::optional<std::chrono::sys_seconds> MaintenanceWindow::postpone(const std::string &calendar) {
    ScheduleState state = current_.state();
    state.postponed_until = calendar == "now" ? std::nullopt : std::optional(timing_.calendar.next(calendar));
    current_.save(state);
    // What was announced may be installed at another time now.
    announced_.clear();
    return state.postponed_until;
}

void MaintenanceWindow::announce_next_hop(const configuration::WindowSettings &settings) {
    const ScheduleState state = current_.state();
    if (settings.automatic == AutomaticInstall::nothing || !state.window)
        return;
    if (state.postponed_until && state.window->opens < *state.postponed_until)
        return;
    const auto firmware = next_hop(settings);
    if (!firmware || announced_ == firmware->version.text())
        return;
    announced_ = firmware->version.text();
    messages_.announce_next_hop(announced_, state.window->opens);
}

std::optional<available::NextFirmware>
MaintenanceWindow::next_hop(const configuration::WindowSettings &settings) const {
    return choice_.next_by_itself(settings.automatic == AutomaticInstall::security);
}

std::string MaintenanceWindow::next_opening(const std::string &expression) const {
    try {
        return "The window opens next at " + text::iso_time(timing_.calendar.next(expression)) + ".";
    } catch (const Refused &) {
        return "The window does not open again.";
    } catch (const services::ServiceError &failure) {
        return std::string("When the window opens next is not known: ") + failure.what() + ".";
    }
}

} // namespace updater::schedule
