// Runs one program (a hook or a health check) in a sandbox: the call and its result. Only the interface and
// plain data; systemd_hook_runner.hpp implements it.
#pragma once

#include "hooks/runner/capabilities.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace hooks::runner {

/// A folder or file of the host shown to the program at `target` (a path in the program's view).
struct Bind {
    std::filesystem::path source;
    std::filesystem::path target;
    bool read_only = false;
    bool recursive = true; ///< with what is mounted below the source
};

/// An empty file system in memory at `target`; `options` as in systemd.exec(5), TemporaryFileSystem=.
struct TemporaryFilesystem {
    std::filesystem::path target;
    std::string options; ///< "mode=1777", "size=1G"
};

struct HookCall {
    std::filesystem::path program; ///< absolute, as seen inside `root`
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;
    /// "/" or a folder where another system is mounted (read-only is fine). With another root the program
    /// gets /proc, /sys and /dev of its own and an empty, writable /run and /tmp.
    std::filesystem::path root = "/";
    std::vector<Bind> binds;
    std::vector<TemporaryFilesystem> temporary_filesystems;
    std::chrono::seconds time_limit{3600};
    bool private_network = true; ///< only a loopback device of its own
    /// The program can change nothing but the targets of the writable binds and a /run and /tmp of its own:
    /// everything else is read-only, devices are those that hold nothing (null, random, …), the kernel's
    /// settings are out of reach, and so are other programs' sockets and shared memory. Health checks turn it
    /// off, because they look at the running system.
    bool protect_system = true;
    /// With protect_system and the root "/": places that stay as they are and can be written to, with what is
    /// mounted below them.
    std::vector<std::filesystem::path> writable;
    /// With protect_system and the root "/": speaks to the running product, whose sockets in /run are there,
    /// read-only; the service manager's and the bus's are not.
    bool sees_sockets = false;
    /// With protect_system: root's capabilities, and none but these.
    std::uint64_t capabilities = capabilities_for_files_and_accounts;
    /// With protect_system: may have mounts and namespaces of its own. With these it could undo the
    /// protection, so this is for programs that only check.
    bool may_mount = false;
    /// Runs at low priority for CPU, disk and memory.
    bool in_background = false;
};

/// How a program ended.
enum class HookOutcome { done, try_later, failed };

struct HookResult {
    /// The program's exit status; 128 + signal number when a signal ended it; -1 when it took too long or was
    /// stopped, or could not be started at all.
    int exit_code = -1;
    /// One line: the last line of stderr, or "took longer than …", "was stopped on request",
    /// "was ended by signal …". Empty when it succeeded.
    std::string reason;
    bool stopped = false;   ///< ended because of the stop_token
    bool timed_out = false; ///< ended because of the time limit
};

/// The exit status that means "try again later" (EX_TEMPFAIL of sysexits.h).
inline constexpr int exit_try_later = 75;

inline HookOutcome outcome(const HookResult &result) {
    if (result.exit_code == 0)
        return HookOutcome::done;
    return result.exit_code == exit_try_later ? HookOutcome::try_later : HookOutcome::failed;
}

/// The program could not be run, because the service manager did not answer or refused.
class HookRunnerError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

using OnProgress = std::function<void(int percent, std::string_view text)>;
using OnLine = std::function<void(std::string_view line)>;

class HookRunner {
  public:
    virtual ~HookRunner() = default;

    /// Runs the program as root to its end and returns how it ended; none of its processes runs any longer
    /// then. stdout lines "progress PERCENT TEXT" go to on_progress, all other lines of stdout and stderr to
    /// on_line (each at most 4096 bytes; the rest of a longer line is cut off). Both are called on the
    /// caller's thread. When `stop` is requested the program is ended and the result says `stopped`. Throws
    /// HookRunnerError.
    virtual HookResult run(const HookCall &call, const OnProgress &on_progress, const OnLine &on_line,
                           std::stop_token stop) = 0;
};

} // namespace hooks::runner
