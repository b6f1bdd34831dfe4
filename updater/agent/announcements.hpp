// What is worth telling people without being asked, and in which words. Where it goes is the notice board's
// matter.
#pragma once

#include "updater/agent/notice_board.hpp"
#include "updater/agent/time_text.hpp"
#include "updater/feed/upgrade_path.hpp"
#include "updater/job/job_observer.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace updater {

/// Nothing here throws: that something could not be announced is said on the console, and ends no job.
class Announcements {
  public:
    /// `patience`: so long without the vendor's list is worth a notice; asked each time.
    Announcements(NoticeBoard &board, std::ostream &console, Clock clock,
                  std::function<std::chrono::days()> patience);

    /// The banner at login is gone after a restart of the appliance, what it told of is not.
    void at_start(const UpgradePath &path);
    void can_be_installed(const FeedEntry &entry);
    void list_not_renewed(std::string_view what, std::optional<std::chrono::sys_seconds> checked);
    void job_ended(const JobFacts &facts, const JobEnd &end);
    /// `what`: a version, or the path or URL of a firmware; empty: the newest there will be.
    void install_scheduled(const std::string &what, std::chrono::system_clock::time_point moment);
    /// `was`: when the installation that did not begin should have; `next`: when the next window opens, if
    /// there is one.
    void window_missed(std::string_view reason, std::chrono::system_clock::time_point was,
                       std::optional<std::chrono::system_clock::time_point> next);

  private:
    void post(const std::string &key, const Notice &notice);
    void show_at_login(const std::string &text);

    NoticeBoard &board_;
    std::ostream &console_;
    Clock clock_;
    std::function<std::chrono::days()> patience_;
};

} // namespace updater
