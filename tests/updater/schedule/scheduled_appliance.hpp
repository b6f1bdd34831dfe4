// An appliance with a schedule: real settings, feed, choice and notices on a storage in memory; fake
// calendar, clock and jobs.
#pragma once

#include "partitions/layout.hpp"
#include "tests/support/fake_calendar.hpp"
#include "tests/support/fake_feed_source.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/feed_fixture.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/schedule/schedule.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

namespace updater::testing {

inline const partitions::Layout layout;

/// Begins what it is told to, and says busy as the agent does; a job ends when the test says so.
class FakeJobs : public job::JobRequests {
  public:
    std::atomic<bool> running = false;
    std::string refusal;                  // empty: everything is installed
    std::function<void()> begins = [] {}; // what beginning a job writes down

    bool busy() const override { return running; }
    std::string install(const std::string &source, const job::InstallOptions &options) override {
        return begin((options.force ? "install by force " : "install ") + source);
    }
    std::string download(const std::string &source) override { return begin("download " + source); }
    void cancel() override {}
    void rollback(bool) override {}

    std::vector<std::string> begun() const {
        const std::lock_guard lock(mutex_);
        return begun_;
    }

  private:
    std::string begin(const std::string &what) {
        if (running)
            throw job::Busy("another job is running");
        if (!refusal.empty())
            throw Refused(refusal, "Free some space.");
        begins();
        running = true;
        const std::lock_guard lock(mutex_);
        begun_.push_back(what);
        return "job-1";
    }

    mutable std::mutex mutex_;
    std::vector<std::string> begun_;
};

/// One life of the agent; the storage, the clock and the calendar go on.
class ScheduledAgent {
  public:
    ScheduledAgent(partitions_test::FakeStorage &storage, services::Calendar &calendar,
                   const text::Clock &clock, feed::FeedSource &source, const std::filesystem::path &downloads)
        : settings(storage, layout.settings), folder(downloads, firmware::keys_in(downloads)),
          failed(storage, "/data/failed.json"),
          store(storage, "/data/feed", trusting("a"), {feed_url, product}),
          feed(store, source, {storage, "/data/feed/checked"}, firmware::Version(2, 8, 0, 0), clock, {}),
          choice(appliance, folder, failed, &feed),
          board(storage, {.outgoing = layout.notices, .told = layout.told_notices, .banner = layout.motd},
                {.wanted = [] { return configuration::NoticeSettings(); },
                 .journal = [](const notices::Notice &) {},
                 .bus = [](const notices::Notice &) {}}),
          announcements(board, console, clock, [] { return std::chrono::days(7); }),
          schedule(schedule::ScheduleFile(storage, layout.schedule),
                   {calendar, schedule::to_the_second(clock)}, settings, choice, jobs,
                   schedule::ScheduleMessages(announcements, console)) {}

    std::ostringstream console;
    FakeJobs jobs;
    configuration::Appliance appliance;
    configuration::SettingsFile settings;
    available::FirmwareFolder folder;
    available::FailedVersions failed;
    feed::FeedStore store;
    available::FeedMonitor feed;
    available::FirmwareChoice choice;
    notices::NoticeBoard board;
    notices::Announcements announcements;
    schedule::Schedule schedule;
};

struct ScheduledAppliance {
    partitions_test::FakeStorage storage;
    std::atomic<std::chrono::sys_seconds> now = today + std::chrono::hours(1); // a Saturday
    text::Clock clock = [this] { return std::chrono::system_clock::time_point(now.load()); };
    updater_test::FakeCalendar calendar{clock};
    FakeFeedSource server;
    TemporaryFolder downloads;
    std::unique_ptr<ScheduledAgent> agent;

    static constexpr std::chrono::sys_seconds sunday = today + std::chrono::hours(27); // 03:00
    static constexpr std::chrono::days week{7};

    ScheduledAppliance() {
        calendar.knows("Sun 03:00", sunday, week);
        calendar.knows("Sun 03:00 Europe/Berlin", sunday - std::chrono::hours(1), week);
        calendar.knows("2026-11-20 03:00", today - std::chrono::hours(21));
        server.answer = {{}, signed_feed('a', feed_of(1, {entry("2.8.1.0", "2.8.0.0")}))};
        feed::FeedStore(storage, "/data/feed", trusting("a"), {feed_url, product})
            .accept_feed(server.answer.feed, now.load());
        make_agent();
    }

    /// Without beginning anything.
    void make_agent() {
        agent.reset();
        agent = std::make_unique<ScheduledAgent>(storage, calendar, clock, server, downloads.path());
    }
    /// As after each start.
    void start_agent(bool with_running_job = false) {
        make_agent();
        agent->jobs.running = with_running_job;
        agent->schedule.load();
        agent->schedule.start_what_is_due();
    }
    void wish(const std::string &inside) {
        storage.put_file(layout.settings, "<settings format=\"1\">" + inside + "</settings>");
    }
    /// The moment has come, and the agent is told.
    void arrive(std::chrono::sys_seconds moment) {
        now = moment;
        agent->schedule.start_what_is_due();
    }
    std::string begun() const {
        std::string all;
        for (const std::string &each : agent->jobs.begun())
            all += (all.empty() ? "" : ", ") + each;
        return all.empty() ? "nothing" : all;
    }
    /// All of this kind that were ever posted; "" for none.
    std::string notices(const std::string &kind) {
        std::string all;
        if (storage.exists(layout.notices))
            for (const auto &name : storage.list(layout.notices))
                if (name.filename().string().starts_with(kind))
                    all += storage.contents(layout.notices / name.filename());
        return all;
    }
};

} // namespace updater::testing
