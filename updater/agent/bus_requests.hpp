// What the bus calls: hands each request to the part that answers it. Decides nothing.
#pragma once

#include "updater/agent/firmware_check.hpp"
#include "updater/agent/snapshot_work.hpp"
#include "updater/available/feed_monitor.hpp"
#include "updater/available/firmware_document.hpp"
#include "updater/available/other_slot.hpp"
#include "updater/bus/agent_requests.hpp"
#include "updater/content/content_document.hpp"
#include "updater/pacing/pacer.hpp"
#include "updater/progress/history.hpp"
#include "updater/progress/status.hpp"
#include "updater/rescue/rescue_work.hpp"
#include "updater/schedule/background_thread.hpp"
#include "updater/schedule/schedule.hpp"

#include <functional>

namespace updater::agent {

class BusRequests : public bus::AgentRequests {
  public:
    /// What is told.
    struct Reports {
        progress::JobStatus &status;
        const available::FirmwareDocument &firmware;
        const progress::History &history;
        FirmwareCheck &firmware_check;
        const available::OtherSlot &other_slot;
        rescue::RescueWork &rescue;
        SnapshotWork &snapshots;
        bus::NodeRequests &node;
        content::ContentSeen content;
    };
    /// See PreviousSystemRemoval::drop().
    using DropPrevious = std::function<nlohmann::json(bool really, bool force)>;
    /// What happens without anybody waiting for it.
    struct Planned {
        available::FeedMonitor *feed; ///< none on an appliance without a feed
        schedule::Schedule &schedule;
        schedule::BackgroundThread &background_thread;
    };

    /// All references outlive this object.
    BusRequests(job::JobRequests &jobs, pacing::Pacer &pacer, const Reports &reports, const Planned &planned,
                DropPrevious drop_previous);

    bool busy() const override { return jobs_.busy(); }
    std::string install(const std::string &source, const job::InstallOptions &options) override;
    std::string download(const std::string &source) override;
    void cancel() override;
    void rollback(bool force) override;
    void set_install_rate(std::uint64_t mib_per_second) override;
    void check(bool about_to_install) override;
    std::uint64_t check_firmware(const std::string &source) override {
        return reports_.firmware_check.begin(source);
    }
    void verify(const std::string &slots) override;
    void back_up(bool force) override { reports_.rescue.back_up(force); }
    nlohmann::json restore_copy(bool really) override { return reports_.rescue.restore(really); }
    std::uint64_t dry_run(const std::string &source, const job::InstallOptions &options) override {
        return reports_.firmware_check.begin_dry_run(source, options);
    }
    bus::SnapshotRequests &snapshots() override { return reports_.snapshots; }
    bus::NodeRequests &node() override { return reports_.node; }
    nlohmann::json schedule(const std::string &source, bool force, const std::string &calendar) override;
    void cancel_scheduled() override;
    nlohmann::json postpone(const std::string &calendar) override;
    void something_may_be_due() override;
    nlohmann::json drop_previous(bool really, bool force) override { return drop_previous_(really, force); }
    nlohmann::json state() const override;
    nlohmann::json firmware() const override;
    nlohmann::json checks() const override { return reports_.firmware_check.document(); }
    nlohmann::json verification() const override { return reports_.rescue.verification(); }
    nlohmann::json history() const override { return reports_.history.document(); }
    nlohmann::json events(std::uint64_t after) const override;

  private:
    job::JobRequests &jobs_;
    pacing::Pacer &pacer_;
    Reports reports_;
    Planned planned_;
    DropPrevious drop_previous_;
};

} // namespace updater::agent
