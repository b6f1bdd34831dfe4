// Starting the services that ran before the upgrade: on trial, and after the commit as far as possible.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/services/service_manager.hpp"

namespace updater::phases {

class ServiceStart {
  public:
    /// All references outlive this object.
    ServiceStart(services::ServiceManager &services, const configuration::Appliance &appliance)
        : services_(services), appliance_(appliance) {}

    /// Starts all, then again the units that failed while services were held back. The progress ends at
    /// `last_percent`. @throws ServiceError, Cancelled.
    void on_trial(job::PhaseRun &run, int last_percent);
    /// @throws ServiceError, which names those that do not start; all others run.
    void after_commit(job::PhaseRun &run);

  private:
    void start_again_what_failed(job::PhaseRun &run);

    services::ServiceManager &services_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::phases
