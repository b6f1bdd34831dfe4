#include "updater/checks/known_places.hpp"

#include <string>

namespace updater::checks {

namespace {

KnownPlace previous_system(const partitions::Generations &generations, const std::string &generation) {
    return {.what = "the previous system " + partitions::Generations::version_of(generation),
            .path = generations.path_of(generation),
            .advice = "to free it, with no rollback to it afterwards: update-control --drop-previous (never "
                      "remove it by hand)",
            .may_share = true};
}

} // namespace

std::vector<KnownPlace> known_places(const configuration::Appliance &appliance,
                                     const partitions::Layout &layout,
                                     const partitions::Generations &generations, partitions::Slot running) {
    std::vector<KnownPlace> places;
    for (const configuration::Store &store : appliance.stores)
        places.push_back({.what = "the store " + store.name, .path = store.path, .by_age = true});
    if (!appliance.mail.queue.empty())
        places.push_back({.what = "the mail queue",
                          .path = appliance.mail.queue,
                          .advice = "to see which mail waits and why: mailq"});
    places.push_back({.what = "the logs",
                      .path = layout.system_logs,
                      .advice = "to shorten the systemd journal: journalctl --vacuum-size=50M",
                      .by_age = true});
    places.push_back({.what = "the downloaded firmware",
                      .path = layout.firmware,
                      .advice = "to remove what isn't to be installed (update-control -l lists it): rm " +
                                (layout.firmware / "NAME.fw").string()});
    places.push_back({.what = "the logs of jobs",
                      .path = layout.logs,
                      .advice = "to remove those of a year ago: find " + layout.logs.string() +
                                " -name '*.log' -mtime +365 -delete"});
    places.push_back({.what = "the snapshots of settings",
                      .path = layout.snapshots,
                      .advice = "to see them: update-control --snapshot list"});
    const auto previous = generations.assigned(partitions::other(running));
    if (previous && previous != generations.assigned(running))
        places.push_back(previous_system(generations, *previous));
    return places;
}

} // namespace updater::checks
