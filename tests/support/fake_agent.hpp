// An agent without an appliance: says busy, refuses and cancels as the real one does; what its job does is
// the test's.
#pragma once

#include "tests/support/fake_node.hpp"
#include "tests/support/fake_snapshots.hpp"
#include "updater/bus/agent_requests.hpp"
#include "updater/progress/status.hpp"
#include "updater/refusal.hpp"
#include "updater/services/calendar.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

class FakeAgent : public updater::bus::AgentRequests {
  public:
    /// What a job does, in its own thread; it must call finish() or status.restarting() at its end.
    using Work = std::function<void(updater::progress::JobStatus &status, const std::string &job,
                                    const std::stop_token &stop)>;

    FakeAgent() : status(std::chrono::system_clock::now, "2.8.0.0", "a") {}

    updater::progress::JobStatus status;
    // Written by the bus's thread; the test reads them when the call has been answered.
    std::string last_source = "(none)";
    bool last_force = false;
    bool committed = false;
    std::string last_calendar = "(none)";
    nlohmann::json scheduled; // null: nothing
    int due_calls = 0;
    bool last_about_to_install = false;
    nlohmann::json feed;                           // null: none is configured
    nlohmann::json path = nlohmann::json::array(); // hops
    /// The checks document; a test fills in the results.
    nlohmann::json firmware_checks = {
        {"format", 1},        {"checking", false},        {"source", nullptr},
        {"began", nullptr},   {"ended", nullptr},         {"results", nlohmann::json::array()},
        {"version", nullptr}, {"release_notes", nullptr}, {"license", nullptr}};
    std::uint64_t checks_of_others = 0; ///< begun after one was asked for, and ended
    /// What a dry run finds.
    nlohmann::json forecast = nullptr;
    int rollbacks = 0;
    int drops = 0; ///< of the previous system
    bool previous_has_mail = false;
    int backups = 0;
    nlohmann::json rescue; ///< of the state document; null: an agent that doesn't know it
    /// The verification document; a test fills in the slots.
    nlohmann::json verified = {{"format", 1},
                               {"verifying", false},
                               {"percent", nullptr},
                               {"began", nullptr},
                               {"ended", nullptr},
                               {"problem", nullptr},
                               {"slots", nlohmann::json::array()}};

    static void finish(updater::progress::JobStatus &status, const std::string &job,
                       updater::job::Outcome outcome, std::string reason = {}) {
        updater::job::JobEnd end{.outcome = outcome, .ended = std::chrono::system_clock::now()};
        end.reason = std::move(reason);
        end.next_step = end.reason.empty() ? "" : "see the log";
        end.phases = {{updater::job::Phase::download, std::chrono::seconds(1)},
                      {updater::job::Phase::install, std::chrono::seconds(62)}};
        status.job_ended(facts_of(job, updater::job::Operation::install), end);
    }
    static updater::job::JobFacts facts_of(const std::string &job, updater::job::Operation operation) {
        updater::job::JobFacts facts;
        facts.job = job;
        facts.operation = operation;
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.log_file = "/var/spool/updates/XPU/" + job + ".log";
        facts.started = std::chrono::system_clock::now();
        return facts;
    }

