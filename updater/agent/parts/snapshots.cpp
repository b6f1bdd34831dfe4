#include "updater/agent/parts/snapshots.hpp"

#include "partitions/space.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/product_places.hpp"

#include <exception>
#include <iostream>
#include <memory>
#include <optional>

namespace updater::agent::parts {

namespace {

snapshot::SnapshotStore::Origin origin_of(const Machine &machine) {
    snapshot::SnapshotStore::Origin origin{.product = machine.appliance.product,
                                           .version = machine.appliance.version,
                                           .slot = std::string(1, partitions::letter(machine.running.slot))};
    for (const auto &part : machine.appliance.configuration_formats)
        origin.formats[part.name] = part.format;
    return origin;
}

partitions::Generation running_generation(const Machine &machine) {
    return machine.generations.at(machine.generations.of_slot(machine.running.slot));
}

snapshot::SnapshotStore::ShownTrees show_trees(Machine &machine, partitions::MountedSystemRoots &roots) {
    auto image = std::make_shared<partitions::ShownRoot>(roots.of_running_image());
    const partitions::Generation generation = running_generation(machine);
    return {{generation.etc_upper(), image->path() / "etc", generation.var(),
             snapshot::read_product_places(machine.storage, partitions::snapshot_places_file)},
            image};
}

phases::ReleaseConversion::Running running_of(Machine &machine, const install::ImageHeads &heads,
                                              const firmware::KeysNow &trusted_keys) {
    return {.slot = machine.running.slot,
            .version = machine.appliance.version,
            .var = [&machine] { return running_generation(machine).var(); },
            .manifest = [&machine, &heads, trusted_keys]() -> std::optional<firmware::Manifest> {
                const auto head = heads.read(machine.running.slot, trusted_keys());
                return head ? std::optional(head->manifest) : std::nullopt;
            }};
}

} // namespace

Snapshots::Snapshots(Machine &machine, Firmware &firmware)
    : roots(machine.storage, machine.partition_finder, machine.layout.run / "snapshot"),
      roots_of_restore(machine.storage, machine.partition_finder, machine.layout.run / "restore"),
      store(machine.storage, attributes, machine.layout.snapshots, origin_of(machine),
            {.trees = [this, &machine] { return show_trees(machine, roots); },
             .space_of = partitions::space_of,
             .clock = machine.clock}),
      heads(machine.storage, machine.layout.images),
      conversions(programs, machine.layout, machine.appliance.timeouts.conversion),
      checks(machine.storage, roots_of_restore, programs, machine.layout),
      conversion(machine.storage, roots_of_restore, conversions, checks,
                 running_of(machine, heads, firmware.trusted_keys)),
      restore(machine.storage, attributes, store, conversion,
              [&machine] { return running_generation(machine); }),
      before_upgrade_(store, restore,
                      [&machine] { return machine.settings.read().settings.automatic_snapshots; }) {}

void Snapshots::at_start() {
    try {
        programs.end_leftovers(); // first: it may use what is unmounted here
        roots.unmount_leftovers();
        roots_of_restore.unmount_leftovers();
        if (const auto name = restore.finish())
            std::cout << "the settings of the snapshot " << *name << " are in force since this start"
                      << std::endl;
    } catch (const std::exception &failure) {
        std::cerr << "what a restore of settings left cannot be cleared away: " << failure.what() << '\n';
    }
}

void Snapshots::make_before_upgrade(job::PhaseRun &run) {
    try {
        run.log(job::Severity::info, "the settings are in the snapshot " +
                                         before_upgrade_.make(run.facts.to_version, run.facts.job));
    } catch (const Refused &) {
        throw;
    } catch (const std::exception &failure) {
        run.log({job::Severity::warning, messages::Code::snapshot_refused},
                std::string("no snapshot of the settings could be made: ") + failure.what() +
                    "; the upgrade goes on, and the old system keeps its settings in any case");
    }
}

} // namespace updater::agent::parts
