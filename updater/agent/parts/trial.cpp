#include "updater/agent/parts/trial.hpp"

#include "partitions/durable.hpp"
#include "updater/job/pause.hpp"
#include "updater/phases/conversions.hpp"

#include <chrono>
#include <exception>
#include <iostream>
#include <thread>

namespace updater::agent::parts {

namespace {

/// Followers ask twice a second, so they see "restarting" before the connection ends.
constexpr std::chrono::seconds time_to_tell_followers{2};

/// What appliance.xml says, and for each conversion of a store its own limit.
std::chrono::seconds trial_limit(const job::JobFacts &facts, const configuration::Timeouts &timeouts) {
    const auto conversions =
        phases::conversions_of(facts.conversions, firmware::ConversionKind::store).size();
    return timeouts.deadline + static_cast<int>(conversions) * timeouts.conversion;
}

/// For update-control-deadline.service, which ends the trial if this program does not: seconds of the
/// machine's uptime.
void note_deadline(partitions::Storage &storage, const std::filesystem::path &file,
                   std::chrono::seconds limit) {
    constexpr std::chrono::seconds for_the_agent_itself{60};
    const auto uptime =
        std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch());
    partitions::replace_file(storage, file,
                             std::to_string((uptime + limit + for_the_agent_itself).count()) + "\n");
}

/// The rollback must not depend on a boot partition that can be read.
std::optional<partitions::Slot> default_slot_if_readable(partitions::BootSelection &boot) {
    try {
        return boot.default_slot();
    } catch (const std::exception &failure) {
        std::cerr << "the boot selection cannot be read: " << failure.what() << '\n';
        return std::nullopt;
    }
}

} // namespace

job::JobRunner::Machine machine_of_runner(Machine &machine) {
    return {.state =
                [&machine] {
                    return job::MachineState{.running = machine.running,
                                             .default_slot = default_slot_if_readable(machine.boot),
                                             .deadline_passed =
                                                 machine.storage.kind(machine.layout.deadline_passed) !=
                                                 partitions::FileKind::none};
                },
            .restart =
                [&machine] {
                    std::this_thread::sleep_for(time_to_tell_followers);
                    machine.services.restart_machine();
                },
            .begin_trial =
                [&machine](const job::JobFacts &facts) {
                    const auto limit = trial_limit(facts, machine.appliance.timeouts);
                    partitions::remove_tree(machine.storage, machine.layout.deadline_passed);
                    note_deadline(machine.storage, machine.layout.deadline, limit);
                    return limit;
                },
            .pause = job::pause_for,
            .restart_causes = &machine.restart_traces};
}

} // namespace updater::agent::parts
