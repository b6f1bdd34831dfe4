// A calendar that knows a few expressions by heart (and all of the form @SECONDS) and goes by the clock of
// the test. It refuses and arms as systemd does; the test moves the clock and asks what fired.
#pragma once

#include "updater/refusal.hpp"
#include "updater/services/calendar.hpp"
#include "updater/services/service_manager.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace updater_test {

class FakeCalendar : public updater::services::Calendar {
  public:
    using Moment = std::chrono::sys_seconds;

    explicit FakeCalendar(std::function<std::chrono::system_clock::time_point()> clock)
        : clock_(std::move(clock)) {}

    /// `expression` names `first` and, if `every` is not zero, every so much later again.
    void knows(const std::string &expression, Moment first, std::chrono::seconds every = {}) {
        known_[expression] = {first, every};
    }
    /// What systemd forgets when the machine is restarted.
    void forget_armed() { armed_.clear(); }
    void make_unreachable(bool unreachable) { unreachable_ = unreachable; }

    /// The expression that is armed; "" for none.
    std::string armed(const std::string &purpose) const {
        const auto found = armed_.find(purpose);
        return found == armed_.end() ? "" : found->second;
    }

    Moment arm(const std::string &purpose, const std::string &expression) override {
        const Moment moment = next(expression);
        armed_[purpose] = expression;
        return moment;
    }
    void disarm(const std::string &purpose) override {
        must_be_reachable();
        armed_.erase(purpose);
    }
    Moment next(const std::string &expression) override {
        must_be_reachable();
        updater::services::check_calendar_expression(expression);
        if (expression.starts_with("@"))
            return in_future(Moment(std::chrono::seconds(std::stoll(expression.substr(1)))), expression);
        const auto found = known_.find(expression);
        if (found == known_.end())
            throw updater::Refused("systemd cannot read the time \"" + expression + "\"",
                                   updater::services::calendar_advice);
        auto [moment, every] = found->second;
        while (moment <= clock_() && every.count() > 0)
            moment += every;
        return in_future(moment, expression);
    }

  private:
    Moment in_future(Moment moment, const std::string &expression) const {
        if (moment <= clock_())
            throw updater::Refused("the time \"" + expression + "\" lies completely in the past",
                                   updater::services::calendar_advice);
        return moment;
    }
    void must_be_reachable() const {
        if (unreachable_)
            throw updater::services::ServiceError("cannot connect to the system bus");
    }

    std::function<std::chrono::system_clock::time_point()> clock_;
    std::map<std::string, std::pair<Moment, std::chrono::seconds>> known_;
    std::map<std::string, std::string> armed_;
    bool unreachable_ = false;
};

} // namespace updater_test
