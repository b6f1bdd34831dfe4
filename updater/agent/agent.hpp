// The jobs: takes the requests that begin or end one, runs one job at a time in a thread of its own, and
// picks up at its start what a restart left open.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/layout.hpp"
#include "partitions/storage.hpp"
#include "updater/available/firmware_choice.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/job/job_runner.hpp"
#include "updater/job/running_system.hpp"
#include "updater/pacing/pacer.hpp"
#include "updater/progress/log_observer.hpp"
#include "updater/progress/status.hpp"

#include <atomic>
#include <mutex>
#include <thread>

namespace updater::agent {

class Agent : public job::JobRequests {
  public:
    struct Checks {
        std::function<void()> before_download; ///< what can be checked without the manifest; throws Refused
        std::function<void(const firmware::Manifest &, const job::JobFacts &)>
            of_manifest; ///< throws Refused
        std::function<void(const firmware::Version &)>
            of_previous_system; ///< whether to go back to it; throws Refused
    };

    Agent(const configuration::Appliance &appliance, job::RunningSystem running, partitions::Layout layout,
          partitions::Storage &storage, partitions::BootSelection &boot, partitions::Generations &generations,
          job::Journal &journal, job::JobRunner &runner, progress::LogObserver &observer,
          progress::JobStatus &status, const available::FirmwareChoice &choice,
          firmware::KeysNow trusted_keys, Checks checks, text::Clock clock);

    /// Shows how the last job ended and goes on with one that a restart left open, in the job's thread.
    void pick_up();

    /// Asks a running job to stop and returns when it has: in phases 1 and 2 left as it is, for the next
    /// start to go on with; later taken back. A job that was cancelled before is taken back.
    void stop();

    bool busy() const override { return busy_; }
    std::string install(const std::string &source, bool force) override;
    std::string download(const std::string &source) override;
    void cancel() override;
    void rollback(bool force) override;

  private:
    job::JobFacts new_facts(const std::string &operation, const std::string &source) const;
    void check_first(const job::JobFacts &facts);
    void record_refusal(const job::JobFacts &facts, const Refused &refusal);
    void refuse_while_running() const;
    void in_thread(std::function<job::JobRunner::End(std::stop_token)> work);
    void go_back_to_previous_system();
    /// Where asking a running job to stop would do nothing, or the opposite.
    void refuse_to_go_back_now() const;

    const configuration::Appliance &appliance_;
    job::RunningSystem running_;
    partitions::Layout layout_;
    partitions::Storage &storage_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    job::Journal &journal_;
    job::JobRunner &runner_;
    progress::LogObserver &observer_;
    progress::JobStatus &status_;
    const available::FirmwareChoice &choice_;
    firmware::KeysNow trusted_keys_;
    Checks checks_;
    text::Clock clock_;
    std::mutex requests_; ///< one request at a time
    std::atomic<bool> busy_ = false;
    bool cancelled_ = false; ///< the running job, by request
    std::jthread job_;
};

} // namespace updater::agent
