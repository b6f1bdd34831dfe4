// Mail of a system on trial: until the commit none is let in and the real queue is covered; then the queue is
// uncovered and mail is let in.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/mounts.hpp"
#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/services/gate_queue.hpp"
#include "updater/services/mail_gate.hpp"
#include "updater/services/service_manager.hpp"

namespace updater::phases {

class TrialMail {
  public:
    /// All references outlive this object.
    TrialMail(partitions::Storage &storage, partitions::Mounts &mounts,
              const partitions::Generations &generations, services::ServiceManager &services,
              services::MailGate &gate, const configuration::Appliance &appliance);

    /// Before the first service starts. @throws MailGateError, GateQueueError, StorageError.
    void hold_back(const partitions::Generation &generation);
    /// Stops the mail server and uncovers the queue; does nothing if the queue is not covered. @throws
    /// ServiceError, GateQueueError, StorageError.
    void return_to_queue(const partitions::Generation &generation, job::PhaseRun &run);
    /// @throws MailGateError.
    void let_in(job::PhaseRun &run);

    /// In the old system, after a rollback: moves mail that was written on trial into the queue. The mail
    /// server runs afterwards if it ran before. @throws GateQueueError, StorageError.
    void save_after_rollback(job::PhaseRun &run);

  private:
    services::GateQueue queue_of(const partitions::Generation &generation) const;

    partitions::Storage &storage_;
    partitions::Mounts &mounts_;
    const partitions::Generations &generations_;
    services::ServiceManager &services_;
    services::MailGate &gate_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::phases
