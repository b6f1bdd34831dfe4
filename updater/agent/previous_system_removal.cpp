#include "updater/agent/previous_system_removal.hpp"

#include "updater/job/job_requests.hpp"
#include "updater/refusal.hpp"
#include "updater/services/gate_queue.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <utility>

namespace updater::agent {

PreviousSystemRemoval::PreviousSystemRemoval(job::RunningSystem running, partitions::Storage &storage,
                                             partitions::BootSelection &boot,
                                             partitions::Generations &generations,
                                             checks::LeftGeneration left, Measure measure,
                                             InBackground in_background)
    : running_(std::move(running)), slot_(partitions::other(running_.slot)), storage_(storage), boot_(boot),
      generations_(generations), left_(std::move(left)), measure_(std::move(measure)),
      in_background_(std::move(in_background)) {}

nlohmann::json PreviousSystemRemoval::drop(bool really, bool force) {
    require_committed();
    const auto previous = generations_.assigned(slot_);
    const auto names = spare_generations(previous);
    if (previous && previous == generations_.of_slot(running_.slot))
        throw job::NotPossible("the rescue partition holds a copy of the running system, which uses the same "
                               "data: removing it would free nothing. What fills the disk: update-control "
                               "--check fw");
    if (names.empty() && !boot_.bootable(slot_))
        throw job::NotPossible("there is no previous system to remove: the rescue partition holds none that "
                               "can be started, and no data of one is left");
    require_no_mail(names, force);
    nlohmann::json document = cost_of(names);
    document["version"] =
        previous ? nlohmann::json(partitions::Generations::version_of(*previous)) : nlohmann::json(nullptr);
    document["dropped"] = really;
    if (really)
        give_up(names);
    return document;
}

void PreviousSystemRemoval::require_committed() {
    // Not whether it was started as a try: it still was after the commit.
    if (boot_.pending_try() || boot_.default_slot() != running_.slot)
        throw job::NotPossible("the boot loader does not start the running system by default yet, so the "
                               "other one is needed to go back. See what is under way: update-control -s");
}

/// The one that goes first, then those that no slot uses.
std::vector<std::string>
PreviousSystemRemoval::spare_generations(const std::optional<std::string> &previous) const {
    const std::string running = generations_.of_slot(running_.slot);
    std::vector<std::string> names;
    for (const std::string &name : generations_.all())
        if (name != running)
            names.push_back(name);
    std::ranges::partition(names, [&](const std::string &name) { return name == previous; });
    return names;
}

nlohmann::json PreviousSystemRemoval::cost_of(const std::vector<std::string> &names) const {
    nlohmann::json bytes = 0;
    try {
        std::vector<std::filesystem::path> folders;
        for (const std::string &name : names)
            folders.push_back(generations_.path_of(name));
        bytes = measure_(folders);
    } catch (const std::exception &) {
        bytes = nullptr; // too many files, or a bad disk: it can be removed without knowing
    }
    return {{"slot", std::string(1, partitions::letter(slot_))}, {"bytes", bytes}};
}

void PreviousSystemRemoval::require_no_mail(const std::vector<std::string> &names, bool force) const {
    for (const std::string &name : names) {
        const auto queue = generations_.at(name).gate_queue();
        if (services::holds_messages(storage_, queue))
            throw Refused("generation " + name + " holds mail that was accepted on trial, in " +
                              queue.string() + ", and is in no other queue",
                          "The update agent puts it into the queue when it starts: systemctl restart "
                          "update-agent",
                          messages::Code::previous_system_kept);
        if (!force && left_.is_noted(name))
            throw Refused("generation " + name +
                              " alone holds the mail that was stored from the upgrade to the rollback",
                          "To remove it all the same: update-control --drop-previous --force. To have that "
                          "mail again: update-control --rollback --force",
                          messages::Code::previous_system_kept);
    }
}

/// In this order: the boot loader must not reach a system without its generation.
void PreviousSystemRemoval::give_up(const std::vector<std::string> &names) {
    boot_.mark_unbootable(slot_);
    generations_.unassign(slot_);
    bool noted = false;
    for (const std::string &name : names) {
        noted = noted || left_.is_noted(name);
        generations_.set_aside(name);
    }
    if (noted)
        left_.forget();
    in_background_([&generations = generations_] { // this object may be gone by then
        try {
            for (const std::string &left : generations.remove_retired())
                std::cerr << left << '\n';
        } catch (const std::exception &failure) {
            std::cerr << "what is left of the previous system cannot be removed: " << failure.what() << '\n';
        }
    });
}

} // namespace updater::agent
