// What the runner tells while a job runs. The agent's observer writes the job's log and the state for the
// bus.
#pragma once

#include "updater/job/coded_severity.hpp"
#include "updater/job/job_end.hpp"
#include "updater/job/job_facts.hpp"

#include <chrono>
#include <string_view>

namespace updater::job {

/// Called in the job's thread, in the order of what happens; progress() and event() also in threads that the
/// job waits for, one at a time. Must not throw.
class JobObserver {
  public:
    virtual ~JobObserver() = default;
    virtual void job_begins(const JobFacts &facts, bool continued) = 0;
    /// A job that was interrupted is resumed; the reason says by what and where.
    virtual void going_on(std::string_view reason, std::string_view code) = 0;
    /// Phase 1 has read the manifest of the firmware.
    virtual void firmware_known(std::string_view version) = 0;
    /// A phase has found out more of what the job knows.
    virtual void facts_known(const JobFacts &) {}
    virtual void phase_begins(Phase phase) = 0;
    /// What people are told now of how long the phases take; empty: nothing.
    virtual Prediction prediction() const { return {}; }
    virtual void phase_done(Phase phase, std::chrono::milliseconds took) = 0;
    virtual void phase_failed(Phase phase, std::string_view reason, std::string_view code) = 0;
    /// Mail is let in before the phase ends.
    virtual void mail_flows_again() = 0;
    virtual void progress(int percent, std::string_view step) = 0;
    virtual void event(const CodedSeverity &level, std::string_view text) = 0;
    virtual void rolling_back(std::string_view reason, std::string_view code) = 0;
    virtual void restarting() = 0;
    virtual void job_ended(const JobFacts &facts, const JobEnd &end) = 0;
};

} // namespace updater::job
