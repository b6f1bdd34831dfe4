// The pause between two queries for the job's state. A signal ends it. The only place that handles signals.
#pragma once

#include "updater/control/exit_codes.hpp"

#include <chrono>
#include <csignal>
#include <optional>

namespace updater::control {

/// While it exists, SIGINT, SIGTERM and SIGHUP are blocked and only received in wait(), so that the program
/// ends between two lines and can say that the job goes on. Throws std::system_error.
class WatchPause {
  public:
    WatchPause();
    ~WatchPause();
    WatchPause(const WatchPause &) = delete;
    WatchPause &operator=(const WatchPause &) = delete;

    /// Waits; returns the exit code if a signal arrives.
    std::optional<ExitCode> wait(std::chrono::milliseconds duration);

  private:
    sigset_t signals_{};
    sigset_t before_{};
};

} // namespace updater::control
