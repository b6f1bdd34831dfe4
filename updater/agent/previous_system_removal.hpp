// Removes the previous system on request (--drop-previous): from then on nothing can be rolled back to, and
// its space is free. The partition keeps its bytes. Decides nothing about jobs.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/job/running_system.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace updater::agent {

class PreviousSystemRemoval {
  public:
    /// How many bytes become free if these folders go; may throw. Whoever asks waits for it.
    using Measure = std::function<std::uint64_t(const std::vector<std::filesystem::path> &folders)>;

    /// Does what may take minutes. The agent has a thread for it. `work` may outlive the removal, but not the
    /// generations.
    using InBackground = std::function<void(std::function<void()> work)>;

    /// All references outlive this object.
    PreviousSystemRemoval(job::RunningSystem running, partitions::Storage &storage,
                          partitions::BootSelection &boot, partitions::Generations &generations,
                          checks::LeftGeneration left, Measure measure, InBackground in_background);

    /// What would go, or has gone if `really`: {"slot", "version" or null, "bytes" or null, "dropped"}. Also
    /// removes generations that no system uses. No job may run meanwhile. Each step is durable before the
    /// next, so after a power cut it can be called again; the files go in the background. Throws
    /// job::NotPossible if there is nothing to remove, or on trial; Refused without `force` if mail would be
    /// lost.
    nlohmann::json drop(bool really, bool force);

  private:
    std::vector<std::string> spare_generations(const std::optional<std::string> &previous) const;
    nlohmann::json cost_of(const std::vector<std::string> &names) const;
    void require_committed();
    void require_no_mail(const std::vector<std::string> &names, bool force) const;
    void give_up(const std::vector<std::string> &names);

    job::RunningSystem running_;
    partitions::Slot slot_;
    partitions::Storage &storage_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    checks::LeftGeneration left_;
    Measure measure_;
    InBackground in_background_;
};

} // namespace updater::agent
