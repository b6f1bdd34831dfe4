#include "updater/phases/trial_settings.hpp"

#include "partitions/durable.hpp"

#include <chrono>

namespace updater::phases {

namespace {

constexpr auto deadline_timer = "update-control-deadline.timer";
constexpr std::chrono::seconds time_to_stop_timer{10};

} // namespace

void TrialSettings::unpin_addresses(const partitions::Generation &generation, job::PhaseRun &run) {
    partitions::remove_tree(storage_, generation.pin());
    network_.unpin();
    run.log(job::Severity::info, "the addresses are no longer pinned");
}

void TrialSettings::drop_from_service_manager() {
    // Without the mark of a trial the generator makes no settings, such as the one that restarts the machine
    // when the agent fails.
    services_.reload();
    services_.stop(deadline_timer, time_to_stop_timer);
}

} // namespace updater::phases
