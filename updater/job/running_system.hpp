// Which system this is: what the boot loader said on the kernel command line, and this boot's id.
#pragma once

#include "partitions/slot.hpp"
#include "updater/messages/coded.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

namespace updater::job {

/// The machine was not started the way an appliance is; nothing can be upgraded on it.
class NotAnAppliance : public std::runtime_error, public messages::CodeIs<messages::Code::not_an_appliance> {
  public:
    using std::runtime_error::runtime_error;
};

struct RunningSystem {
    partitions::Slot slot = partitions::Slot::a;
    std::string boot_id; ///< another one after every start of the kernel
    bool is_try = false; ///< the boot loader started it as a try (update_control.try=1)
};

/// @param proc  /proc. @throws NotAnAppliance when the command line names no slot (update_control.slot=).
RunningSystem read_running_system(const std::filesystem::path &proc = "/proc");

} // namespace updater::job
