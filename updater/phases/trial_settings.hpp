// What holds for a trial only: pinned addresses, and settings of the service manager. Removed after the
// commit.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/network/network_state.hpp"
#include "updater/services/service_manager.hpp"

namespace updater::phases {

class TrialSettings {
  public:
    /// All references outlive this object.
    TrialSettings(partitions::Storage &storage, network::NetworkState &network,
                  services::ServiceManager &services)
        : storage_(storage), network_(network), services_(services) {}

    /// @throws NetworkError, StorageError.
    void unpin_addresses(const partitions::Generation &generation, job::PhaseRun &run);
    /// @throws ServiceError.
    void drop_from_service_manager();

  private:
    partitions::Storage &storage_;
    network::NetworkState &network_;
    services::ServiceManager &services_;
};

} // namespace updater::phases
