// The pause between two looks at the job, which a signal cuts short. The only place that handles signals.
#pragma once

#include "updater/control/exit_codes.hpp"

#include <chrono>
#include <csignal>
#include <optional>

namespace updater::control {

/// While it lives, SIGINT, SIGTERM and SIGHUP are held back and only taken in wait(), so that the watching
/// ends between two lines and can say that the job goes on. Throws std::system_error.
class WatchPause {
  public:
    WatchPause();
    ~WatchPause();
    WatchPause(const WatchPause &) = delete;
    WatchPause &operator=(const WatchPause &) = delete;

    /// Waits; returns the exit code when a signal came.
    std::optional<ExitCode> wait(std::chrono::milliseconds duration);

  private:
    sigset_t signals_{};
    sigset_t before_{};
};

} // namespace updater::control
