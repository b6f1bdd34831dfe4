#include "updater/schedule/schedule_messages.hpp"

#include "updater/text/clean_text.hpp"

namespace updater::schedule {

ScheduleMessages::ScheduleMessages(notices::Announcements &announcements, std::ostream &console)
    : announcements_(announcements), console_(console) {}

void ScheduleMessages::say(const std::string &text) {
    console_ << text::clean_text(text) << std::endl;
}

void ScheduleMessages::announce_missed(const DueInstallation &due, const std::string &why) {
    announcements_.window_missed(due.what, due.moment, why, due.what_next());
}

void ScheduleMessages::announce_order(std::chrono::sys_seconds due) {
    announcements_.install_scheduled("", due, "update-control --cancel-scheduled");
}

void ScheduleMessages::announce_next_hop(const std::string &version, std::chrono::sys_seconds window_opens) {
    announcements_.install_scheduled(version, window_opens,
                                     "update-control --postpone-until \"2026-12-24 22:30\"");
}

} // namespace updater::schedule
