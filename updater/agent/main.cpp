// The agent's program: makes the parts, connects them, and serves the bus until it is told to stop.
#include "hooks/runner/systemd_hook_runner.hpp"
#include "partitions/base/termination.hpp"
#include "updater/agent/agent.hpp"
#include "updater/agent/bus_requests.hpp"
#include "updater/agent/mail_since_upgrade.hpp"
#include "updater/agent/parts/about_system.hpp"
#include "updater/agent/parts/disk_measures.hpp"
#include "updater/agent/parts/first_start.hpp"
#include "updater/agent/parts/leftovers.hpp"
#include "updater/agent/parts/node.hpp"
#include "updater/agent/parts/offer.hpp"
#include "updater/agent/parts/requested_checks.hpp"
#include "updater/agent/parts/requested_forecast.hpp"
#include "updater/agent/parts/rescue.hpp"
#include "updater/agent/parts/snapshots.hpp"
#include "updater/agent/parts/trial.hpp"
#include "updater/agent/parts/upgrade.hpp"
#include "updater/agent/previous_system_removal.hpp"
#include "updater/bus/bus_service.hpp"
#include "updater/services/systemd_calendar.hpp"

#include <exception>
#include <iostream>
#include <malloc.h>
#include <thread>
#include <utility>

namespace updater::agent {
namespace {

/// The requests that begin or end a job, and all that answers them.
struct Jobs {
    Jobs(parts::Machine &machine, parts::Firmware &firmware, parts::Checks &checks, parts::Upgrade &upgrade,
         parts::Reports &reports, parts::Offer &offer, parts::Snapshots &snapshots)
        : journal(machine.storage, machine.layout.journal, machine.running.boot_id, machine.clock),
          runner(journal, phases::make_phase_table(upgrade.phases), reports.observer,
                 parts::machine_of_runner(machine)),
          mail_since_upgrade(reports.history, counting_programs, machine.appliance),
          thread(
              runner, reports.observer,
              [this] {
                  mail_since_upgrade.make_way();
                  make_way();
              },
              [&machine] { machine.content_lock.release(); }),
          new_jobs(machine.appliance.version, machine.running, machine.generations, machine.layout.logs,
                   machine.clock, parts::time_to_first_start(machine.storage, machine.layout.first_start)),
          first_checks(
              machine.storage, firmware.trusted_keys,
              {.before_download = [&checks] { checks.before_download(); },
               .of_manifest = [&checks](const firmware::Manifest &manifest,
                                        const job::JobFacts &facts) { checks.of_manifest(manifest, facts); }},
              journal, reports.observer),
          previous(
              machine.appliance.version, machine.running, machine.boot, machine.generations,
              [&checks, &snapshots](const firmware::Version &version) {
                  snapshots.restore.require_none_pending();
                  checks.of_previous_system(version);
              },
              [this] { return mail_since_upgrade.text(); }),
          agent(thread, journal, reports.status, new_jobs, first_checks, previous, offer.choice) {}

