// What happens when a moment comes. What can be asked for and shown is in schedule_requests.cpp.
#include "updater/schedule/schedule.hpp"

#include "updater/refusal.hpp"
#include "updater/services/service_manager.hpp"
#include "updater/text/clean_text.hpp"

#include <utility>

namespace updater::schedule {

using std::chrono::sys_seconds;

namespace {

constexpr const char *order_timer = "order";
constexpr const char *window_timer = "window";
constexpr const char *nobody_there =
    "nothing could begin in time: the appliance was off, the agent did not run, or the vendor's list of "
    "firmware took too long";

std::string expression_of(const configuration::WindowSettings &settings) {
    return settings.time_zone.empty() ? settings.calendar : settings.calendar + " " + settings.time_zone;
}

} // namespace

Schedule::Schedule(ScheduleFile file, services::Calendar &calendar,
                   const configuration::SettingsFile &settings, const available::FirmwareChoice &choice,
                   job::JobRequests &jobs, notices::Announcements &announcements, std::ostream &console,
                   text::Clock clock)
    : file_(std::move(file)), calendar_(calendar), settings_(settings), choice_(choice), jobs_(jobs),
      announcements_(announcements), console_(console), clock_(std::move(clock)) {}

void Schedule::begin() {
    const std::lock_guard lock(mutex_);
    try {
        state_ = file_.read();
        show();
    } catch (const ScheduleDamaged &damage) {
        console_ << damage.what() << "; see what is scheduled now: update-control -s" << std::endl;
    }
    if (!state_.beginning)
        return;
    // A job that is on record has been picked up. Without one it never began.
    if (!jobs_.busy())
        missed({*state_.beginning, "the installation", ""},
               "the agent or the appliance went down at the moment when it was to begin; see whether it did: "
               "update-control -s");
    ScheduleState state = state_;
    state.beginning.reset();
    save(state);
}

bool Schedule::is_due() const {
    return (state_.order && state_.order->due <= now()) || (state_.window && state_.window->opens <= now());
}

bool Schedule::wants_feed() const {
    const std::lock_guard lock(mutex_);
    return is_due();
}

void Schedule::open() {
    const std::lock_guard lock(mutex_);
    auto [settings, problem] = settings_.read();
    // What becomes due while the calendar is asked must not wait for a timer that was just replaced.
    do {
        open_for_order();
        open_window(settings.window);
        for (const std::string &trouble : {wake_for_order(), wake_for_window(settings.window)})
            if (problem.empty())
                problem = trouble;
    } while (is_due());
    note_problem(problem);
}

void Schedule::open_for_order() {
    if (!state_.order || now() < state_.order->due)
        return;
    const ScheduledOrder order = *state_.order;
    const Due due{order.due, "the ordered installation", ""};
    const bool too_late = now() > order.due + patience_with_orders;
    if (too_late)
        missed(due, nobody_there);
    ScheduleState state = state_;
    state.order.reset();
    if (!too_late)
        state.beginning = order.due;
    save(state);
    if (!too_late)
        use(due, [&] { return "begins: job " + jobs_.install(order.source, order.force); });
}

void Schedule::open_window(const configuration::WindowSettings &settings) {
    if (!state_.window || now() < state_.window->opens)
        return;
    const NextWindow window = *state_.window;
    const Due due{window.opens, "the maintenance window", window.calendar};
    const bool wanted = settings.automatic != configuration::AutomaticInstall::nothing &&
                        window.calendar == expression_of(settings);
    const bool too_late = now() > window.opens + settings.length;
    const bool postponed = state_.postponed_until && now() < *state_.postponed_until;
    const bool used = wanted && !too_late && !postponed;
    if (wanted && postponed)
        console_ << due.what << " is not used: postponed until " << text::iso_time(*state_.postponed_until)
                 << std::endl;
    else if (wanted && too_late)
        missed(due, nobody_there);
    ScheduleState state = state_;
    state.window.reset();
    if (used)
        state.beginning = window.opens;
    save(state);
    if (used)
        use(due, [&] { return install_next_hop(settings); });
}

std::string Schedule::install_next_hop(const configuration::WindowSettings &settings) {
    const auto firmware =
        choice_.next_by_itself(settings.automatic == configuration::AutomaticInstall::security);
    return firmware ? "begins: job " + jobs_.install(firmware->source, false)
                    : "is open, and there is nothing to install";
}

void Schedule::use(const Due &due, const std::function<std::string()> &begin) {
    try {
        console_ << due.what << " " << begin() << std::endl;
    } catch (const Refused &refusal) {
        missed(due, std::string(refusal.what()) + ". " + refusal.next_step());
    } catch (const std::exception &failure) {
        // Nobody waits for an answer, so people are told in the same way as when nobody was there.
        missed(due, failure.what());
    }
    ScheduleState state = state_;
    state.beginning.reset();
    save(state);
}

void Schedule::missed(const Due &due, const std::string &why) {
    announcements_.window_missed(due.what, due.moment, why,
                                 due.calendar.empty()
                                     ? "To order it anew: update-control --at \"Sun 03:00\" -i fw"
                                     : next_opening(due.calendar));
}

std::string Schedule::next_opening(const std::string &expression) {
    try {
        return "The window opens next at " + text::iso_time(calendar_.next(expression)) + ".";
    } catch (const Refused &) {
        return "The window does not open again.";
    } catch (const services::ServiceError &failure) {
        return std::string("When the window opens next is not known: ") + failure.what() + ".";
    }
}

std::string Schedule::wake_for_order() {
    try {
        if (state_.order)
            calendar_.arm(order_timer, "@" + std::to_string(state_.order->due.time_since_epoch().count()));
        else
            calendar_.disarm(order_timer);
    } catch (const Refused &) { // NOLINT(bugprone-empty-catch)
        // It has become due a moment ago, which open() sees.
    } catch (const services::ServiceError &failure) {
        return failure.what();
    }
    return {};
}

std::string Schedule::wake_for_window(const configuration::WindowSettings &settings) {
    std::string problem;
    ScheduleState state = state_;
    try {
        if (settings.automatic == configuration::AutomaticInstall::nothing) {
            state.window.reset();
            calendar_.disarm(window_timer);
        } else {
            const std::string expression = expression_of(settings);
            const sys_seconds opens = calendar_.arm(window_timer, expression);
            const bool opened_just_now =
                state.window && state.window->calendar == expression && state.window->opens <= now();
            if (!opened_just_now)
                state.window = {expression, opens};
        }
    } catch (const Refused &refusal) {
        state.window.reset();
        problem = std::string("the window of the settings: ") + refusal.what() + ". " + refusal.next_step();
    } catch (const services::ServiceError &failure) {
        problem = failure.what();
    }
    save(state);
    return problem;
}

void Schedule::note_problem(const std::string &problem) {
    if (!problem.empty() && problem != problem_)
        console_ << text::clean_text(problem) << std::endl;
    problem_ = problem;
    show();
}

void Schedule::save(const ScheduleState &state) {
    if (state == state_)
        return;
    file_.write(state);
    state_ = state;
    show();
}

void Schedule::show() {
    const std::lock_guard lock(shown_mutex_);
    shown_ = {state_, problem_};
}

sys_seconds Schedule::now() const {
    return std::chrono::floor<std::chrono::seconds>(clock_());
}

} // namespace updater::schedule
