// The marks in /run that tell other programs of the appliance that a system is on trial. Nothing else.
#pragma once

#include "partitions/durable.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <utility>

namespace updater::phases {

class TrialMarks {
  public:
    /// `folder`: /run/update-control. `storage` outlives this object.
    TrialMarks(partitions::Storage &storage, std::filesystem::path folder)
        : storage_(storage), folder_(std::move(folder)) {}

    bool is_on_trial() const { return storage_.kind(on_trial()) != partitions::FileKind::none; }
    /// From here on the deadline no longer restarts the machine.
    void end_trial() { partitions::remove_tree(storage_, on_trial()); }
    /// The service manager may start the product's services.
    void release_services() { partitions::remove_tree(storage_, folder_ / "services-held"); }

  private:
    std::filesystem::path on_trial() const { return folder_ / "on-trial"; }

    partitions::Storage &storage_;
    std::filesystem::path folder_;
};

} // namespace updater::phases
