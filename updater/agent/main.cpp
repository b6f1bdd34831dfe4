// The agent's program: makes the parts, connects them, and serves the bus until it is told to stop.
#include "hooks/runner/systemd_hook_runner.hpp"
#include "partitions/boot_partition_selection.hpp"
#include "partitions/durable.hpp"
#include "partitions/generations.hpp"
#include "partitions/mounts.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/posix_storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/agent/agent.hpp"
#include "updater/agent/bus_requests.hpp"
#include "updater/agent/termination.hpp"
#include "updater/available/connection_settings.hpp"
#include "updater/available/fetched_feed.hpp"
#include "updater/bus/bus_service.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/checks/preconditions.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/configuration/settings_file.hpp"
#include "updater/download/mirrored_source.hpp"
#include "updater/health/health_gate.hpp"
#include "updater/job/pause.hpp"
#include "updater/network/systemd_network_state.hpp"
#include "updater/network/tcp_greeting_probe.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/notices/notice_journal.hpp"
#include "updater/phases/table.hpp"
#include "updater/services/gate_queue.hpp"
#include "updater/services/nftables_mail_gate.hpp"
#include "updater/services/systemd_calendar.hpp"
#include "updater/services/systemd_service_manager.hpp"

#include <exception>
#include <iostream>
#include <malloc.h>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace updater::agent {
namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

/// Followers ask twice a second; they get the chance to see the word "restarting" before the connection dies.
constexpr std::chrono::seconds last_word{2};

void refuse_what_failed_before(const firmware::Manifest &manifest, const job::JobFacts &facts,
                               available::FailedVersions &failed_versions) {
    if (facts.even_if_failed_before)
        return;
    if (const auto reason = failed_versions.reason_for(manifest.version.text()))
        throw Refused("version " + manifest.version.text() + " failed on this appliance before: " + *reason,
                      "To install it all the same: update-control -i fw --force");
}

/// No phase runs yet: what is there was left by an agent that was killed.
void clear_leftovers(hooks::runner::SystemdHookRunner &programs, partitions::MountedSystemRoots &roots) {
    try {
        programs.end_leftovers();
        roots.unmount_leftovers();
    } catch (const std::exception &failure) {
        // No reason to be without an agent: the phase that it is in the way of says so, if one comes to that.
        std::cerr << "what an earlier agent left cannot be cleared away: " << failure.what() << '\n';
    }
}

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

/// The way back must not depend on a boot partition that can be read.
std::optional<partitions::Slot> default_slot_if_readable(partitions::BootSelection &boot) {
    try {
        return boot.default_slot();
    } catch (const std::exception &failure) {
        std::cerr << "the boot selection cannot be read: " << failure.what() << '\n';
        return std::nullopt;
    }
}

void put_back_mail(partitions::Storage &storage, const partitions::Generations &generations,
                   job::Journal &journal, const std::filesystem::path &queue) {
    try {
        const auto contents = journal.read();
        if (!contents.records.empty() && contents.records.back().kind != job::RecordKind::job_ended)
            return; // the job does it
        if (const auto moved = services::put_back_left_mail(storage, generations, queue); moved > 0)
            std::cout << moved << " messages of an earlier trial were put into the mail queue" << std::endl;
    } catch (const std::exception &failure) {
        std::cerr << "mail of an earlier trial cannot be put into the queue: " << failure.what() << '\n';
    }
}

