// Phase 3, shut down services: refuses mail from outside, which senders keep in their queues, and stops
// everything that writes to the stores.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/network/greeting_probe.hpp"
#include "updater/services/mail_gate.hpp"
#include "updater/services/service_manager.hpp"

namespace updater::phases {

class StopServicesPhase {
  public:
    StopServicesPhase(services::ServiceManager &services, services::MailGate &gate,
                      hooks::runner::HookRunner &programs, network::GreetingProbe &probe,
                      const configuration::Appliance &appliance);

    /// On return every configured unit has stopped, and the facts say which ones ran, how many records each
    /// store holds, and what else the health gate compares. @throws hooks::runner::HookRunnerError,
    /// ServiceError, MailGateError, StoreInspectionFailed, Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);
    /// Starts the services that ran before, then lets mail in.
    void undo(job::PhaseRun &run);

  private:
    void record(job::PhaseRun &run);
    void close_to_senders(job::PhaseRun &run);
    void count_records_of(const std::string &unit, job::PhaseRun &run);

    services::ServiceManager &services_;
    services::MailGate &gate_;
    hooks::runner::HookRunner &programs_;
    network::GreetingProbe &probe_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::phases
