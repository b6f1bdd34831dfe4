// Phase 6, restart the appliance.
#include "updater/phases/06_restart_appliance.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"

#include <array>
#include <utility>

namespace updater {

namespace {

/// What the new system needs of the old /etc until phase 8 has converted all of it: to be the same machine to
/// those who log in and watch (mission L13), and to keep its journal and clock. The converted configuration
/// replaces it.
constexpr std::array kBootstrap{"machine-id", "hostname", "hosts",
                                "localtime",  "timezone", "ssh/authorized_keys"};
constexpr std::string_view kHostKeys = "ssh_host_";

} // namespace

RestartAppliancePhase::RestartAppliancePhase(partitions::Storage &storage, partitions::BootSelection &boot,
                                             partitions::Generations &generations, NetworkState &network,
                                             Layout layout)
    : storage_(storage), boot_(boot), generations_(generations), network_(network),
      layout_(std::move(layout)) {}

PhaseEnd RestartAppliancePhase::run(PhaseRun &run) {
    const auto generation = generations_.path_of(run.facts.new_generation);
    run.progress(10, "pinning the addresses");
    pin_addresses(generation, run);
    run.progress(40, "preparing what the new system starts with");
    write_bootstrap_configuration(generation, run);
    generations_.assign(run.facts.new_slot, run.facts.new_generation);
    run.facts.try_requested = true;
    run.save_facts();

    // Last of all: from this write on the next start is a try of the new system, whoever causes it.
    boot_.try_once(run.facts.new_slot);
    run.progress(100, "restarting into " + run.facts.to_version);
    run.log(Severity::info, "restarting into " + run.facts.to_version +
                                "; if it does not prove itself, the appliance "
                                "comes back with " +
                                run.facts.from_version + " by itself");
    return PhaseEnd::restarting;
}

void RestartAppliancePhase::pin_addresses(const std::filesystem::path &generation, PhaseRun &run) {
    const auto interfaces = network_.interfaces();
    run.facts.addresses = interfaces;
    partitions::remove_tree(storage_, generation / "pin");
    partitions::make_directories(storage_, generation / "pin");
    for (const auto &interface : interfaces) {
        // A static one has its addresses from the configuration that was carried over.
        if (!interface.automatic)
            continue;
        partitions::replace_file(storage_, generation / "pin" / pinned_network_file_name(interface),
                                 pinned_network_file(interface));
        std::string addresses;
        for (const auto &each : interface.addresses)
            addresses += (addresses.empty() ? "" : ", ") + each.address + "/" + std::to_string(each.prefix);
        run.log(Severity::info, "pinned " + interface.name + " to " + addresses + ", MTU " +
                                    std::to_string(interface.mtu) + ", over the restart");
    }
}

void RestartAppliancePhase::write_bootstrap_configuration(const std::filesystem::path &generation,
                                                          PhaseRun &run) {
    const auto bootstrap = generation / "etc" / "bootstrap";
    partitions::remove_tree(storage_, bootstrap);
    partitions::make_directories(storage_, bootstrap / "ssh");
    storage_.copy_attributes(layout_.configuration, bootstrap);
    storage_.copy_attributes(layout_.configuration / "ssh", bootstrap / "ssh");
    for (const auto *each : {"work", "bootstrap-work"})
        partitions::make_directories(storage_, generation / "etc" / each);
    for (const auto *each : kBootstrap)
        copy_into(bootstrap, each);
    for (const auto &each : storage_.list(layout_.configuration / "ssh"))
        if (each.filename().string().starts_with(kHostKeys))
            copy_into(bootstrap, std::filesystem::path("ssh") / each.filename());
    storage_.sync_filesystem(generation);
    run.log(Severity::info, "prepared what " + run.facts.to_version + " starts with");
}

void RestartAppliancePhase::copy_into(const std::filesystem::path &bootstrap,
                                      const std::filesystem::path &relative) {
    const auto from = layout_.configuration / relative;
    switch (storage_.kind(from)) {
    case partitions::FileKind::file:
        storage_.clone_file(from, bootstrap / relative);
        return;
    case partitions::FileKind::symlink:
        storage_.make_symlink(storage_.read_symlink(from), bootstrap / relative);
        return;
    case partitions::FileKind::directory:
        partitions::copy_tree(storage_, from, bootstrap / relative);
        return;
    case partitions::FileKind::none:
    case partitions::FileKind::other:
        return;
    }
}

void RestartAppliancePhase::undo(PhaseRun &run) {
    boot_.mark_unbootable(run.facts.new_slot);
    boot_.cancel_try();
    generations_.unassign(run.facts.new_slot);
}

} // namespace updater
