#include "updater/services/spare_generations.hpp"

#include "updater/services/gate_queue.hpp"

namespace updater::services {

RemovedGenerations remove_spare_generations(partitions::Storage &storage,
                                            partitions::Generations &generations, std::string_view needed) {
    RemovedGenerations result;
    for (const auto &generation : generations.all()) {
        if (generation == needed || generations.assigned(partitions::Slot::a) == generation ||
            generations.assigned(partitions::Slot::b) == generation)
            continue;
        const auto queue = generations.at(generation).gate_queue();
        if (holds_messages(storage, queue)) {
            result.with_mail.push_back(
                "generation " + generation +
                " stays: mail that was written on trial could not be put into the queue, and is in " +
                queue.string() +
                "; the update agent tries it again when it starts: systemctl restart update-agent");
            continue;
        }
        generations.retire(generation);
        result.removed.push_back(generation);
    }
    result.left = generations.remove_retired();
    return result;
}

} // namespace updater::services
