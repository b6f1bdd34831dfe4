// Asks the programs of the new image whether they can work with the converted configuration: the checkers in
// the rehearsal, while mail flows, and in phase 5 with what the trial will start with; those of check.d in
// the rehearsal. Converts nothing and writes nothing.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/layout.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/messages/coded.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::phases {

/// Programs of the new system cannot work with the converted configuration. The message names each checker
/// that says so, what it said, and what to do.
class ConfigurationRefused : public std::runtime_error,
                             public messages::CodeIs<messages::Code::configuration_refused> {
  public:
    using std::runtime_error::runtime_error;
};

/// A configuration as the new system would find it.
struct ConvertedConfiguration {
    std::filesystem::path upper; ///< of the overlay on /etc
    std::filesystem::path var;   ///< lies over the image's /var
};

/// Programs of the new image's check.d found something that must not be. The message has their words and
/// advice.
class NewImageRefuses : public std::runtime_error,
                        public messages::CodeIs<messages::Code::new_image_refuses> {
  public:
    using std::runtime_error::runtime_error;
};

class ConfigurationChecks {
  public:
    ConfigurationChecks(partitions::Storage &storage, partitions::SystemRoots &roots,
                        hooks::runner::HookRunner &programs, partitions::Layout layout);

    /// The names of the checkers in `image`, sorted; notes it in the log when there are none. @throws
    /// partitions::StorageError.
    std::vector<std::string> checkers_of(const std::filesystem::path &image, job::PhaseRun &run) const;

    /// Runs all of them in the image of facts.new_slot with `configuration` over it, also after one has
    /// failed.
    /// @throws ConfigurationRefused, Cancelled, hooks::runner::HookRunnerError, partitions::MountError.
    void run_all(const std::vector<std::string> &checkers, const ConvertedConfiguration &configuration,
                 job::PhaseRun &run) const;

    /// Whether `image` has programs in its check.d. @throws partitions::StorageError.
    bool has_check_programs(const std::filesystem::path &image) const;
    /// Runs the programs of the new image's check.d (checks/check_programs.hpp) with `configuration` over it.
    /// What they find is in the log. @throws NewImageRefuses, Cancelled, hooks::runner::HookRunnerError,
    /// partitions::StorageError, partitions::MountError.
    void run_check_programs(const ConvertedConfiguration &configuration, job::PhaseRun &run) const;

  private:
    std::optional<std::string> refusal_of(const std::string &checker, const std::filesystem::path &root,
                                          job::PhaseRun &run) const;

    partitions::Storage &storage_;
    partitions::SystemRoots &roots_;
    hooks::runner::HookRunner &programs_;
    partitions::Layout layout_;
};

} // namespace updater::phases