void serve() {
    const Termination termination;
    // First: a second agent, started by hand, must learn that it is one before it ends what the other one
    // runs.
    bus::BusConnection system_bus = bus::take_agent_name(bus::open_system_bus());
    const auto appliance = configuration::read_appliance(configuration::appliance_file);
    const auto running = job::read_running_system();
    const partitions::Layout layout;
    const auto version = firmware::Version::parse(appliance.version);
    const text::Clock clock = [] { return std::chrono::system_clock::now(); };

    partitions::PosixStorage storage;
    const configuration::SettingsFile settings(storage);
    partitions::PartitionFinder partition_finder;
    partitions::BootPartitionSelection boot(storage, partition_finder,
                                            running.is_try ? std::nullopt : std::optional(running.slot));
    partitions::Generations generations(storage, layout.data);
    partitions::KernelMounts mounts;
    partitions::MountedSystemRoots roots(storage, partition_finder, layout.run);
    services::SystemdServiceManager services;
    network::SystemdNetworkState network;
    services::NftablesMailGate gate;
    hooks::runner::SystemdHookRunner programs;
    const firmware::KeysNow image_keys = firmware::keys_in(appliance.firmware.trusted_keys);
    std::optional<feed::FeedStore> feed_store;
    if (!appliance.firmware.feed_url.empty())
        feed_store.emplace(storage, layout.feed, image_keys(),
                           feed::FeedStore::Origin{appliance.firmware.feed_url, appliance.product});
    const firmware::KeysNow trusted_keys =
        feed_store ? firmware::KeysNow([&feed_store] { return feed_store->keys(); }) : image_keys;
    pacing::Pacer pacer(0);
    const fetch::OpenConversation open_fetch = [&layout] {
        return fetch::connect_to_update_fetch(layout.run / "fetch.socket");
    };
    const available::ConnectionNow connection_now = [&] {
        return available::connection_of(storage, appliance.firmware, settings.read().settings.download);
    };
    const auto open_urls = [&](const std::vector<std::string> &urls, bool known,
                               const phases::ImageInstallation::Report &report) {
        const auto open = [&open_fetch, connection = download::share_of_time(connection_now(), urls.size()),
                           known, report](const std::string &url) {
            return std::make_unique<fetch::FetchedSource>(
                open_fetch, fetch::FirmwareOrder{url, connection, known}, report);
        };
        return std::make_unique<download::MirroredSource>(urls, open, report);
    };
    phases::ImageInstallation installation(storage, partition_finder, open_urls, trusted_keys, appliance,
                                           {.threads = appliance.installation.threads,
                                            .checkpoint_bytes = appliance.installation.checkpoint_mib * mib},
                                           pacer);
    phases::Conversions conversions(programs, layout, appliance.timeouts.conversion);
    phases::ConfigurationChecks configuration_checks(storage, roots, programs, layout);
    phases::StoreRehearsal store_rehearsal(storage, roots, generations, conversions, appliance);
    network::TcpGreetingProbe probe;
    health::HealthGate health(services, programs, network, probe, appliance);

    const auto other_label = partitions::partition_label(partitions::other(running.slot));
    checks::LeastVersion least_version(storage, layout.data / "update-control" / "least-version");
    const checks::LeftGeneration left_generation(storage, generations, layout.left_generation);
    const auto check_manifest = [&](const firmware::Manifest &manifest, const job::JobFacts &facts) {
        if (facts.operation == "install")
            checks::check_same_version(manifest, version, facts.force);
        if (facts.operation == "install" && !facts.force)
            left_generation.check_may_be_removed(partitions::other(running.slot));
        checks::check_all(manifest, appliance, version, least_version.value(),
                          partition_finder.size_bytes(other_label), other_label,
                          checks::FilesystemMeasures::real());
    };
    const auto check_previous_system = [&](const firmware::Version &previous) {
        checks::check_way_back(previous, least_version.value());
    };
    const auto check_before_download = [&] {
        checks::check_space({}, appliance, checks::FilesystemMeasures::real());
        checks::check_services(services::record_services(services, appliance.services), appliance.services);
    };

    available::FailedVersions failed_versions(storage,
                                              layout.data / "update-control" / "failed-versions.json");
    phases::Phases phases{
        .download = {storage, installation, trusted_keys, layout, partitions::space_of,
                     [&](const firmware::Manifest &manifest, const job::JobFacts &facts) {
                         check_manifest(manifest, facts);
                         refuse_what_failed_before(manifest, facts, failed_versions);
                     }},
        .install = {storage, boot, roots, generations, conversions, installation, configuration_checks,
                    store_rehearsal},
        .stop_services = {services, gate, programs, probe, appliance},
        .prepare_store_migration = {storage, generations, appliance},
        .back_up_configuration = {storage, roots, generations, conversions, configuration_checks},
        .restart_appliance = {storage, boot, generations, network},
        .migrate_store = {storage, roots, generations, conversions, appliance},
        .install_configuration = {roots, generations},
        .clean_up = {storage, generations},
        .start_services = {storage, mounts, boot, generations, services, gate, network, health, least_version,
                           appliance, layout},
    };

    bus::NoticeQueue notice_signals;
    notices::NoticeBoard board(storage, {},
                               {.wanted = [&] { return settings.read().settings.notices; },
                                .journal = notices::send_notice_to_systemd_journal,
                                .bus = [&](const notices::Notice &notice) { notice_signals.push(notice); }});
    notices::Announcements announcements(board, std::cout, clock,
                                         [&] { return settings.read().settings.notices.feed_unreachable; });
    progress::JobStatus status(clock, appliance.version, std::string(1, partitions::letter(running.slot)));
    progress::LogObserver observer(
        storage, status, std::cout, clock, progress::send_to_systemd_journal,
        [&](const job::JobFacts &facts, const job::JobEnd &end) {
            announcements.job_ended(facts, end);
            if (available::speaks_against_version(end) && end.interrupted)
                failed_versions.remember_interruption(facts.to_version, end.reason);
            else if (available::speaks_against_version(end))
                failed_versions.remember(facts.to_version, end.reason);
            else if (end.outcome == job::Outcome::succeeded && job::is_rollback(facts)) {
                failed_versions.remember(facts.from_version,
                                         "an administrator went back from it to " + facts.to_version);
                failed_versions.forget(facts.to_version);
            } else if (end.outcome == job::Outcome::succeeded && facts.operation == "install")
                failed_versions.forget(facts.to_version);
            partitions::remove_tree(storage, layout.deadline_passed);
        });
    job::Journal journal(storage, layout.journal, running.boot_id, clock);
    job::JobRunner runner(journal, phases::make_phase_table(phases), observer,
                          {.state =
                               [&] {
                                   return job::MachineState{running.slot, running.boot_id,
                                                            default_slot_if_readable(boot), running.is_try,
                                                            storage.kind(layout.deadline_passed) !=
                                                                partitions::FileKind::none};
                               },
                           .restart =
                               [&] {
                                   std::this_thread::sleep_for(last_word);
                                   services.restart_machine();
                               },
                           .begin_trial =
                               [&](const job::JobFacts &facts) {
                                   const auto limit = trial_limit(facts, appliance.timeouts);
                                   partitions::remove_tree(storage, layout.deadline_passed);
                                   note_deadline(storage, layout.run / "deadline", limit);
                                   return limit;
                               },
                           .pause = job::pause_for});
    available::FetchedFeedSource feed_source(open_fetch, connection_now, appliance.firmware.feed_url);
    std::optional<available::FeedMonitor> feed;
    if (feed_store) {
        feed.emplace(
            *feed_store, feed_source, storage, layout.feed / "checked", version, clock,
            available::FeedMonitor::Callbacks{
                .can_be_installed =
                    [&](const feed::FeedEntry &entry) { announcements.can_be_installed(entry); },
                .check_failed = [&](std::string_view what,
                                    auto checked) { announcements.feed_check_failed(what, checked); }});
        announcements.at_start(feed->path({}));
    }
    available::FeedMonitor *const feed_if_any = feed ? &*feed : nullptr;
    const available::FirmwareFolder folder(layout.firmware, trusted_keys);
    const available::FirmwareChoice choice(appliance, folder, failed_versions, feed_if_any);
    Agent agent(appliance, running, layout, storage, boot, generations, journal, runner, observer, status,
                choice, trusted_keys, {check_before_download, check_manifest, check_previous_system}, clock);
    const available::FirmwareDocument document(appliance, running, boot, generations, folder, choice,
                                               feed_if_any, [&agent] { return agent.busy(); });
    services::SystemdCalendar calendar;
    schedule::Schedule schedule(schedule::ScheduleFile(storage), calendar, settings, choice, agent,
                                schedule::ScheduleMessages(announcements, std::cout), clock);
    schedule::AutomaticDownload automatic_download(settings, choice, agent, std::cout);
    schedule::Unattended unattended(feed_if_any, schedule, automatic_download, std::cout);
    BusRequests requests(agent, status, pacer, document, feed_if_any, schedule, unattended);
    requests.set_install_rate(appliance.installation.max_mib_per_second);
    clear_leftovers(programs, roots);
    bus::BusService bus_service(
        requests, notice_signals, std::move(system_bus),
        {.change_group = [&settings] { return settings.read().settings.change_group; }});
    status.on_change([&bus_service] { bus_service.announce_state(); });
    put_back_mail(storage, generations, journal, appliance.mail.queue);
    agent.pick_up();
    const auto stop = [&] {
        unattended.stop();
        agent.stop();
    };
    // Whatever ends the serving, the job's thread must have stopped before the bus that it tells its state is
    // gone.
    try {
        schedule.load();
        unattended.something_may_be_due();
        unattended.begin();
        bus_service.run(termination.token());
    } catch (...) {
        stop();
        throw;
    }
    stop();
}

} // namespace
} // namespace updater::agent

int main(int argument_count, char **) {
    if (argument_count > 1) {
        std::cerr << "update-agent takes no arguments, and did nothing; systemd starts it: systemctl start "
                     "update-agent. To have it do something: update-control --help\n";
        return 2;
    }
    // Large buffers go back to the system when they are given up, instead of waiting in each thread's heap.
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    try {
        updater::agent::serve();
        return 0;
    } catch (const std::exception &failure) {
        std::cerr << "update-agent cannot run: " << failure.what() << '\n';
        return 1;
    }
}
