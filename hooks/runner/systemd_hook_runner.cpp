#include "hooks/runner/systemd_hook_runner.hpp"

#include "hooks/runner/line_reader.hpp"
#include "hooks/runner/transient_unit.hpp"
#include "partitions/base/file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <utility>

namespace hooks::runner {
namespace {

using namespace std::chrono_literals;

/// One output of the program, read without blocking and cut into lines.
class Output {
  public:
    explicit Output(std::function<void(std::string_view)> on_line) : lines_(std::move(on_line)) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw HookRunnerError(std::string("cannot make a pipe for a hook's output: ") + strerror(errno));
        read_ = partitions::base::FileDescriptor(ends[0]);
        write_ = partitions::base::FileDescriptor(ends[1]);
        // Only our end: the program expects an ordinary blocking stdout.
        if (::fcntl(read_.number(), F_SETFL, O_NONBLOCK) != 0)
            throw HookRunnerError(std::string("cannot prepare the pipe for a hook's output: ") +
                                  strerror(errno));
    }

    int program_end() const { return write_.number(); }
    void close_program_end() { write_ = partitions::base::FileDescriptor(); }
    int descriptor() const { return read_.number(); } ///< -1 after its end

    /// Reads what is there now.
    void read_available() {
        std::array<char, 16384> buffer{};
        while (read_.number() >= 0) {
            const ssize_t count = ::read(read_.number(), buffer.data(), buffer.size());
            if (count > 0)
                lines_.add({buffer.data(), static_cast<std::size_t>(count)});
            else if (count == 0)
                read_ = partitions::base::FileDescriptor();
            else if (errno == EAGAIN)
                return;
            else if (errno != EINTR)
                throw HookRunnerError(std::string("cannot read a hook's output: ") + strerror(errno));
        }
    }
    void finish() {
        read_available();
        lines_.finish();
    }

  private:
    partitions::base::FileDescriptor read_;
    partitions::base::FileDescriptor write_;
    LineReader lines_;
};

/// Waits for the bus or for output of the program, for at most `max_time`.
void wait_for_any(partitions::base::Bus &bus, const Output &standard_output, const Output &standard_error,
                  std::chrono::milliseconds max_time) {
    const int events = partitions::base::check_bus(sd_bus_get_events(bus.get()), "wait for the system bus");
    std::array<pollfd, 3> wait{
        pollfd{sd_bus_get_fd(bus.get()), static_cast<short>(events), 0},
        pollfd{standard_output.descriptor(), POLLIN, 0}, // poll() skips a negative descriptor
        pollfd{standard_error.descriptor(), POLLIN, 0}};
    if (::poll(wait.data(), wait.size(), static_cast<int>(max_time.count())) < 0 && errno != EINTR)
        throw HookRunnerError(std::string("cannot wait for a hook: ") + strerror(errno));
}

std::string duration_text(std::chrono::seconds time) {
    return time % 60s == 0s ? std::to_string(time / 60s) + " minutes"
                            : std::to_string(time / 1s) + " seconds";
}

/// Exit statuses with which systemd reports that it could not start the program (systemd.exec(5), "Process
/// exit codes").
bool is_setup_failure(int status) {
    return status >= 200 && status <= 245;
}

HookResult describe(const UnitEnd &end, const HookCall &call, const std::string &last_error_line,
                    bool stopped, const std::string &unit) {
    HookResult result;
    if (stopped) {
        result.stopped = true;
        result.reason = "was stopped on request";
    } else if (end.result == "timeout") {
        result.timed_out = true;
        result.reason = "took longer than " + duration_text(call.time_limit);
    } else if (end.main_code == CLD_EXITED) {
        result.exit_code = end.main_status;
        if (result.exit_code == 0 && end.result != "success") {
            // Another failure of the unit ("oom-kill" of a child, "resources"): not a success.
            result.exit_code = -1;
            result.reason = "ended, but systemd reports " + end.result + "; see journalctl -u " + unit;
        } else if (result.exit_code != 0) {
            result.reason = last_error_line;
        }
        if (result.exit_code != 0 && result.reason.empty())
            result.reason =
                is_setup_failure(end.main_status)
                    ? "could not be started in its sandbox (systemd's status " +
                          std::to_string(end.main_status) + "); see journalctl -u " + unit
                    : "ended with exit status " + std::to_string(end.main_status) + " and gave no reason";
    } else if (end.main_code == CLD_KILLED || end.main_code == CLD_DUMPED) {
        result.exit_code = 128 + end.main_status;
        result.reason = std::string("was ended by signal ") + strsignal(end.main_status) +
                        (end.result == "oom-kill" ? " because memory ran out" : "") +
                        (last_error_line.empty() ? "" : "; its last output: " + last_error_line);
    } else {
        result.reason =
            "could not be started (systemd reports " + end.result + "); see journalctl -u " + unit;
    }
    return result;
}

} // namespace

void SystemdHookRunner::end_leftovers() {
    try {
        partitions::base::Bus bus = partitions::base::Bus::system();
        end_unit(bus, unit_name_);
    } catch (const partitions::base::BusError &error) {
        throw HookRunnerError(std::string("cannot end the program that an earlier run left: ") +
                              error.what());
    }
}

HookResult SystemdHookRunner::run(const HookCall &call, const OnProgress &on_progress, const OnLine &on_line,
                                  std::stop_token stop) {
    std::string last_error_line;
    Output standard_output([&](std::string_view line) {
        if (const auto progress = parse_progress(line))
            on_progress(progress->percent, progress->text);
        else
            on_line(line);
    });
    Output standard_error([&](std::string_view line) {
        if (line.find_first_not_of(" \t") != std::string_view::npos)
            last_error_line = line;
        on_line(line);
    });
    try {
        partitions::base::Bus bus = partitions::base::Bus::system();
        TransientUnit unit(bus, unit_name_, call, standard_output.program_end(),
                           standard_error.program_end());
        // Only the program may hold the write ends, otherwise end of file would never be reached.
        standard_output.close_program_end();
        standard_error.close_program_end();

        // systemd enforces the time limit; this one guards against a systemd that does not.
        const auto give_up = std::chrono::steady_clock::now() + call.time_limit + 120s;
        bool stopped = false;
        while (!unit.ended()) {
            wait_for_any(bus, standard_output, standard_error, 200ms);
            standard_output.read_available();
            standard_error.read_available();
            bus.process_pending();
            if (stop.stop_requested() && !stopped) {
                stopped = true;
                unit.stop();
            }
            if (std::chrono::steady_clock::now() > give_up)
                throw HookRunnerError(call.program.string() +
                                      " is past its time limit and systemd does not end it");
        }
        standard_output.finish();
        standard_error.finish();
        return describe(unit.end(), call, last_error_line, stopped, unit_name_);
    } catch (const partitions::base::BusError &error) {
        throw HookRunnerError(std::string("cannot run ") + call.program.string() + ": " + error.what());
    }
}

} // namespace hooks::runner