    job::Journal journal;
    job::JobRunner runner;
    hooks::runner::SystemdHookRunner counting_programs{hooks::runner::ProgramsOf::count};
    MailSinceUpgrade mail_since_upgrade;
    std::function<void()> make_way = [] {}; ///< what else works on the partitions stops
    JobThread thread;
    NewJobs new_jobs;
    FirstChecks first_checks;
    PreviousSystem previous;
    Agent agent;
};

/// However serving ends, the threads that tell the bus their state have stopped on return.
void serve_until_stopped(bus::BusService &service, schedule::Schedule &schedule,
                         schedule::BackgroundThread &background_thread, FirmwareCheck &firmware_check,
                         rescue::RescueWork &rescue, MailWatch &mail_watch, Agent &agent, NodeWork &node,
                         const std::stop_token &token) {
    const auto stop = [&] {
        firmware_check.end();
        node.end();
        rescue.stop();
        background_thread.stop();
        agent.stop();
        mail_watch.stop(); // last: the end of a job looks, too
    };
    try {
        schedule.load();
        background_thread.something_may_be_due();
        background_thread.begin();
        rescue.begin();
        service.run(token);
    } catch (...) {
        stop();
        throw;
    }
    stop();
}

void serve() {
    const partitions::base::Termination termination;
    // First: a second agent, started by hand, must fail here, before it ends programs that the first one
    // runs.
    bus::BusConnection system_bus = bus::take_agent_name(bus::open_system_bus());
    parts::Machine machine;
    parts::Firmware firmware(machine);
    parts::Checks checks(machine);
    parts::Snapshots snapshots(machine, firmware);
    parts::Upgrade upgrade(machine, firmware, checks, snapshots);
    parts::Reports reports(machine, checks);
    parts::Offer offer(machine, firmware, checks, reports);
    Jobs jobs(machine, firmware, checks, upgrade, reports, offer, snapshots);

    parts::Rescue rescue(
        machine, firmware, upgrade.heads, reports,
        [&jobs] { return jobs.agent.busy() || jobs.agent.may_have_open_job(); },
        [&jobs](const auto &restart) { jobs.agent.restart_without_job(restart); });
    jobs.make_way = [&rescue] { rescue.work.make_way(); };
    available::OtherSlot other_slot(
        machine.other_slot(), machine.boot, machine.generations,
        [&jobs, &rescue] { return jobs.agent.busy() || rescue.work.is_working(); });
    const available::FirmwareDocument document(machine.appliance, machine.running.slot, other_slot,
                                               offer.folder, offer.choice, checks.failed_versions,
                                               offer.feed_if_any());
    services::SystemdCalendar calendar;
    schedule::Schedule schedule(schedule::ScheduleFile(machine.storage, machine.layout.schedule),
                                {calendar, schedule::to_the_second(machine.clock)}, machine.settings,
                                offer.choice, jobs.agent,
                                schedule::ScheduleMessages(reports.announcements, std::cout));
    schedule::AutomaticDownload automatic_download(machine.settings, offer.choice, jobs.agent, std::cout);
    schedule::BackgroundThread background_thread(offer.feed_if_any(), schedule, automatic_download,
                                                 std::cout);
    FirmwareCheck firmware_check(
        parts::requested_checks(checks, firmware, offer,
                                {jobs.new_jobs, [&jobs] { return jobs.agent.busy(); }}, machine.storage),
        machine.clock,
        parts::requested_forecast(machine, firmware, offer,
                                  {jobs.new_jobs, [&jobs] { return jobs.agent.busy(); }}, reports.history));
    SnapshotWork snapshot_work(
        machine.storage, snapshots.store, snapshots.restore, [&jobs] { return jobs.agent.busy(); },
        machine.clock);
    // Nobody can tell of an unreadable journal in a system on trial whether the trial has ended.
    parts::Node node(machine, reports, [&jobs, on_trial = machine.running.is_try] {
        return jobs.agent.has_given_up() || (on_trial && jobs.agent.may_have_open_job());
    });
    std::jthread files_of_previous; // uses nothing but the generations, and is joined before they go
    PreviousSystemRemoval removal(
        machine.running, machine.storage, machine.boot, machine.generations,
        {machine.storage, machine.generations, machine.layout.left_generation},
        [&machine](const std::vector<std::filesystem::path> &folders) {
            return parts::own_bytes_of(folders, machine.clock());
        },
        [&files_of_previous](std::function<void()> work) {
            files_of_previous = std::jthread(std::move(work));
        });
    BusRequests requests(jobs.agent, firmware.pacer,
                         {reports.status,
                          document,
                          reports.history,
                          firmware_check,
                          other_slot,
                          rescue.work,
                          snapshot_work,
                          node.work,
                          {machine.content_lock, machine.content_record}},
                         {offer.feed_if_any(), schedule, background_thread}, [&](bool really, bool force) {
                             nlohmann::json dropped;
                             jobs.agent.while_no_job_runs([&] {
                                 rescue.work.while_idle([&] { dropped = removal.drop(really, force); });
                             });
                             other_slot.look_again();
                             return dropped;
                         });
    requests.set_install_rate(machine.appliance.installation.max_mib_per_second);
    parts::clear_leftovers(machine);
    snapshots.at_start();
    bus::BusService bus_service(
        requests, reports.notice_signals, std::move(system_bus),
        {.change_group = [&machine] { return machine.settings.read().settings.change_group; }});
    reports.status.on_change([&bus_service] { bus_service.announce_state(); });
    node.work.on_change([&bus_service] { bus_service.announce_state(); });
    parts::keep_started_copy(machine, jobs.journal, rescue.record, reports.announcements);
    parts::tell_about_system(machine, jobs.journal, rescue.record, reports.announcements);
    if (offer.feed)
        reports.announcements.at_start(offer.feed->path({}));
    rescue.work.on_change([&] {
        other_slot.look_again();
        parts::tell_about_system(machine, jobs.journal, rescue.record, reports.announcements);
        bus_service.announce_state();
    });
    parts::hold_back_drained_mail(reports.drain);
    parts::put_back_mail(machine, jobs.journal);
    node.work.begin();
    reports.mail.watch.begin();
    parts::hold_content_again(machine, jobs.journal);
    jobs.agent.pick_up();
    serve_until_stopped(bus_service, schedule, background_thread, firmware_check, rescue.work,
                        reports.mail.watch, jobs.agent, node.work, termination.token());
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
