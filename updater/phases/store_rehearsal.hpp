// The rehearsal of phase 7 in phase 2: the programs of the new image convert a copy of each store while its
// service runs, so that what cannot be converted ends the upgrade while mail flows. The store itself is only
// read, and the result is thrown away.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/phases/conversions.hpp"

#include <filesystem>
#include <vector>

namespace updater::phases {

class StoreRehearsal {
  public:
    /// `appliance`: its stores are rehearsed.
    StoreRehearsal(const configuration::Appliance &appliance, Conversions &conversions,
                   partitions::Storage &storage, partitions::SystemRoots &roots,
                   partitions::Generations &generations);

    /// `new_root`: the new image, whose programs run. A copy may have been made at a bad moment (exit status
    /// 75): then another one is made, a few times. `progress` is the rehearsal's part of the phase.
    /// @throws ConversionFailed, ConversionPostponed, Cancelled, StorageError, MountError.
    void run(const std::filesystem::path &new_root, job::PhaseRun &run, PercentRange progress);

  private:
    void rehearse(const configuration::Store &store, const std::vector<firmware::Conversion> &chain,
                  const ConversionView &view, job::PhaseRun &run, PercentRange progress);
    void copy_and_convert(const configuration::Store &store, const std::vector<firmware::Conversion> &chain,
                          const ConversionView &view, job::PhaseRun &run, PercentRange progress);

    const configuration::Appliance &appliance_;
    Conversions &conversions_;
    partitions::Storage &storage_;
    partitions::SystemRoots &roots_;
    partitions::Generations &generations_;
};

} // namespace updater::phases
