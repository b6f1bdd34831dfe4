// The system in the other slot, as the target of a rollback after the commit. Changes nothing.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/firmware/version.hpp"
#include "updater/job/running_system.hpp"

#include <functional>
#include <string>

namespace updater::agent {

class PreviousSystem {
  public:
    /// Whether the appliance may go back to this version now; throws Refused.
    using Check = std::function<void(const firmware::Version &)>;

    /// What a way back leaves behind, after "the mail that was ". Returns soon.
    using LeftBehind = std::function<std::string()>;

    /// All references outlive this object.
    PreviousSystem(std::string running_version, job::RunningSystem running, partitions::BootSelection &boot,
                   const partitions::Generations &generations, Check check, LeftBehind left_behind);

    /// The generation to go back to. Throws job::NotPossible when there is none, or without `force`, and
    /// Refused when its version is not acceptable, or restored settings wait for a restart, which `force`
    /// does not change.
    std::string generation(bool force) const;

    /// Whether the running system is the one that the boot loader starts from now on.
    bool running_is_committed() const;

  private:
    std::string running_version_;
    job::RunningSystem running_;
    partitions::BootSelection &boot_;
    const partitions::Generations &generations_;
    Check check_;
    LeftBehind left_behind_;
};

} // namespace updater::agent
