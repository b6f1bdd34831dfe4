// The programs of check.d: those that an image brings, and the administrator's. Chooses which may run, runs
// them where they can change nothing, and adds what they say to the findings. Knows none of them.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/storage.hpp"
#include "updater/checks/finding.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::checks {

/// Number of the contract with these programs (updater/contracts.md).
inline constexpr unsigned check_contract = 1;

/// The system that the programs look at, and what they are told.
struct CheckedSystem {
    std::filesystem::path root = "/";
    std::string_view when; ///< check_when_running or check_when_rehearsed
    std::string running_version;
    std::string new_version; ///< empty: not known
};

inline constexpr std::string_view check_when_running = "running";
inline constexpr std::string_view check_when_rehearsed = "rehearsal";

class CheckPrograms {
  public:
    static constexpr std::size_t max_programs = 64;

    /// Both outlive this object.
    CheckPrograms(partitions::Storage &storage, hooks::runner::HookRunner &programs)
        : storage_(storage), programs_(programs) {}

    /// Runs the programs of `folder`, a path in `system`, in the order of their names, also after one has
    /// failed. One that others than root can change is a FAIL, and does not run. Names with other characters
    /// than letters, digits, "-" and "_" are no programs. Throws Cancelled, StorageError.
    void run_all(const std::filesystem::path &folder, const CheckedSystem &system, Findings &findings,
                 const std::stop_token &stop);

    /// Whether there is a program in `folder`. Throws StorageError.
    bool any_in(const std::filesystem::path &folder, const CheckedSystem &system);

  private:
    void run_one(const std::filesystem::path &program, const CheckedSystem &system, Findings &findings,
                 const std::stop_token &stop);

    partitions::Storage &storage_;
    hooks::runner::HookRunner &programs_;
};

} // namespace updater::checks
