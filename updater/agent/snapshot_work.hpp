// Makes, compares, restores, exports and imports snapshots when asked: in a thread of its own, one at a time,
// and keeps what became of the last one. Begins no job.
#pragma once

#include "updater/bus/snapshot_requests.hpp"
#include "updater/snapshot/restore.hpp"
#include "updater/snapshot/snapshot_store.hpp"
#include "updater/text/local_time.hpp"

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <thread>

namespace updater::agent {

/// Thread-safe.
class SnapshotWork : public bus::SnapshotRequests {
  public:
    /// All references outlive this object. `job_runs`: settings cannot be restored then.
    SnapshotWork(partitions::Storage &storage, snapshot::SnapshotStore &store, snapshot::Restore &restore,
                 std::function<bool()> job_runs, text::Clock clock);
    /// Waits for what runs.
    ~SnapshotWork() override { end(); }
    SnapshotWork(const SnapshotWork &) = delete;
    SnapshotWork &operator=(const SnapshotWork &) = delete;

    std::uint64_t begin(bus::SnapshotAction action, const std::string &name) override;
    std::uint64_t begin_export(const std::string &name, partitions::base::FileDescriptor file,
                               const bus::SnapshotSecret &secret) override;
    std::uint64_t begin_import(const std::string &name, partitions::base::FileDescriptor file,
                               const bus::SnapshotSecret &secret) override;
    nlohmann::json document() const override;

    /// Waits for what runs; a conversion of settings is stopped. Nothing begins afterwards.
    void end();

  private:
    /// Returns what is told of its success: "text", "next", and what else the action has to say.
    using Work = std::function<nlohmann::json(const std::stop_token &)>;
    std::uint64_t start(const char *action, const std::string &name, Work work);
    void run(const Work &work, nlohmann::json result, const std::stop_token &stop);

    nlohmann::json create(const std::string &name);
    nlohmann::json show(const std::string &name);
    nlohmann::json restore(const std::string &name, const std::stop_token &stop);
    nlohmann::json cancel_restore();
    nlohmann::json remove(const std::string &name);
    void require_no_job() const;
    nlohmann::json listed() const;

    partitions::Storage &storage_;
    snapshot::SnapshotStore &store_;
    snapshot::Restore &restore_;
    std::function<bool()> job_runs_;
    text::Clock clock_;

    mutable std::mutex mutex_; ///< for all below
    bool ended_for_good_ = false;
    std::uint64_t number_ = 0; ///< of the work that began last
    nlohmann::json working_;   ///< what runs, or null
    nlohmann::json last_;      ///< what ended last, or null
    std::jthread thread_;
};

} // namespace updater::agent
