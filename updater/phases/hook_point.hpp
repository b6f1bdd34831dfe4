// Hook points: places in an upgrade where the product's own programs run (updater/contracts.md). Which phase
// a hook point belongs to, and what undoes it, is in table.cpp. Knows none of the programs.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/storage.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/messages/coded.hpp"
#include "updater/try_again_later.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace updater::phases {

/// Number of the contract with these programs (updater/contracts.md).
inline constexpr unsigned hook_point_contract = 1;

/// A program failed at a hook point where that ends the job.
class HookPointFailed : public std::runtime_error,
                        public messages::CodeIs<messages::Code::hook_point_failed> {
  public:
    using std::runtime_error::runtime_error;
};

/// It asks to be tried again later.
class HookPointPostponed : public HookPointFailed, public TryAgainLater {
  public:
    using HookPointFailed::HookPointFailed;
    messages::Code code() const override { return messages::Code::hook_point_postponed; }
};

/// Runs the programs of one folder of the running image, in the order of their names.
class ProductPrograms {
  public:
    static constexpr std::size_t max_programs = 8;
    static constexpr std::size_t max_lines = 200; ///< of one program, in the log of the job
    static constexpr std::chrono::minutes time_limit{2};

    /// `name` as in the folder's name, without ".d". All outlive this object.
    ProductPrograms(partitions::Storage &storage, hooks::runner::HookRunner &programs, std::string name,
                    std::filesystem::path folder)
        : storage_(storage), programs_(programs), name_(std::move(name)), folder_(std::move(folder)) {}

    /// At most max_programs; more are told of in the log. Throws StorageError.
    std::vector<std::filesystem::path> all(job::PhaseRun &run);
    /// `order` is the program's argument. What it writes goes to the log, what it says of its progress is
    /// shown at `percent` of the phase. A program that cannot be started has failed, too.
    hooks::runner::HookResult run_one(const std::filesystem::path &program, std::string_view order,
                                      int percent, job::PhaseRun &run, const std::stop_token &stop);

  private:
    partitions::Storage &storage_;
    hooks::runner::HookRunner &programs_;
    std::string name_;
    std::filesystem::path folder_;
};

/// Hook point `before-stop`: in the running system while mail still flows, as the first thing of phase 3.
class BeforeStop {
  public:
    BeforeStop(partitions::Storage &storage, hooks::runner::HookRunner &programs,
               const std::filesystem::path &folder)
        : programs_(storage, programs, "before-stop", folder) {}

    /// A program that fails ends the job, and those after it do not run. In a rollback it is a warning: the
    /// way back does not depend on the product. @throws HookPointFailed, HookPointPostponed, Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);
    /// In the same system, when mail flows again and the job has not succeeded. Also called when nothing or
    /// only some of it had run. Failures are warnings.
    void undo(job::PhaseRun &run);

  private:
    ProductPrograms programs_;
};

/// Hook point `after-commit`: in the new system after the commit, as the last thing of phase 10, when mail
/// flows. Nothing undoes it.
class AfterCommit {
  public:
    AfterCommit(partitions::Storage &storage, hooks::runner::HookRunner &programs,
                const std::filesystem::path &folder)
        : programs_(storage, programs, "after-commit", folder) {}

    /// A program that fails is a warning with the command that runs it again, and those after it run. An
    /// interruption repeats all of them. @throws Cancelled when the agent ends meanwhile.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    ProductPrograms programs_;
};

} // namespace updater::phases
