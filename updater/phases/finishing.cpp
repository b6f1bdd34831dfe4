#include "updater/phases/finishing.hpp"

#include "partitions/durable.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/services/gate_queue.hpp"
#include "updater/services/service_states.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace updater::phases {

namespace {

constexpr auto deadline_timer = "update-control-deadline.timer";
constexpr std::chrono::seconds time_to_stop_timer{10};

} // namespace

Finishing::Finishing(partitions::Storage &storage, partitions::Mounts &mounts,
                     partitions::BootSelection &boot, partitions::Generations &generations,
                     services::ServiceManager &services, services::MailGate &gate,
                     network::NetworkState &network, checks::LeastVersion &least_version,
                     const configuration::Appliance &appliance, partitions::Layout layout)
    : storage_(storage), mounts_(mounts), boot_(boot), generations_(generations), services_(services),
      gate_(gate), network_(network), least_version_(least_version), appliance_(appliance),
      layout_(std::move(layout)) {}

void Finishing::run(job::PhaseRun &run) {
    struct Step {
        int percent;
        const char *name;
        void (Finishing::*work)(job::PhaseRun &);
    };
    // Mail first, so that nothing else keeps it out; what fills a disk or a bus that does not answer comes
    // last.
    constexpr Step steps[] = {
        {78, "ending the trial", &Finishing::end_trial},
        {80, "going back to the mail queue", &Finishing::go_back_to_queue},
        {85, "starting the services", &Finishing::start_services},
        {88, "accepting mail from outside", &Finishing::let_mail_in},
        {90, "going back to DHCP", &Finishing::unpin_addresses},
        {93, "taking back the settings of the trial", &Finishing::drop_settings_of_trial},
        {95, "noting what was left", &Finishing::note_left_generation},
        {96, "noting the least acceptable version", &Finishing::raise_least_version},
        {97, "giving up the previous system", &Finishing::give_up_old_system},
    };
    std::string failures;
    for (const Step &step : steps) {
        run.progress(step.percent, step.name);
        try {
            (this->*step.work)(run);
        } catch (const std::exception &failure) {
            failures += (failures.empty() ? "" : "; ") + std::string(step.name) + ": " + failure.what();
        }
    }
    if (!failures.empty())
        throw NotFinished(failures);
}

partitions::Generation Finishing::generation_of(const job::PhaseRun &run) const {
    // A journal that was damaged may have lost the name; the slot has it.
    return generations_.at(run.facts.new_generation.empty() ? generations_.of_slot(run.facts.new_slot)
                                                            : run.facts.new_generation);
}

void Finishing::end_trial(job::PhaseRun &) {
    // From here on the deadline no longer restarts the machine.
    partitions::remove_tree(storage_, layout_.run / "on-trial");
}

void Finishing::go_back_to_queue(job::PhaseRun &run) {
    const auto folder = generation_of(run).gate_queue();
    services::GateQueue queue(storage_, mounts_, folder, appliance_.mail.queue);
    if (!queue.covers() && storage_.kind(folder) == partitions::FileKind::none)
        return;
    services_.stop(appliance_.mail.unit, appliance_.services.stop_timeout);
    if (const auto moved = queue.uncover(); moved > 0)
        run.log(job::Severity::info,
                std::to_string(moved) + " messages written meanwhile were put into the queue");
}

void Finishing::start_services(job::PhaseRun &run) {
    if (run.facts.services.empty()) // lost with a damaged journal: the start of the machine has started them
        return;
    const auto before = run.facts.services.get<services::ServiceStates>();
    std::string failures;
    for (const auto &failure : services::start_services_as_far_as_possible(
             services_, appliance_.services, before,
             [&](std::string_view step) { run.log(job::Severity::info, step); }))
        failures += (failures.empty() ? "" : ", ") + failure;
    if (!failures.empty())
        throw services::ServiceError(failures);
}

void Finishing::let_mail_in(job::PhaseRun &run) {
    gate_.open();
    run.mail_flows_again();
    run.log(job::Severity::info, "mail from outside is accepted again");
}

void Finishing::unpin_addresses(job::PhaseRun &run) {
    partitions::remove_tree(storage_, generation_of(run).pin());
    network_.unpin();
    run.log(job::Severity::info, "the addresses are no longer pinned");
}

void Finishing::drop_settings_of_trial(job::PhaseRun &) {
    // Without the mark the generator makes none, such as that a failure of the agent restarts the machine.
    services_.reload();
    services_.stop(deadline_timer, time_to_stop_timer);
}

void Finishing::raise_least_version(job::PhaseRun &run) {
    if (run.facts.least_acceptable_version.empty())
        return;
    least_version_.raise_to(firmware::Version::parse(run.facts.least_acceptable_version));
    run.log(job::Severity::info, "no version older than " + run.facts.least_acceptable_version +
                                     " is installed or gone back to from now on");
}

void Finishing::note_left_generation(job::PhaseRun &run) {
    checks::LeftGeneration left(storage_, generations_, layout_.left_generation);
    if (job::is_rollback(run.facts))
        left.remember(run.facts.old_generation);
    else
        left.forget();
}

void Finishing::give_up_old_system(job::PhaseRun &run) {
    if (appliance_.keep_old_generation || job::is_rollback(run.facts))
        return;
    // In this order: a system without its generation must not be reached by the boot loader.
    boot_.mark_unbootable(run.facts.old_slot);
    generations_.unassign(run.facts.old_slot);
    generations_.retire(run.facts.old_generation);
    for (const auto &left : generations_.remove_retired())
        run.log(job::Severity::warning, left);
    run.log(job::Severity::info, "the previous system was given up, as appliance.xml says (old-generation)");
}

} // namespace updater::phases
