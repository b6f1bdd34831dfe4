// Runs hooks as transient systemd services (org.freedesktop.systemd1(5), StartTransientUnit; the sandbox is
// that of systemd.exec(5)). Does not know what a hook is for.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/base/bus.hpp"

#include <array>
#include <string>

namespace hooks::runner {

/// Who runs programs. Each has a unit of its own, because it ends what it finds under its name.
enum class ProgramsOf {
    job,
    restore, ///< a job may begin while a restore converts settings
    check,
    node,
    queue, ///< of the node, in another thread
    count, ///< of mail since an upgrade, which a question about a rollback waits for
};

inline constexpr std::array programs_of_all{ProgramsOf::job,  ProgramsOf::restore, ProgramsOf::check,
                                            ProgramsOf::node, ProgramsOf::queue,   ProgramsOf::count};

/// "update-control-restore.service"
std::string unit_name_of(ProgramsOf user);

/// Runs one program at a time, under one fixed unit name: if the agent died while a hook ran, the next run
/// finds the old unit and ends it first, so that two never write to the same folder.
class SystemdHookRunner : public HookRunner {
  public:
    explicit SystemdHookRunner(ProgramsOf user) : unit_name_(unit_name_of(user)) {}

    HookResult run(const HookCall &call, const OnProgress &on_progress, const OnLine &on_line,
                   std::stop_token stop) override;

    /// Ends a program that a dead agent left running. It may still use what the next phase needs, such as the
    /// partition of the new system. Throws HookRunnerError.
    void end_leftovers();

  private:
    std::string unit_name_;
};

} // namespace hooks::runner
