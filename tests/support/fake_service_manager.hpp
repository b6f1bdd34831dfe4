// A service manager that only exists in memory: units are there, run, refuse to stop or fail to start as
// told, and every call is written down. States follow the rules of systemd, so a test sees what an appliance
// would.
#pragma once

#include "updater/services/service_manager.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace updater_test {

class FakeServiceManager : public updater::services::ServiceManager {
  public:
    /// A unit that is installed. `unit_file_state` "masked" makes it a masked one.
    void install(const std::string &unit, const std::string &active_state = "active",
                 const std::string &unit_file_state = "enabled") {
        const bool masked = unit_file_state == "masked";
        units_[unit] = {masked ? "masked" : "loaded", masked ? "inactive" : active_state,
                        sub_state(active_state), unit_file_state};
    }
    void set_parts(const std::string &unit, std::vector<std::string> parts) {
        parts_[unit] = std::move(parts);
    }
    /// It was started before somebody switched it off.
    void runs_although(const std::string &unit, const std::string &load_state) {
        units_[unit].active_state = "active";
        units_[unit].load_state = load_state;
    }
    void make_start_fail(const std::string &unit) { failing_.insert(unit); }
    void make_stop_hang(const std::string &unit) { hanging_.insert(unit); }
    /// It is being started, and runs after so many looks; a negative number: never.
    void make_start_slow(const std::string &unit, int looks) {
        install(unit, "inactive");
        jobs_[unit] = looks;
    }
    /// The machine is still starting, for so many looks. What is to fail then fails at the last of them.
    void make_machine_start_slow(int looks, std::string fails_at_last = "") {
        looks_until_started_ = looks;
        fails_at_last_ = std::move(fails_at_last);
    }
    void repair(const std::string &unit) {
        failing_.erase(unit);
        hanging_.erase(unit);
    }
    /// What the units do: `starts` before one is active, and may throw; `stopped` after it is no longer.
    void let_units_work(std::function<void(const std::string &unit)> starts,
                        std::function<void(const std::string &unit)> stopped) {
        starts_ = std::move(starts);
        stopped_ = std::move(stopped);
    }
    /// The unit dies by itself.
    void crash(const std::string &unit) { set_active(unit, "failed"); }

    /// Looks at several units at once fail from now on.
    void make_silent() { silent_ = true; }

    /// "stop postfix.service", "start …", "reload", "restart", in order.
    const std::vector<std::string> &calls() const { return calls_; }
    bool restart_requested() const { return restart_requested_; }

    updater::services::UnitState state(const std::string &unit) override {
        const auto found = units_.find(unit);
        return found == units_.end() ? updater::services::UnitState{"not-found", "inactive", "dead", ""}
                                     : found->second;
    }
    std::vector<updater::services::UnitState> states(const std::vector<std::string> &units) override {
        if (silent_)
            throw updater::services::ServiceError("systemd does not answer (fake)");
        std::vector<updater::services::UnitState> found;
        for (const std::string &unit : units) {
            found.push_back(state(unit));
            found.back().unit_file_state.clear();
        }
        return found;
    }
    std::vector<std::string> parts(const std::string &unit) override {
        const auto found = parts_.find(unit);
        return found == parts_.end() ? std::vector<std::string>{} : found->second;
    }
    bool has_job(const std::string &unit) override {
        const auto found = jobs_.find(unit);
        if (found == jobs_.end())
            return false;
        if (found->second < 0 || found->second-- > 0)
            return true;
        jobs_.erase(found);
        set_active(unit, "active");
        return false;
    }
    bool is_machine_starting() override {
        if (looks_until_started_ == 0)
            return false;
        if (--looks_until_started_ == 0 && !fails_at_last_.empty())
            crash(fails_at_last_);
        return true;
    }
    std::vector<std::string> failed_units() override {
        std::vector<std::string> failed;
        for (const auto &[unit, state] : units_)
            if (state.is_failed())
                failed.push_back(unit);
        return failed;
    }
    bool is_switched_off(const std::string &unit) override { return state(unit).is_switched_off(); }
    std::vector<updater::services::SwitchedOffUnit> switched_off_units() override {
        std::vector<updater::services::SwitchedOffUnit> off;
        for (const auto &[unit, state] : units_)
            if (state.is_switched_off())
                off.push_back({unit, state.is_active()});
        return off;
    }
    void stop(const std::string &unit, std::chrono::seconds time_limit) override {
        calls_.push_back("stop " + unit);
        if (!state(unit).is_active())
            return;
        if (hanging_.contains(unit))
            throw updater::services::StopTimedOut(unit + " did not stop within " +
                                                  std::to_string(time_limit.count()) +
                                                  " seconds; still running: 4711 (stubborn)");
        for (const std::string &part : parts(unit))
            if (state(part).is_active())
                set_active(part, "inactive");
        set_active(unit, "inactive");
        stopped_(unit);
    }
    void start(const std::string &unit, std::chrono::seconds) override {
        calls_.push_back("start " + unit);
        if (state(unit).load_state != "loaded")
            throw updater::services::StartFailed("cannot start " + unit + ": it is " +
                                                 state(unit).load_state);
        if (failing_.contains(unit)) {
            set_active(unit, "failed");
            throw updater::services::StartFailed(unit + " did not start (systemd: failed)");
        }
        if (!state(unit).is_active())
            starts_(unit);
        set_active(unit, "active");
        for (const std::string &part : parts(unit)) {
            set_active(part, failing_.contains(part) ? "failed" : "active");
            if (failing_.contains(part))
                throw updater::services::StartFailed(unit + " started, but its part " + part + " failed");
        }
    }
    void reload() override { calls_.emplace_back("reload"); }
    void restart_machine() override {
        calls_.emplace_back("restart");
        restart_requested_ = true;
    }

  private:
    static std::string sub_state(const std::string &active_state) {
        return active_state == "active" ? "running" : active_state == "failed" ? "failed" : "dead";
    }
    void set_active(const std::string &unit, const std::string &active_state) {
        updater::services::UnitState &state = units_[unit];
        if (state.load_state.empty())
            state.load_state = "loaded";
        state.active_state = active_state;
        state.sub_state = sub_state(active_state);
    }

    std::map<std::string, updater::services::UnitState> units_;
    std::map<std::string, std::vector<std::string>> parts_;
    std::map<std::string, int> jobs_;
    std::set<std::string> failing_;
    std::set<std::string> hanging_;
    std::vector<std::string> calls_;
    bool restart_requested_ = false;
    bool silent_ = false;
    std::function<void(const std::string &)> starts_ = [](const std::string &) {};
    std::function<void(const std::string &)> stopped_ = [](const std::string &) {};
    int looks_until_started_ = 0;
    std::string fails_at_last_;
};

} // namespace updater_test
