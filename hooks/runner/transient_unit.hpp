// A transient systemd service: made from a HookCall, watched, stopped, unloaded. Does not read the program's
// output.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "hooks/runner/unit_description.hpp"
#include "partitions/base/bus.hpp"

#include <set>
#include <string>

namespace hooks::runner {

/// How systemd says that a service ended (org.freedesktop.systemd1(5), Service interface).
struct UnitEnd {
    std::string result; ///< "success", "exit-code", "signal", "core-dump", "timeout", …
    int main_code = 0;  ///< CLD_EXITED and so on (sigaction(2)); 0 if no process was ever started
    int main_status = 0;
};

/// Ends and unloads the unit of that name, if there is one, and waits until it is gone. Throws BusError.
void end_unit(partitions::base::Bus &bus, const std::string &name);

class TransientUnit {
  public:
    /// Ends and unloads an earlier unit of that name, then starts the new one. The caller keeps the file
    /// descriptors. Throws BusError.
    TransientUnit(partitions::base::Bus &bus, std::string name, const HookCall &call,
                  const OutputDescriptors &output);
    /// Ends the program if it still runs, also when an exception is thrown.
    ~TransientUnit();
    TransientUnit(const TransientUnit &) = delete;
    TransientUnit &operator=(const TransientUnit &) = delete;

    /// True once the program and all it started have ended. Asks systemd only after a signal about a change.
    bool ended();
    /// Begins to end it (SIGTERM, SIGKILL after 10 s); returns at once.
    void stop();
    UnitEnd end();

  private:
    void start(const HookCall &call, const OutputDescriptors &output);

    partitions::base::Bus &bus_;
    std::string name_;
    std::string path_;
    partitions::base::BusSlot changes_;
    partitions::base::BusSlot jobs_;
    std::set<std::string> removed_jobs_;
    std::string start_job_;
    bool look_again_ = true;
    bool ended_ = false;
};

} // namespace hooks::runner
