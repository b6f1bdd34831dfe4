// What the bus calls: hands each request to the part that answers it. Decides nothing.
#pragma once

#include "updater/available/feed_monitor.hpp"
#include "updater/available/firmware_document.hpp"
#include "updater/bus/agent_requests.hpp"
#include "updater/pacing/pacer.hpp"
#include "updater/progress/status.hpp"
#include "updater/schedule/schedule.hpp"
#include "updater/schedule/unattended.hpp"

namespace updater {

class BusRequests : public AgentRequests {
  public:
    /// `feed`: none on an appliance without a feed. All references outlive this object.
    BusRequests(JobRequests &jobs, JobStatus &status, Pacer &pacer, const FirmwareDocument &firmware,
                FeedMonitor *feed, Schedule &schedule, Unattended &unattended);

    bool busy() const override { return jobs_.busy(); }
    std::string install(const std::string &source, bool force) override;
    std::string download(const std::string &source) override;
    void cancel() override;
    void rollback(bool force) override;
    void set_install_rate(std::uint64_t mib_per_second) override;
    void check(bool about_to_install) override;
    nlohmann::json schedule(const std::string &source, bool force, const std::string &calendar) override;
    void cancel_scheduled() override;
    nlohmann::json postpone(const std::string &calendar) override;
    void window_opens() override;
    nlohmann::json state() const override;
    nlohmann::json firmware() const override;
    nlohmann::json events(std::uint64_t after) const override;

  private:
    JobRequests &jobs_;
    JobStatus &status_;
    Pacer &pacer_;
    const FirmwareDocument &firmware_;
    FeedMonitor *feed_;
    Schedule &schedule_;
    Unattended &unattended_;
};

} // namespace updater
