#include "updater/rescue/advice.hpp"

namespace updater::rescue {

namespace {

constexpr const char *mail_is_lost = "the mail that was stored from the upgrade to the rollback, which only "
                                     "the previous system's message store has, is lost";

/// Where mail would be lost, --force is left to the refusal that names it.
std::string advice_for_running(const SlotReport &slot, RescueHolds holds, bool holds_mail) {
    return "The appliance runs from it. The disk may be failing. To write " +
           (slot.version.empty() ? std::string("its version") : "version " + slot.version) +
           " again, name its file or URL (update-control -l lists the files): update-control -i fw FILE" +
           (holds_mail ? std::string(", which first says what is given up: ") + mail_is_lost : " --force") +
           (holds == RescueHolds::rescue_copy ? ". To run from the rescue copy meanwhile, if that one is as "
                                                "signed: update-control --restore"
                                              : "");
}

} // namespace

std::string advice_for(const SlotReport &slot, partitions::Slot running,
                       const std::optional<Situation> &situation, bool written_again) {
    const auto holds = situation ? situation->holds : RescueHolds::nothing;
    if (slot.slot == running)
        return advice_for_running(slot, holds, situation && situation->holds_mail);
    const std::string not_running = "The appliance doesn't run from it. The disk may be failing. ";
    if (written_again)
        return not_running + "It is the rescue copy, and is written again now; to see how far that is: "
                             "update-control -s";
    switch (holds) {
    case RescueHolds::rescue_copy:
        return not_running + "It is the rescue copy. To write it again: update-control --backup";
    case RescueHolds::previous_system:
        if (situation->holds_mail)
            return not_running +
                   "It is the previous system. If a copy of the running system takes its place, " +
                   mail_is_lost + ". To read that again, and how to do it: update-control --backup";
        return not_running + "It is the previous system: don't go back to it. To put a copy of the running "
                             "system in its place: update-control --backup --force";
    case RescueHolds::nothing:
        break;
    }
    return not_running + "To copy the running system there: update-control --backup";
}

} // namespace updater::rescue
