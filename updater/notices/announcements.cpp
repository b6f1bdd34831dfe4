#include "updater/notices/announcements.hpp"

#include "partitions/base/sha256.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/utc_time.hpp"

#include <exception>
#include <utility>

namespace updater::notices {

namespace {

constexpr const char *ready_to_install = "ready-to-install";

std::string banner_of(const feed::FeedEntry &entry) {
    return "Firmware " + entry.version.text() +
           " can be installed: update-control -i fw (what is in it: update-control -l)\n";
}

std::string explanation_of(const std::string &code) {
    return code.empty() ? "" : "Code: " + code + "; what it means: update-control --explain " + code + "\n";
}

/// None if the administrator has just asked for it and seen it.
std::optional<Notice> notice_of(const job::JobFacts &facts, const job::JobEnd &end) {
    const std::string version = facts.to_version;
    const std::string log = "The log is " + facts.log_file + ".\n";
    const std::string reason =
        "Reason: " + end.reason + "\n" + end.next_step + "\n" + explanation_of(end.code);
    switch (end.outcome) {
    case job::Outcome::succeeded:
        if (facts.operation == job::Operation::download)
            return Notice{ready_to_install, version, "firmware " + version + " is ready to install",
                          "It was downloaded and checked. To install it: update-control -i fw\n"};
        if (job::is_rollback(facts))
            return Notice{"finished", version, "went back from " + facts.from_version + " to " + version,
                          "The appliance runs " + version + ", as an administrator requested.\n" +
                              end.next_step + "\n" + log};
        return Notice{"finished", version, "upgraded from " + facts.from_version + " to " + version,
                      "The appliance runs " + version + ".\n" + log};
    case job::Outcome::rolled_back:
        return Notice{"rolled-back", version, "the upgrade to " + version + " was rolled back",
                      "The appliance runs " + facts.from_version + " as before.\n" + reason + log};
    case job::Outcome::failed:
        if (facts.operation == job::Operation::download)
            return Notice{"failed", version, "the download of firmware failed", reason + log};
        if (job::is_rollback(facts))
            return Notice{"failed", version, "going back to " + version + " failed", reason + log};
        if (end.unfinished)
            return Notice{"failed", version, "the upgrade to " + version + " is committed, but not finished",
                          reason + log};
        return Notice{"failed", version, "the upgrade failed", reason + log};
    case job::Outcome::refused:
    case job::Outcome::cancelled:
        return std::nullopt;
    }
    return std::nullopt;
}

std::string seconds_text(std::chrono::system_clock::time_point time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

/// So that the same text is told once.
std::string short_hash(const std::string &text) {
    constexpr std::size_t letters = 16;
    return partitions::base::to_hexadecimal(partitions::base::sha256_of(text)).substr(0, letters);
}

} // namespace

Announcements::Announcements(NoticeBoard &board, std::ostream &console, text::Clock clock,
                             std::function<std::chrono::days()> notify_after)
    : board_(board), console_(console), clock_(std::move(clock)), notify_after_(std::move(notify_after)) {}

void Announcements::about_system(const std::string &text) {
    const std::lock_guard lock(mutex_);
    about_system_ = text;
    show();
}

void Announcements::mail_is_drained(const std::string &text) {
    const std::lock_guard lock(mutex_);
    if (drained_ == text)
        return;
    drained_ = text;
    show();
}

void Announcements::at_start(const feed::UpgradePath &path) {
    show_at_login(path.hops.empty() ? "" : banner_of(path.hops.front()));
}

void Announcements::can_be_installed(const feed::FeedEntry &entry) {
    const std::string version = entry.version.text();
    show_at_login(banner_of(entry));
    post("can-be-installed-" + version,
         {"can-be-installed", version, "firmware " + version + " can be installed",
          (entry.security_only ? "It contains security fixes only.\n" : "") + entry.release_notes +
              "\nTo install it: update-control -i fw\n"});
}

void Announcements::feed_check_failed(std::string_view what,
                                      std::optional<std::chrono::sys_seconds> checked) {
    console_ << text::clean_text(what) << std::endl;
    if (!checked || clock_() - *checked < notify_after_())
        return;
    post("list-not-renewed-" + seconds_text(*checked),
         {"list-not-renewed", "", "the feed was last checked successfully at " + text::iso_time(*checked),
          std::string(what) + "\n"});
}

void Announcements::install_scheduled(const std::string &version, std::chrono::sys_seconds when,
                                      std::string_view how_to_stop) {
    const std::string firmware = version.empty() ? "firmware" : "firmware " + version;
    post("install-scheduled-" + version + "-" + text::utc_text(when),
         {"install-scheduled", version, firmware + " will be installed at " + text::iso_time(when),
          "The appliance is restarted then and accepts no mail for a while.\nTo prevent that: " +
              std::string(how_to_stop) + "\n"});
}

void Announcements::window_missed(std::string_view what, std::chrono::sys_seconds when, std::string_view why,
                                  std::string_view next) {
    post("window-missed-" + text::utc_text(when),
         {"window-missed", "",
          std::string(what) + " of " + text::iso_time(when) + " was missed: " + std::string(why),
          "It is not caught up. " + std::string(next) + "\n"});
}

void Announcements::job_ended(const job::JobFacts &facts, const job::JobEnd &end) {
    if (end.outcome == job::Outcome::succeeded && facts.operation == job::Operation::install)
        show_at_login("");
    const auto notice = notice_of(facts, end);
    if (!notice)
        return;
    // That a version is ready is announced once, however often it is downloaded; the end of each installation
    // is announced.
    const bool once_a_version = notice->kind == ready_to_install;
    post(once_a_version ? notice->kind + "-" + notice->version : "job-" + facts.job, *notice);
}

void Announcements::partition_differs(char slot, const std::string &version, const std::string &text,
                                      const std::string &contents) {
    post(
        "partition-differs-" + short_hash(contents + "\n" + text),
        {"partition-differs", version, std::string("slot ") + slot + " isn't as it was signed", text + "\n"});
}

void Announcements::rescue_copy_failed(const std::string &problem) {
    post("rescue-copy-failed-" + short_hash(problem),
         {"rescue-copy-failed", "", "the running system could not be copied to the rescue partition",
          problem + "\nTo try it again: update-control --backup\n"});
}

void Announcements::rescue_copy_started(char slot, char other, const std::string &version,
                                        std::chrono::system_clock::time_point when, bool by_itself) {
    const std::string name = std::string("slot ") + slot;
    const std::string other_name = std::string("slot ") + other;
    post("rescue-copy-started-" + seconds_text(when),
         {"rescue-copy-started", version, other_name + " could not be started; the rescue copy runs",
          "The appliance runs version " + version + " from " + name +
              ", with the settings, stores and mail of before. The disk may be failing.\n" +
              (by_itself ? "A copy of the running system is written to " + other_name +
                               " again by itself, or with: update-control --backup\n"
                         : "No copy of the running system is written to " + other_name +
                               " by itself. To write it: update-control --backup\n")});
}

void Announcements::rescue_copy_renewed(std::chrono::system_clock::time_point when) {
    post("rescue-copy-renewed-" + seconds_text(when),
         {"rescue-copy-renewed", "", "the rescue copy was damaged and has been written again",
          "The rescue partition holds a copy of the running system, read back and compared. If this happens "
          "again, the disk is failing. To compare it: update-control --verify\n"});
}

void Announcements::post(const std::string &key, const Notice &notice) {
    try {
        board_.post(key, notice);
    } catch (const std::exception &failure) {
        console_ << "this could not be announced: " << text::clean_text(notice.subject) << ": "
                 << text::clean_text(failure.what()) << std::endl;
    }
}

void Announcements::show_at_login(const std::string &text) {
    const std::lock_guard lock(mutex_);
    offer_ = text;
    show();
}

void Announcements::show() {
    try {
        board_.show_at_login(about_system_ + drained_ + offer_);
    } catch (const partitions::StorageError &failure) {
        console_ << "the notice at login could not be changed: " << failure.what() << std::endl;
    }
}

} // namespace updater::notices
