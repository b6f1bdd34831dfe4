#include "updater/agent/parts/disk_measures.hpp"

#include "updater/agent/time_limit.hpp"
#include "updater/checks/disk_parts.hpp"
#include "updater/checks/disk_use_programs.hpp"
#include "updater/checks/folder_use.hpp"
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

std::uint64_t own_bytes_of(const std::vector<std::filesystem::path> &folders,
                           std::chrono::system_clock::time_point now) {
    std::uint64_t sum_bytes = 0;
    within(max_measuring_time, [&](const std::stop_token &stop) {
        for (const auto &folder : folders)
            sum_bytes += checks::use_of_folder(folder, now, checks::Sharing::looked_at, stop).own_bytes;
    });
    return sum_bytes;
}

} // namespace updater::agent::parts
