// The service manager over sd-bus: org.freedesktop.systemd1(5).
#pragma once

#include "partitions/base/bus.hpp"
#include "updater/services/service_manager.hpp"

namespace updater::services {

class SystemdServiceManager : public ServiceManager {
  public:
    /// Connects to the system bus and subscribes to the manager's signals. Throws ServiceError.
    SystemdServiceManager();

    UnitState state(const std::string &unit) override;
    std::vector<UnitState> states(const std::vector<std::string> &units) override;
    std::vector<std::string> parts(const std::string &unit) override;
    bool has_job(const std::string &unit) override;
    bool is_machine_starting() override;
    std::vector<std::string> failed_units() override;
    bool is_switched_off(const std::string &unit) override;
    std::vector<SwitchedOffUnit> switched_off_units() override;
    void stop(const std::string &unit, std::chrono::seconds time_limit) override;
    void start(const std::string &unit, std::chrono::seconds time_limit) override;
    void reload() override;
    void restart_machine() override;

  private:
    partitions::base::BusTarget unit_object(const std::string &unit);
    /// For a loaded unit: whether another unit wants it, or the vendor's preset leaves it disabled.
    bool is_asked_for(const partitions::base::BusTarget &unit);
    bool is_transient(const partitions::base::BusTarget &unit);
    /// Queues a job and waits for its end. Returns the job's result ("done", "failed", …), or ""
    /// after the deadline.
    std::string run_job(const std::string &method, const std::string &unit,
                        std::chrono::steady_clock::time_point deadline);
    /// False after the deadline.
    bool wait_until_stopped(const std::string &unit, std::chrono::steady_clock::time_point deadline);
    /// "1234 (/usr/sbin/postfix), …", at most a few.
    std::string processes_of(const std::string &unit);

    partitions::base::Bus bus_;
};

} // namespace updater::services
