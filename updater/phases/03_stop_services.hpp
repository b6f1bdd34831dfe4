// Phase 3, shut down services: senders are refused and queue from here on, and nothing writes to the stores
// any more.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/network/greeting_probe.hpp"
#include "updater/services/mail_gate.hpp"
#include "updater/services/service_manager.hpp"

namespace updater {

class StopServicesPhase {
  public:
    StopServicesPhase(ServiceManager &services, MailGate &gate, hooks::HookRunner &programs,
                      GreetingProbe &probe, const Appliance &appliance);

    /// On return every configured unit has stopped, and the facts say which ones ran, how many records each
    /// store holds, and what else the health gate compares. @throws hooks::HookRunnerError, ServiceError,
    /// MailGateError, StoreInspectionFailed, Cancelled.
    PhaseEnd run(PhaseRun &run);
    /// Starts what ran before, then lets mail in.
    void undo(PhaseRun &run);

  private:
    void record(PhaseRun &run);
    void close_to_senders(PhaseRun &run);
    void count_records_of(const std::string &unit, PhaseRun &run);

    ServiceManager &services_;
    MailGate &gate_;
    hooks::HookRunner &programs_;
    GreetingProbe &probe_;
    const Appliance &appliance_;
};

} // namespace updater
