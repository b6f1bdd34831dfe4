// The calendar over sd-bus: transient timer units, org.freedesktop.systemd1(5). Each is an instance of
// update-window@.timer and starts the instance of update-window@.service of the same name, because a
// transient timer cannot name another unit.
#pragma once

#include "partitions/base/bus.hpp"
#include "updater/services/calendar.hpp"

#include <atomic>

namespace updater::services {

/// Thread-safe: each call has a connection of its own.
class SystemdCalendar : public Calendar {
  public:
    std::chrono::sys_seconds arm(const std::string &purpose, const std::string &expression) override;
    void disarm(const std::string &purpose) override;
    std::chrono::sys_seconds next(const std::string &expression) override;

  private:
    std::string fresh_name(const std::string &purpose);

    std::atomic<unsigned> started_ = 0;
};

} // namespace updater::services
