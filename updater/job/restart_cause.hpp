// Why the machine restarted while a job was under way, as far as it can be known. The interface, and its
// text.
#pragma once

#include <chrono>
#include <string>

namespace updater::job {

enum class RestartKind {
    no_trace,  ///< a power failure or a hang: neither leaves one
    panic,     ///< of the kernel
    watchdog,  ///< it ended a hang
    asked_for, ///< services were stopped in order: a person, a program or systemd asked for it
    not_named, ///< the agent was told to end, and the journal does not say who asked for that
};

struct RestartCause {
    RestartKind kind = RestartKind::no_trace;
    std::string found;   ///< what says so: a line of the kernel or of systemd, a value of the watchdog
    std::string boot_id; ///< of the start that ended so, without dashes; empty: it left no journal
};

/// What is known of the restart before anybody looks for its cause.
struct UnexplainedRestart {
    std::chrono::system_clock::time_point since; ///< the job's last sign of life
    /// The start that the job itself ended, with dashes; empty: it ended none.
    std::string own_restart;
    /// The start in which the agent was told to end, with dashes; empty: it wasn't told. The job then asked
    /// for the restart as well, so that services that were stopped in order show nothing.
    std::string told_to_end = {};
};

class RestartCauses {
  public:
    virtual ~RestartCauses() = default;

    /// Throws nothing: what cannot be read left no trace.
    virtual RestartCause of(const UnexplainedRestart &restart) = 0;
};

/// A sentence without its end, with the command that shows more: "the watchdog ended a hang (bootstatus
/// 0x20); see journalctl -b 0123…".
std::string text_of(const RestartCause &cause);

} // namespace updater::job
