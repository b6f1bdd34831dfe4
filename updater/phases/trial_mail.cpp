#include "updater/phases/trial_mail.hpp"

namespace updater::phases {

TrialMail::TrialMail(partitions::Storage &storage, partitions::Mounts &mounts,
                     const partitions::Generations &generations, services::ServiceManager &services,
                     services::MailGate &gate, const configuration::Appliance &appliance)
    : storage_(storage), mounts_(mounts), generations_(generations), services_(services), gate_(gate),
      appliance_(appliance) {}

services::GateQueue TrialMail::queue_of(const partitions::Generation &generation) const {
    return {storage_, mounts_, generation.gate_queue(), appliance_.mail.queue};
}

void TrialMail::hold_back(const partitions::Generation &generation) {
    // Both before the first service starts: otherwise it could accept mail, or deliver mail from the real
    // queue, that a rollback would lose.
    gate_.close(appliance_.mail.listener_ports);
    queue_of(generation).cover();
}

void TrialMail::return_to_queue(const partitions::Generation &generation, job::PhaseRun &run) {
    auto queue = queue_of(generation);
    if (!queue.covers() && storage_.kind(generation.gate_queue()) == partitions::FileKind::none)
        return;
    services_.stop(appliance_.mail.unit, appliance_.services.stop_timeout);
    if (const auto moved = queue.uncover(); moved > 0)
        run.log(job::Severity::info,
                std::to_string(moved) + " messages written on trial were put into the queue");
}

void TrialMail::let_in(job::PhaseRun &run) {
    const std::string opened = services::open_and_tell(gate_);
    run.mail_flows_again();
    run.log(job::Severity::info, opened);
}

void TrialMail::save_after_rollback(job::PhaseRun &run) {
    if (run.facts.new_generation.empty())
        return;
    const auto generation = generations_.at(run.facts.new_generation);
    if (!services::holds_messages(storage_, generation.gate_queue()))
        return;
    // Mail that programs wrote on trial was accepted, and the undo of the phases before removes this queue.
    const auto &unit = appliance_.mail.unit;
    bool was_active = false;
    const auto try_to = [&](auto what) {
        try {
            what();
        } catch (const services::ServiceError &failure) {
            run.log({job::Severity::warning, failure.code()}, failure.what());
        }
    };
    const auto start_if_it_was_active = [&] {
        if (was_active)
            try_to([&] { services_.start(unit, appliance_.services.start_timeout); });
    };
    try_to([&] {
        was_active = services_.state(unit).is_active();
        services_.stop(unit, appliance_.services.stop_timeout);
    });
    try {
        const auto moved = queue_of(generation).uncover();
        run.log(job::Severity::info,
                std::to_string(moved) + " messages written by the system on trial were put into the queue");
    } catch (...) {
        start_if_it_was_active();
        throw;
    }
    start_if_it_was_active();
}

} // namespace updater::phases
