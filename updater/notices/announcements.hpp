// What is worth telling people without being asked, and in which words. Where it goes is the notice board's
// matter.
#pragma once

#include "updater/feed/upgrade_path.hpp"
#include "updater/job/job_observer.hpp"
#include "updater/notices/notice_board.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace updater::notices {

/// Nothing here throws: that something could not be announced is said on the console, and ends no job.
class Announcements {
  public:
    /// `patience`: so long without the vendor's list is worth a notice; asked each time.
    Announcements(NoticeBoard &board, std::ostream &console, text::Clock clock,
                  std::function<std::chrono::days()> notify_after);

    /// The banner at login is gone after a restart of the appliance, what it told of is not.
    void at_start(const feed::UpgradePath &path);
    void can_be_installed(const feed::FeedEntry &entry);
    void feed_check_failed(std::string_view what, std::optional<std::chrono::sys_seconds> checked);
    /// `version`: empty for an order that takes the newest, or a file. `how_to_stop`: what to type.
    void install_scheduled(const std::string &version, std::chrono::sys_seconds when,
                           std::string_view how_to_stop);
    /// `what` should have begun then, and will not be caught up. `next`: what the administrator can expect or
    /// do.
    void window_missed(std::string_view what, std::chrono::sys_seconds when, std::string_view why,
                       std::string_view next);
    void job_ended(const job::JobFacts &facts, const job::JobEnd &end);

  private:
    void post(const std::string &key, const Notice &notice);
    void show_at_login(const std::string &text);

    NoticeBoard &board_;
    std::ostream &console_;
    text::Clock clock_;
    std::function<std::chrono::days()> notify_after_;
};

} // namespace updater::notices
