// Phase 6, restart the appliance.
#include "updater/phases/06_restart_appliance.hpp"

#include "partitions/durable.hpp"
#include "updater/cancelled.hpp"
#include "updater/services/gate_queue.hpp"

namespace updater::phases {

RestartAppliancePhase::RestartAppliancePhase(partitions::Storage &storage, partitions::BootSelection &boot,
                                             partitions::Generations &generations,
                                             network::NetworkState &network)
    : storage_(storage), boot_(boot), generations_(generations), network_(network) {}

job::PhaseEnd RestartAppliancePhase::run(job::PhaseRun &run) {
    const auto generation = generations_.at(run.facts.new_generation);
    run.progress(10, "pinning the addresses");
    pin_addresses(generation, run);
    generations_.assign(run.facts.new_slot, run.facts.new_generation);
    run.facts.try_requested = true;
    run.save_facts();

    // After the restart nothing would know of a request to stop.
    if (run.stop.stop_requested())
        throw Cancelled();
    // Last of all: from this write on the next start is a try of the new system, whatever causes it.
    boot_.try_once(run.facts.new_slot);
    // The restart itself is most of the phase.
    run.progress(20, "restarting into " + run.facts.to_version);
    run.log(job::Severity::info, "restarting into " + run.facts.to_version +
                                     "; if it does not prove itself, the appliance "
                                     "comes back with " +
                                     run.facts.from_version + " by itself");
    return job::PhaseEnd::restarting;
}

void RestartAppliancePhase::pin_addresses(const partitions::Generation &generation, job::PhaseRun &run) {
    run.facts.addresses = network_.interfaces();
    partitions::remove_tree(storage_, generation.pin());
    partitions::make_directories(storage_, generation.pin());
    for (const auto &interface : run.facts.addresses) {
        // A static one has its addresses from the configuration that was carried over.
        if (!interface.automatic)
            continue;
        partitions::replace_file(storage_, generation.pin() / network::pinned_network_file_name(interface),
                                 network::pinned_network_file(interface));
        std::string addresses;
        for (const auto &each : interface.addresses)
            addresses += (addresses.empty() ? "" : ", ") + each.address + "/" + std::to_string(each.prefix);
        run.log(job::Severity::info, "pinned " + interface.name + " to " + addresses + ", MTU " +
                                         std::to_string(interface.mtu) + ", over the restart");
    }
}

void RestartAppliancePhase::undo(job::PhaseRun &run) {
    if (job::is_rollback(run.facts)) {
        // The other system stays complete and bootable, for another try.
        boot_.cancel_try();
        // What was made for the try, and what the try left behind.
        const auto generation = generations_.at(run.facts.new_generation);
        partitions::remove_tree(storage_, generation.pin());
        if (services::holds_messages(storage_, generation.gate_queue()))
            run.log({job::Severity::error, messages::Code::gate_queue_failed},
                    "mail that was written on trial could not be put into the queue, and stays in " +
                        generation.gate_queue().string() +
                        "; the update agent tries it again when it starts: systemctl restart "
                        "update-agent");
        else
            partitions::remove_tree(storage_, generation.gate_queue());
        return;
    }
    boot_.mark_unbootable(run.facts.new_slot);
    // Also a try that is used up: the boot loader leaves its name in the environment.
    boot_.cancel_try();
    generations_.unassign(run.facts.new_slot);
}

} // namespace updater::phases
