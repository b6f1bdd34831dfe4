#include "updater/agent/parts/looked_firmware.hpp"

#include "updater/agent/firmware_path.hpp"

#include <utility>

namespace updater::agent::parts {

job::PhaseRun quiet_run(job::JobFacts &facts, const std::stop_token &stop) {
    return {.facts = facts,
            .save_facts = [] {},
            .progress = [](int, std::string_view) {},
            .log = [](job::Severity, std::string_view) {},
            .stop = stop};
}

Looked look_at(const Wanted &wanted, const Firmware &firmware, const Offer &offer, const NewJobs &new_jobs,
               partitions::Storage &storage, const std::stop_token &stop) {
    auto facts = new_jobs.facts(job::Operation::install, wanted.source);
    facts.force = wanted.force;
    offer.choice.resolve_source(facts, wanted.source, wanted.force);
    offer.choice.add_what_the_feed_says(facts);
    if (!facts.firmware_file.empty())
        require_firmware_file(storage, facts.firmware_file);
    auto opened = refuse_damage([&] { return firmware.installation.open(quiet_run(facts, stop)); });
    return {std::move(facts), std::move(opened)};
}

} // namespace updater::agent::parts
