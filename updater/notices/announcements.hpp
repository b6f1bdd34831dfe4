// What is worth a notice, and its words. The notice board sends it.
#pragma once

#include "updater/feed/upgrade_path.hpp"
#include "updater/job/job_observer.hpp"
#include "updater/notices/notice_board.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace updater::notices {

/// Nothing here throws: a failure to announce something is printed on the console and ends no job.
class Announcements {
  public:
    /// `notify_after`: how long the feed must be unreachable before a notice; called each time.
    Announcements(NoticeBoard &board, std::ostream &console, text::Clock clock,
                  std::function<std::chrono::days()> notify_after);

    /// What is unusual about the system that runs, shown at each login before everything else; empty:
    /// nothing, and what was shown before is taken away.
    void about_system(const std::string &text);
    /// That mail was stopped on request, shown at each login until it is called with an empty text.
    void mail_is_drained(const std::string &text);
    /// Restores the banner at login, which a restart of the appliance removes.
    void at_start(const feed::UpgradePath &path);
    void can_be_installed(const feed::FeedEntry &entry);
    /// `checked`: when the feed was last checked successfully, if it ever was.
    void feed_check_failed(std::string_view what, std::optional<std::chrono::sys_seconds> checked);
    /// `version`: empty if it is not known yet. `how_to_stop`: the command that prevents it.
    void install_scheduled(const std::string &version, std::chrono::sys_seconds when,
                           std::string_view how_to_stop);
    /// `what` should have begun at `when`, and is not started later. `next`: what the administrator can
    /// expect or do.
    void window_missed(std::string_view what, std::chrono::sys_seconds when, std::string_view why,
                       std::string_view next);
    void job_ended(const job::JobFacts &facts, const job::JobEnd &end);
    /// A partition isn't what was signed: told once for each finding. `text`: what differs, and what to do.
    /// `contents`: which contents of the partition, so that the same is told again of what was written since.
    void partition_differs(char slot, const std::string &version, const std::string &text,
                           const std::string &contents);
    /// Told once for each problem.
    void rescue_copy_failed(const std::string &problem);
    /// The boot loader could not start the system in slot `other`. `by_itself`: a copy is made there.
    void rescue_copy_started(char slot, char other, const std::string &version,
                             std::chrono::system_clock::time_point when, bool by_itself);
    /// It was damaged, and has been written again.
    void rescue_copy_renewed(std::chrono::system_clock::time_point when);

  private:
    void post(const std::string &key, const Notice &notice);
    void show_at_login(const std::string &text);
    void show();

    NoticeBoard &board_;
    std::ostream &console_;
    text::Clock clock_;
    std::function<std::chrono::days()> notify_after_;
    std::mutex mutex_; ///< for all below
    std::string about_system_;
    std::string drained_;
    std::string offer_;
};

} // namespace updater::notices
