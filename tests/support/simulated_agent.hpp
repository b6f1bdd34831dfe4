// The update agent as update-hawkbit sees it, without an appliance: jobs take time, go through the ten
// phases, restart, are committed or rolled back, and can be cancelled as long as a real one. Each look at it
// lets time pass up to its clock.
#pragma once

#include "updater/firmware/version.hpp"
#include "updater/hawkbit/agent.hpp"
#include "updater/text/local_time.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

class SimulatedAgent : public updater::hawkbit::Agent {
  public:
    using Time = std::chrono::system_clock::time_point;

    /// How a job ends: "succeeded", "refused" (in phase 1), "failed" (in phase 2), "rolled-back" (in phase
    /// 8).
    using Fate = std::function<std::string(const std::string &version)>;

    SimulatedAgent(std::string version, updater::text::Clock clock, std::chrono::milliseconds phase_time,
                   Fate fate)
        : clock_(std::move(clock)), phase_time_(phase_time), fate_(std::move(fate)) {
        state_.running_version = std::move(version);
        state_.slot = "a";
    }

    updater::hawkbit::AgentFirmware feed; ///< what is known after a refresh
    bool is_away = false;                 ///< doesn't answer
    bool postponed = false;
    bool busy_with_checks = false; ///< Install says so
    /// After the next order: it is carried out, but the answer is lost.
    bool loses_answer = false;
    int refreshes = 0;
    std::vector<std::string> orders; ///< "install 2.8.1.0", "download 2.8.1.0", "cancel"

    updater::hawkbit::AgentState state() override {
        require_here();
        pass_time();
        state_.postponed = postponed;
        return state_;
    }
    updater::hawkbit::AgentFirmware firmware() override {
        require_here();
        return feed;
    }
    std::vector<updater::hawkbit::EndedJob> history() override {
        require_here();
        pass_time();
        return jobs_;
    }
    void refresh() override {
        require_here();
        ++refreshes;
    }
    std::string install(const std::string &source) override { return begin("install", source); }
    std::string download(const std::string &source) override { return begin("download", source); }
    void cancel() override {
        require_here();
        pass_time();
        orders.emplace_back("cancel");
        constexpr int last_cancellable = 2;
        if (state_.is_idle())
            throw updater::hawkbit::AgentRefuses("no job is running, there is nothing to cancel");
        if (state_.phase > last_cancellable)
            throw updater::hawkbit::AgentRefuses("phase " + std::to_string(state_.phase) +
                                                 " cannot be cancelled");
        end("cancelled", "cancelled on request");
    }

    /// When its state changes next; nothing while it is idle.
    std::optional<Time> changes_at() const {
        return state_.is_idle() ? std::nullopt : std::optional(began_ + phase_time_ * state_.phase);
    }
    /// As if the job of somebody else had begun.
    void begin_foreign_job(const std::string &version) { static_cast<void>(begin_job("install", version)); }

  private:
    void require_here() const {
        if (is_away)
            throw updater::hawkbit::AgentAway("the agent does not answer");
    }
    std::string begin(const std::string &operation, const std::string &source) {
        require_here();
        pass_time();
        if (!state_.is_idle() || busy_with_checks)
            throw updater::hawkbit::AgentBusy("another job runs");
        // "https://feed/2.8.1.0.fw", or a path that ends so
        const std::string name = source.substr(source.rfind('/') + 1);
        const std::string version = name.substr(0, name.rfind('.'));
        orders.push_back(operation + " " + version);
        const std::string job = begin_job(operation, version);
        if (std::exchange(loses_answer, false))
            throw updater::hawkbit::AgentAway("the answer is lost");
        return job;
    }
    std::string begin_job(const std::string &operation, const std::string &version) {
        state_.state = "running";
        state_.operation = operation;
        state_.version = version;
        state_.job = "job-" + std::to_string(++number_);
        state_.phase = 1;
        state_.phase_name = "phase 1";
        began_ = clock_();
        end_ = operation == "install" ? fate_(version) : "succeeded";
        return state_.job;
    }
    void pass_time() {
        while (!state_.is_idle() && clock_() >= began_ + phase_time_ * state_.phase)
            leave_phase();
    }
    void leave_phase() {
        constexpr int last_of_download = 2;
        constexpr int restart = 6;
        constexpr int judged = 8;
        constexpr int last = 10;
        const int phase = state_.phase;
        const bool is_download = state_.operation == "download";
        if ((phase == 1 && end_ == "refused") || (phase == 2 && end_ == "failed") ||
            (phase == judged && end_ == "rolled-back"))
            return end(end_, "the simulated reason");
        if (phase == last || (is_download && phase == last_of_download))
            return end("succeeded", "");
        state_.phase = phase + 1;
        state_.phase_name = "phase " + std::to_string(state_.phase);
        state_.state = state_.phase == restart ? "restarting" : "running";
    }
    void end(const std::string &result, const std::string &reason) {
        updater::hawkbit::EndedJob ended;
        ended.job = state_.job;
        ended.operation = state_.operation;
        ended.from = state_.running_version;
        ended.to = state_.version;
        ended.result = result;
        ended.reason = reason;
        ended.ended = updater::text::iso_time(clock_());
        jobs_.push_back(ended);
        state_.last = ended;
        if (result == "succeeded" && ended.operation == "install") {
            state_.running_version = ended.to;
            state_.slot = state_.slot == "a" ? "b" : "a";
            std::erase_if(feed.newer, [&](const updater::hawkbit::OfferedFirmware &each) {
                return updater::firmware::Version::parse(each.version) <=
                       updater::firmware::Version::parse(ended.to);
            });
        }
        if (result == "succeeded" && ended.operation == "download")
            feed.downloaded.push_back({ended.to, "/firmware/" + ended.to + ".fw", {}, false});
        state_.state = "idle";
        state_.operation = state_.job = state_.version = state_.phase_name = "";
        state_.phase = 0;
    }

    const updater::text::Clock clock_;
    const std::chrono::milliseconds phase_time_;
    const Fate fate_;
    updater::hawkbit::AgentState state_;
    std::vector<updater::hawkbit::EndedJob> jobs_;
    std::string end_;
    Time began_{};
    int number_ = 0;
};
