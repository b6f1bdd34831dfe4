#include "updater/rescue/advice.hpp"

namespace updater::rescue {

namespace {

std::string advice_for_running(const SlotReport &slot, RescueHolds holds) {
    return "The appliance runs from it. The disk may be failing. To write " +
           (slot.version.empty() ? std::string("its version") : "version " + slot.version) +
           " again, name its file or URL (update-control -l lists the files): update-control -i fw FILE "
           "--force" +
           (holds == RescueHolds::rescue_copy ? ". To run from the rescue copy meanwhile, if that one is as "
                                                "signed: update-control --restore"
                                              : "");
}

} // namespace

std::string advice_for(const SlotReport &slot, partitions::Slot running,
                       const std::optional<Situation> &situation, bool written_again) {
    const auto holds = situation ? situation->holds : RescueHolds::nothing;
    if (slot.slot == running)
        return advice_for_running(slot, holds);
    const std::string not_running = "The appliance doesn't run from it. The disk may be failing. ";
    if (written_again)
        return not_running + "It is the rescue copy, and is written again now; to see how far that is: "
                             "update-control -s";
    switch (holds) {
    case RescueHolds::rescue_copy:
        return not_running + "It is the rescue copy. To write it again: update-control --backup";
    case RescueHolds::previous_system:
        return not_running + "It is the previous system: don't go back to it. To put a copy of the running "
                             "system in its place: update-control --backup --force";
    case RescueHolds::nothing:
        break;
    }
    return not_running + "To copy the running system there: update-control --backup";
}

} // namespace updater::rescue
