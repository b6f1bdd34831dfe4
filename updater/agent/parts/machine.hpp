// The machine: disks, boot selection, services, network. Made once, by main; no class gets all of it, each
// gets the members that it needs.
#pragma once

#include "hooks/runner/systemd_hook_runner.hpp"
#include "partitions/boot_partition_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/layout.hpp"
#include "partitions/mounts.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/posix_storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/configuration/settings_file.hpp"
#include "updater/content/content_lock.hpp"
#include "updater/content/content_record.hpp"
#include "updater/job/restart_traces.hpp"
#include "updater/job/running_system.hpp"
#include "updater/network/systemd_network_state.hpp"
#include "updater/network/tcp_greeting_probe.hpp"
#include "updater/services/nftables_mail_gate.hpp"
#include "updater/services/shared_mail_gate.hpp"
#include "updater/services/systemd_service_manager.hpp"
#include "updater/text/local_time.hpp"

#include <optional>

namespace updater::agent::parts {

struct Machine {
    partitions::Layout layout;
    configuration::Appliance appliance = configuration::read_appliance(partitions::appliance_file);
    job::RunningSystem running = job::read_running_system();
    text::Clock clock = [] { return std::chrono::system_clock::now(); };

    partitions::PosixStorage storage;
    configuration::SettingsFile settings{storage, layout.settings};
    partitions::PartitionFinder partition_finder;
    partitions::BootPartitionSelection boot{storage, partition_finder,
                                            running.is_try ? std::nullopt : std::optional(running.slot)};
    partitions::Generations generations{storage, layout.data};
    partitions::KernelMounts mounts;
    partitions::MountedSystemRoots roots{storage, partition_finder, layout.run};
    services::SystemdServiceManager services;
    network::SystemdNetworkState network{layout.network_pins};
    network::TcpGreetingProbe probe;
    services::NftablesMailGate packet_filter;
    services::SharedMailGate gate{packet_filter};
    hooks::runner::SystemdHookRunner programs{hooks::runner::ProgramsOf::job};
    job::RestartTraces restart_traces;
    content::ContentLock content_lock{layout.content_lock, clock};
    content::ContentRecord content_record{storage, layout.content_record};

    partitions::Slot other_slot() const { return partitions::other(running.slot); }
};

} // namespace updater::agent::parts
