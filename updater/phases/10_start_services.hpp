// Phase 10, restart all services: prove the new system, commit it, and only then let mail in. The commit is
// one write to the boot selection; everything before it can be rolled back, everything after it goes forward
// only.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/health/health_gate.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/finishing.hpp"
#include "updater/phases/service_start.hpp"
#include "updater/phases/trial_mail.hpp"
#include "updater/phases/trial_marks.hpp"

namespace updater::phases {

class StartServicesPhase {
  public:
    /// All references outlive this object.
    StartServicesPhase(partitions::BootSelection &boot, const partitions::Generations &generations,
                       TrialMarks &marks, TrialMail &mail, ServiceStart &services, health::HealthGate &health,
                       Finishing &finishing);

    /// Can be run again after the commit; it then only finishes. The least acceptable version rises only
    /// after the commit, because before it a rollback leads to an older system. @throws ServiceError,
    /// MailGateError, HealthFailed, NetworkError, StorageError, Cancelled; after the commit NotFinished.
    job::PhaseEnd run(job::PhaseRun &run);
    /// In the old system: moves mail that was written on trial into the queue. The mail server runs
    /// afterwards if it ran before.
    void undo(job::PhaseRun &run);

  private:
    bool is_committed(const job::JobFacts &facts, bool on_trial);
    void prove(job::PhaseRun &run);
    void check_health(job::PhaseRun &run);

    partitions::BootSelection &boot_;
    const partitions::Generations &generations_;
    TrialMarks &marks_;
    TrialMail &mail_;
    ServiceStart &services_;
    health::HealthGate &health_;
    Finishing &finishing_;
};

} // namespace updater::phases
