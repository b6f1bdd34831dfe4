#include "hooks/runner/systemd_hook_runner.hpp"

#include "hooks/runner/program_output.hpp"
#include "hooks/runner/transient_unit.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <string.h>
#include <utility>

namespace hooks::runner {
namespace {

using namespace std::chrono_literals;

/// Waits for the bus or for output of the program, for at most `max_time`.
void wait_for_any(partitions::base::Bus &bus, const ProgramOutput &output,
                  std::chrono::milliseconds max_time) {
    const int events = partitions::base::check_bus(sd_bus_get_events(bus.get()), "wait for the system bus");
    std::array<pollfd, 3> wait{
        pollfd{sd_bus_get_fd(bus.get()), static_cast<short>(events), 0},
        pollfd{output.our_ends().standard_output, POLLIN, 0}, // poll() skips a negative descriptor
        pollfd{output.our_ends().standard_error, POLLIN, 0}};
    if (::poll(wait.data(), wait.size(), static_cast<int>(max_time.count())) < 0 && errno != EINTR)
        throw HookRunnerError(std::string("cannot wait for a hook: ") + strerror(errno));
}

/// Returns whether the program was stopped on request.
bool wait_until_ended(partitions::base::Bus &bus, TransientUnit &unit, ProgramOutput &output,
                      const HookCall &call, const std::stop_token &stop) {
    // systemd enforces the time limit; this one guards against a systemd that does not.
    const auto give_up = std::chrono::steady_clock::now() + call.time_limit + 120s;
    bool stopped = false;
    while (!unit.ended()) {
        wait_for_any(bus, output, 200ms);
        output.read_available();
        bus.process_pending();
        if (stop.stop_requested() && !stopped) {
            stopped = true;
            unit.stop();
        }
        if (std::chrono::steady_clock::now() > give_up)
            throw HookRunnerError(call.program.string() +
                                  " is past its time limit and systemd does not end it");
    }
    return stopped;
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

std::string unit_name_of(ProgramsOf user) {
    switch (user) {
    case ProgramsOf::job:
        return "update-control-hook.service";
    case ProgramsOf::restore:
        return "update-control-restore.service";
    case ProgramsOf::check:
        return "update-control-check.service";
    case ProgramsOf::node:
        return "update-control-node.service";
    case ProgramsOf::queue:
        return "update-control-queue.service";
    case ProgramsOf::count:
        return "update-control-count.service";
    }
    throw std::logic_error("a user of programs without a unit");
}

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
    ProgramOutput output(on_progress, on_line);
    try {
        partitions::base::Bus bus = partitions::base::Bus::system();
        TransientUnit unit(bus, unit_name_, call, output.program_ends());
        output.close_program_ends();
        const bool stopped = wait_until_ended(bus, unit, output, call, stop);
        output.finish();
        return describe(unit.end(), call, output.last_error_line(), stopped, unit_name_);
    } catch (const partitions::base::BusError &error) {
        throw HookRunnerError(std::string("cannot run ") + call.program.string() + ": " + error.what());
    }
}

} // namespace hooks::runner
