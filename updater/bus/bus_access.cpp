#include "updater/bus/bus_access.hpp"

#include <utility>

namespace updater::bus {

namespace {

std::string who_may(const std::string &group) {
    if (group.empty())
        return "only root may do this. To let the members of a group do it too, name the group in "
               "/etc/update-control/settings.xml: <change group=\"NAME\"/>";
    return "only root and the members of the group " + group + " may do this";
}

std::string denial_text(const Verdict &verdict, const std::string &group) {
    if (verdict.trouble.empty())
        return who_may(group) + ". Nothing was changed; everyone may ask for the state";
    return "nothing was changed: it is not known whether you may do this, because " + verdict.trouble +
           ". Until it is, only root may do it; see: systemctl status polkit";
}

} // namespace

BusAccess::BusAccess(Authority &authority, std::function<std::string()> change_group, uid_t privileged_user)
    : authority_(authority), change_group_(std::move(change_group)), privileged_user_(privileged_user) {}

void BusAccess::decide(const Caller &caller, Decided decided) const {
    if (caller.user == privileged_user_) {
        decided(std::nullopt);
        return;
    }
    const std::string group = change_group_();
    authority_.ask(caller.bus_name, group, [group, decided = std::move(decided)](const Verdict &verdict) {
        decided(verdict.may ? std::nullopt : std::optional(denial_text(verdict, group)));
    });
}

} // namespace updater::bus
