#include "updater/schedule/installation_start.hpp"

#include "updater/refusal.hpp"

#include <utility>

namespace updater::schedule {

InstallationStart::InstallationStart(CurrentSchedule &current, job::JobRequests &jobs,
                                     ScheduleMessages &messages)
    : current_(current), jobs_(jobs), messages_(messages) {}

void InstallationStart::report_lost_start() {
    const auto beginning = current_.state().beginning;
    if (!beginning)
        return;
    // If the job was recorded, it has been picked up. Otherwise it never began.
    if (!jobs_.busy())
        messages_.announce_missed(
            {*beginning, "the installation", [] { return ScheduleMessages::how_to_order_again; }},
            "the agent or the appliance went down at the moment when it was to begin; see whether it did: "
            "update-control -s");
    clear_beginning();
}

void InstallationStart::start(const DueInstallation &due, ScheduleState state, const Choose &choose) {
    state.beginning = due.moment;
    current_.save(state);
    try {
        const auto firmware = choose();
        messages_.say(due.what + (firmware ? " begins: job " +
                                                 jobs_.install(firmware->source, {.force = firmware->force})
                                           : std::string(" is open, and there is nothing to install")));
    } catch (const Refused &refusal) {
        messages_.announce_missed(due, std::string(refusal.what()) + ". " + refusal.next_step());
    } catch (const std::exception &failure) {
        messages_.announce_missed(due, failure.what());
    }
    clear_beginning();
}

void InstallationStart::clear_beginning() {
    ScheduleState state = current_.state();
    state.beginning.reset();
    current_.save(state);
}

} // namespace updater::schedule
