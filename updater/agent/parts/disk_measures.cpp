#include "updater/agent/parts/disk_measures.hpp"

#include "updater/checks/disk_parts.hpp"
#include "updater/checks/disk_use_programs.hpp"
#include "updater/checks/known_places.hpp"

#include <algorithm>
#include <iterator>

namespace updater::agent::parts {

checks::FilesystemMeasures disk_measures(Machine &machine, hooks::runner::HookRunner &programs,
                                         const std::stop_token &stop) {
    auto measures = checks::FilesystemMeasures::real(stop);
    measures.parts_of_disk = [&machine, &programs, stop](const std::filesystem::path &path) {
        auto parts = checks::parts_of_disk(path,
                                           checks::known_places(machine.appliance, machine.layout,
                                                                machine.generations, machine.running.slot),
                                           machine.clock(), stop);
        std::ranges::move(
            checks::vendor_disk_use(machine.layout.disk_use_programs, path, machine.storage, programs, stop),
            std::back_inserter(parts));
        return parts;
    };
    return measures;
}

} // namespace updater::agent::parts
