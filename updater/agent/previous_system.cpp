#include "updater/agent/previous_system.hpp"

#include "updater/job/job_requests.hpp"

#include <utility>

namespace updater::agent {

PreviousSystem::PreviousSystem(std::string running_version, job::RunningSystem running,
                               partitions::BootSelection &boot, const partitions::Generations &generations,
                               Check check, LeftBehind left_behind)
    : running_version_(std::move(running_version)), running_(std::move(running)), boot_(boot),
      generations_(generations), check_(std::move(check)), left_behind_(std::move(left_behind)) {}

std::string PreviousSystem::generation(bool force) const {
    const auto slot = partitions::other(running_.slot);
    const auto previous = generations_.assigned(slot);
    if (!previous || !boot_.bootable(slot))
        throw job::NotPossible("there is no previous system to go back to: the rescue partition holds none");
    if (*previous == generations_.of_slot(running_.slot))
        throw job::NotPossible("there is no previous system to go back to: the rescue partition holds a copy "
                               "of the running one, "
                               "version " +
                               partitions::Generations::version_of(*previous) +
                               " (since when: update-control -s)");
    const auto version = partitions::Generations::version_of(*previous);
    check_(firmware::Version::parse(version));
    if (!force)
        throw job::NotPossible(
            "the running system is committed. Going back to " + version +
            " is possible, but its stores are those of before the upgrade: they lack the mail that was " +
            left_behind_() + ". That mail stays in generation " + generations_.of_slot(running_.slot) +
            ": to have it again, go back to " + running_version_ +
            " in the same way; an installation removes it, and so needs --force then. The mail queue is "
            "kept. "
            "The previous system is tried like a new system: if it does not prove itself, "
            "the appliance comes back to " +
            running_version_ + ". To do it all the same: update-control --rollback --force");
    return *previous;
}

bool PreviousSystem::running_is_committed() const {
    return boot_.default_slot() == running_.slot;
}

} // namespace updater::agent
