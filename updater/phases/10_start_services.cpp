// Phase 10, restart all services.
#include "updater/phases/10_start_services.hpp"

#include "updater/cancelled.hpp"

#include <stdexcept>

namespace updater::phases {

namespace {

constexpr int started_percent = 50;

} // namespace

StartServicesPhase::StartServicesPhase(partitions::BootSelection &boot,
                                       const partitions::Generations &generations, TrialMarks &marks,
                                       TrialMail &mail, ServiceStart &services, health::HealthGate &health,
                                       Finishing &finishing)
    : boot_(boot), generations_(generations), marks_(marks), mail_(mail), services_(services),
      health_(health), finishing_(finishing) {}

job::PhaseEnd StartServicesPhase::run(job::PhaseRun &run) {
    const bool on_trial = marks_.is_on_trial();
    if (!is_committed(run.facts, on_trial)) {
        prove(run);
        if (run.stop.stop_requested())
            throw Cancelled();
        boot_.commit(run.facts.new_slot);
        run.log(job::Severity::info, "committed: " + run.facts.to_version + " is the system from now on");
    } else if (on_trial) {
        // Again: a commit that failed may be readable and yet not be on the disk.
        boot_.commit(run.facts.new_slot);
    }
    finishing_.run(run);
    return job::PhaseEnd::done;
}

bool StartServicesPhase::is_committed(const job::JobFacts &facts, bool on_trial) {
    try {
        return boot_.default_slot() == facts.new_slot;
    } catch (const std::exception &) {
        // A system that the boot loader started without a try is the default one. Then a boot partition that
        // cannot be read must not keep the mail out.
        if (on_trial)
            throw;
        return true;
    }
}

void StartServicesPhase::prove(job::PhaseRun &run) {
    // Before the first service starts.
    mail_.hold_back(generations_.at(run.facts.new_generation));
    marks_.release_services();
    services_.on_trial(run, started_percent);

    run.progress(started_percent, "checking the new system");
    check_health(run);
    run.log(
        job::Severity::info,
        "the health gate is passed: services, stores, addresses, sshd, all other units and a test message");
}

void StartServicesPhase::check_health(job::PhaseRun &run) {
    const health::HealthExpectations expected{.services = job::services_before(run.facts),
                                              .records = run.facts.expected_records,
                                              .pinned = run.facts.addresses,
                                              .machine = run.facts.machine};
    try {
        health_.check(
            expected, [&](std::string_view line) { run.log(job::Severity::info, line); }, run.stop);
    } catch (const health::HealthFailed &failure) {
        if (!job::is_rollback(run.facts))
            throw;
        throw std::runtime_error(std::string(failure.what()) + " (" + run.facts.to_version +
                                 " has its settings from before the upgrade, but must have what " +
                                 run.facts.from_version + " had; change what differs in " +
                                 generations_.at(run.facts.new_generation).etc_upper().string() + ")");
    }
}

void StartServicesPhase::undo(job::PhaseRun &run) {
    mail_.save_after_rollback(run);
}

} // namespace updater::phases