    std::string install(const std::string &source, const updater::job::InstallOptions &options) override {
        last_source = source;
        last_force = options.force;
        last_options = options;
        if (source == "/old.fw")
            throw updater::Refused("version 2.7.0.0 is older than the 2.8.0.0 that 2.8.1.0 needs",
                                   "install 2.8.0.0 first", updater::messages::Code::check_version);
        if (source == "/broken.fw")
            throw std::runtime_error("the disk does not answer");
        return begin(updater::job::Operation::install);
    }
    std::string download(const std::string &source) override {
        last_source = source;
        return begin(updater::job::Operation::download);
    }
    void cancel() override {
        const auto now = status.state();
        if (now["state"] == "idle")
            throw updater::job::NotPossible("no job is running, there is nothing to cancel");
        if (now["phase"] > 2)
            throw updater::job::NotPossible("phase " + now["phase"].dump() +
                                            " cannot be cancelled; follow it with: update-control -f");
        const std::lock_guard lock(mutex_);
        job_.request_stop();
    }
    void rollback(bool force) override {
        if (committed && !force)
            throw updater::job::NotPossible(
                "the new system has accepted mail; to go back all the same: --rollback --force");
        ++rollbacks;
        begin(updater::job::Operation::rollback);
    }
    void set_install_rate(std::uint64_t mib_per_second) override { status.install_rate(mib_per_second); }
    bool busy() const override { return status.state()["state"] != "idle"; }
    void check(bool about_to_install) override {
        last_about_to_install = about_to_install;
        if (feed.is_null())
            throw updater::job::NotPossible("no feed is configured, so there is nothing to check");
        feed["serial"] = 17;
    }
    std::uint64_t check_firmware(const std::string &source) override {
        if (firmware_checks["checking"])
            throw updater::job::Busy("firmware is being checked already");
        last_source = source;
        firmware_checks["source"] = source;
        firmware_checks["began"] = "2026-11-21T03:00:00+00:00";
        firmware_checks["ended"] = "2026-11-21T03:00:04+00:00";
        const std::uint64_t number = ++last_check_;
        firmware_checks["number"] = number + checks_of_others;
        return number;
    }
    void verify(const std::string &slots) override {
        if (busy())
            throw updater::job::Busy("a job runs");
        last_source = slots;
        verified["began"] = verified["ended"] = "2026-11-21T03:00:04+00:00";
    }
    nlohmann::json verification() const override { return verified; }
    void back_up(bool force) override {
        last_force = force;
        if (committed && !force)
            throw updater::job::NotPossible(
                "the rescue partition holds the previous system, version 2.7.0.0");
        ++backups;
    }
    int restores = 0;
    nlohmann::json restore_copy(bool really) override {
        if (rescue.is_null() || rescue.value("holds", "") != "rescue copy")
            throw updater::job::NotPossible("the rescue partition holds nothing that can be started");
        if (really) {
            ++restores;
            rescue["state"] = "restoring";
            rescue.update(restoring);
        }
        return {{"slot", "b"}, {"version", "2.8.0.0"}, {"made", "2026-11-21T03:00:00+00:00"}};
    }
    nlohmann::json restoring = {{"state", "restarting"}}; ///< what becomes of `rescue` then
    updater::job::InstallOptions last_options;
    std::uint64_t dry_run(const std::string &source, const updater::job::InstallOptions &options) override {
        const std::uint64_t number = check_firmware(source);
        last_force = options.force;
        last_options = options;
        firmware_checks["forecast"] = forecast;
        return number;
    }
    FakeSnapshots fake_snapshots;
    updater::bus::SnapshotRequests &snapshots() override { return fake_snapshots; }
    mutable FakeNode fake_node;
    updater::bus::NodeRequests &node() override { return fake_node; }
    nlohmann::json checks() const override { return firmware_checks; }
    nlohmann::json history() const override {
        const auto last = status.state()["last"];
        return {{"format", 1},
                {"jobs", last.is_null() ? nlohmann::json::array() : nlohmann::json::array({last})}};
    }
    nlohmann::json schedule(const std::string &source, bool force, const std::string &calendar) override {
        last_source = source;
        last_force = force;
        last_calendar = calendar;
        if (calendar == "bogus")
            throw updater::Refused("systemd cannot read the time \"bogus\"",
                                   updater::services::calendar_advice);
        const nlohmann::json replaced = scheduled.is_null() ? nlohmann::json() : scheduled["due"];
        scheduled = {{"due", "2026-11-22T03:00:00+01:00"},
                     {"due_utc", "2026-11-22T02:00:00Z"},
                     {"calendar", calendar},
                     {"source", source},
                     {"force", force}};
        auto answer = scheduled;
        answer["replaced"] = replaced;
        return answer;
    }
    void cancel_scheduled() override {
        if (scheduled.is_null())
            throw updater::job::NotPossible("no installation is scheduled, so there is nothing to cancel");
        scheduled = nullptr;
    }
    nlohmann::json postpone(const std::string &calendar) override {
        last_calendar = calendar;
        return calendar == "now" ? nlohmann::json() : nlohmann::json("2026-12-24T00:00:00+01:00");
    }
    void something_may_be_due() override { ++due_calls; }
    nlohmann::json drop_previous(bool really, bool force) override {
        if (!force && previous_has_mail)
            throw updater::Refused("generation 2.7.0.0-1 alone holds mail", "update-control --rollback");
        drops += really ? 1 : 0;
        return {{"slot", "b"}, {"version", "2.7.0.0"}, {"bytes", 1'288'490'188}, {"dropped", really}};
    }
    nlohmann::json state() const override {
        auto document = status.state();
        document["scheduled"] = scheduled;
        document["rescue"] = rescue;
        fake_node.look();
        document.update(fake_node.state_members());
        return document;
    }
    nlohmann::json firmware() const override {
        return {{"format", 1},
                {"running", {{"version", "2.8.0.0"}, {"slot", "a"}}},
                {"other", {{"slot", "b"}, {"version", "2.7.0.0"}, {"bootable", true}, {"holds", "backup"}}},
                {"downloaded", nlohmann::json::array()},
                {"available", {{{"source", "https://updates.lan.test/newest.fw"}}}},
                {"feed", feed},
                {"path", path},
                {"out_of_reach", nlohmann::json::array()}};
    }
    nlohmann::json events(std::uint64_t after) const override { return status.events(after); }

    /// What the next jobs do; at first, succeed at once.
    void set_work(Work work) {
        const std::lock_guard lock(mutex_);
        work_ = std::move(work);
    }
    /// Ends the job's thread, if there is one.
    void end_job() {
        std::jthread job;
        {
            const std::lock_guard lock(mutex_);
            job = std::move(job_);
        }
        job.request_stop();
    }

  private:
    std::string begin(updater::job::Operation operation) {
        if (status.state()["state"] != "idle")
            throw updater::job::Busy("job job-1 runs (install); follow it with: update-control -f");
        const std::string job = "job-" + std::to_string(++jobs_);
        status.begin_job(facts_of(job, operation));
        const std::lock_guard lock(mutex_);
        job_ =
            std::jthread([this, job, work = work_](const std::stop_token &stop) { work(status, job, stop); });
        return job;
    }

    std::mutex mutex_;
    Work work_ = [](updater::progress::JobStatus &job_status, const std::string &job,
                    const std::stop_token &) { finish(job_status, job, updater::job::Outcome::succeeded); };
    int jobs_ = 0;
    std::uint64_t last_check_ = 0;
    std::jthread job_;
};
