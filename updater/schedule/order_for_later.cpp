#include "updater/schedule/order_for_later.hpp"

#include "updater/refusal.hpp"
#include "updater/services/service_manager.hpp"

#include <utility>

namespace updater::schedule {

namespace {

constexpr const char *order_timer = "order";

} // namespace

OrderForLater::OrderForLater(CurrentSchedule &current, InstallationStart &start, Timing timing,
                             ScheduleMessages &messages)
    : current_(current), start_(start), timing_(std::move(timing)), messages_(messages) {}

OrderForLater::Placed OrderForLater::place(const std::string &source, bool force,
                                           const std::string &calendar) {
    if (!source.empty() && !source.starts_with("/") && !source.starts_with("https://"))
        throw Refused("'" + source + "' is neither an absolute path nor an https URL",
                      "Give the whole path of the firmware file, beginning with '/'.",
                      messages::Code::no_such_firmware);
    ScheduleState state = current_.state();
    const auto earlier = state.order;
    const ScheduledOrder order{calendar, source, force, timing_.calendar.next(calendar)};
    state.order = order;
    current_.save(state);
    arm_and_say_problem();
    messages_.announce_order(order.due);
    return {order, earlier ? std::optional(earlier->due) : std::nullopt};
}

void OrderForLater::cancel() {
    ScheduleState state = current_.state();
    if (!state.order)
        throw job::NotPossible("no installation is scheduled, so there is nothing to cancel");
    state.order.reset();
    current_.save(state);
    arm_and_say_problem();
    messages_.say("the ordered installation was cancelled");
}

bool OrderForLater::is_due() const {
    const auto order = current_.state().order;
    return order && order->due <= timing_.now();
}

void OrderForLater::start_if_due() {
    if (!is_due())
        return;
    ScheduleState state = current_.state();
    const ScheduledOrder order = *state.order;
    state.order.reset();
    const DueInstallation due{order.due, "the ordered installation",
                              [] { return ScheduleMessages::how_to_order_again; }};
    if (timing_.now() > order.due + max_delay) {
        messages_.announce_missed(due, ScheduleMessages::too_late);
        current_.save(state);
        return;
    }
    start_.start(due, state, [&] { return InstallationStart::Firmware{order.source, order.force}; });
}

std::string OrderForLater::arm() {
    try {
        if (const auto order = current_.state().order)
            timing_.calendar.arm(order_timer, "@" + std::to_string(order->due.time_since_epoch().count()));
        else
            timing_.calendar.disarm(order_timer);
    } catch (const Refused &) { // NOLINT(bugprone-empty-catch)
        // It has just become due, so the time is past: Schedule::start_what_is_due() sees that.
    } catch (const services::ServiceError &failure) {
        return failure.what();
    }
    return {};
}

void OrderForLater::arm_and_say_problem() {
    if (const std::string problem = arm(); !problem.empty())
        current_.set_problem(problem);
}

} // namespace updater::schedule
