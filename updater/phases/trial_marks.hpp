// The marks in /run that tell other programs of the appliance that a system is on trial. Decides nothing.
#pragma once

#include "partitions/durable.hpp"
#include "partitions/layout.hpp"
#include "partitions/storage.hpp"

#include <utility>

namespace updater::phases {

class TrialMarks {
  public:
    /// `storage` outlives this object.
    TrialMarks(partitions::Storage &storage, partitions::Layout layout)
        : storage_(storage), layout_(std::move(layout)) {}

    bool is_on_trial() const { return storage_.kind(layout_.on_trial) != partitions::FileKind::none; }
    /// From here on the deadline no longer restarts the machine.
    void end_trial() { partitions::remove_tree(storage_, layout_.on_trial); }
    /// From here on the service manager may start the product's services.
    void release_services() { partitions::remove_tree(storage_, layout_.services_held); }

  private:
    partitions::Storage &storage_;
    partitions::Layout layout_;
};

} // namespace updater::phases
