// What is worth telling people without being asked, and in which words. Where it goes is the notice board's
// matter.
#pragma once

#include "updater/agent/notice_board.hpp"
#include "updater/agent/time_text.hpp"
#include "updater/feed/upgrade_path.hpp"
#include "updater/job/job_observer.hpp"

#include <chrono>
#include <optional>
#include <ostream>
#include <string_view>

namespace updater {

/// Nothing here throws: that something could not be announced is said on the console, and ends no job.
class Announcements {
  public:
    /// So long without the vendor's list is worth a notice.
    static constexpr std::chrono::days patience{7};

    Announcements(NoticeBoard &board, std::ostream &console, Clock clock);

    /// The banner at login is gone after a restart of the appliance, what it told of is not.
    void at_start(const UpgradePath &path);
    void can_be_installed(const FeedEntry &entry);
    void list_not_renewed(std::string_view what, std::optional<std::chrono::sys_seconds> checked);
    void job_ended(const JobFacts &facts, const JobEnd &end);

  private:
    void post(const std::string &key, const Notice &notice);
    void show_at_login(const std::string &text);

    NoticeBoard &board_;
    std::ostream &console_;
    Clock clock_;
};

} // namespace updater
