// What follows the commit in phase 10: mail comes back to its queue and in from outside, and what was only
// for the trial goes. There is no way back from here, so no step may keep the ones after it from being done.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/layout.hpp"
#include "partitions/mounts.hpp"
#include "partitions/storage.hpp"
#include "updater/checks/least_version.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/network/network_state.hpp"
#include "updater/services/mail_gate.hpp"
#include "updater/services/service_manager.hpp"

#include <stdexcept>

namespace updater::phases {

/// Some steps could not be done; what() names them, with the reasons. All others are done.
class NotFinished : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class Finishing {
  public:
    /// The parts must outlive this object.
    Finishing(partitions::Storage &storage, partitions::Mounts &mounts, partitions::BootSelection &boot,
              partitions::Generations &generations, services::ServiceManager &services,
              services::MailGate &gate, network::NetworkState &network, checks::LeastVersion &least_version,
              const configuration::Appliance &appliance, partitions::Layout layout);

    /// Can be run again, and then does what is left to be done. @throws NotFinished.
    void run(job::PhaseRun &run);

  private:
    void end_trial(job::PhaseRun &run);
    void go_back_to_queue(job::PhaseRun &run);
    void start_services(job::PhaseRun &run);
    void let_mail_in(job::PhaseRun &run);
    void unpin_addresses(job::PhaseRun &run);
    void drop_settings_of_trial(job::PhaseRun &run);
    void raise_least_version(job::PhaseRun &run);
    void give_up_old_system(job::PhaseRun &run);
    void note_left_generation(job::PhaseRun &run);
    partitions::Generation generation_of(const job::PhaseRun &run) const;

    partitions::Storage &storage_;
    partitions::Mounts &mounts_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    services::ServiceManager &services_;
    services::MailGate &gate_;
    network::NetworkState &network_;
    checks::LeastVersion &least_version_;
    const configuration::Appliance &appliance_;
    partitions::Layout layout_;
};

} // namespace updater::phases
