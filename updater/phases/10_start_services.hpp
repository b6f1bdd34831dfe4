// Phase 10, restart all services: prove the new system, commit it, and only then let mail in. The commit is
// one write to the boot selection; everything before it can still go back, everything after it goes forward
// only.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/layout.hpp"
#include "partitions/mounts.hpp"
#include "partitions/storage.hpp"
#include "updater/checks/least_version.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/health/health_gate.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/network/network_state.hpp"
#include "updater/services/mail_gate.hpp"
#include "updater/services/service_manager.hpp"

namespace updater::phases {

class StartServicesPhase {
  public:
    StartServicesPhase(partitions::Storage &storage, partitions::Mounts &mounts,
                       partitions::BootSelection &boot, partitions::Generations &generations,
                       services::ServiceManager &services, services::MailGate &gate,
                       network::NetworkState &network, health::HealthGate &health,
                       checks::LeastVersion &least_version, const configuration::Appliance &appliance,
                       partitions::Layout layout);

    /// Can be run again after the commit; it then only finishes. The least acceptable version rises after the
    /// commit, and not before: until then the way back leads to a system that is older. @throws ServiceError,
    /// MailGateError, HealthFailed, NetworkError, StorageError, Cancelled; after the commit NotFinished.
    job::PhaseEnd run(job::PhaseRun &run);
    /// In the old system: mail that was written on trial comes into the queue. The mail server runs as before
    /// then.
    void undo(job::PhaseRun &run);

  private:
    bool is_committed(const job::JobFacts &facts, bool on_trial);
    void prove(job::PhaseRun &run);
    void start_again_what_failed(job::PhaseRun &run);
    void check_health(const health::HealthExpectations &expected, job::PhaseRun &run);
    void start_all(job::PhaseRun &run);

    partitions::Storage &storage_;
    partitions::Mounts &mounts_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    services::ServiceManager &services_;
    services::MailGate &gate_;
    network::NetworkState &network_;
    health::HealthGate &health_;
    checks::LeastVersion &least_version_;
    const configuration::Appliance &appliance_;
    partitions::Layout layout_;
};

} // namespace updater::phases
