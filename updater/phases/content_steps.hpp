// What an upgrade does about the product's content, such as definitions: holds updates of it back, and looks
// afterwards whether one slipped in all the same. Which phase does which step is in table.cpp; phase 2 does
// the first one before its rehearsal.
#pragma once

#include "updater/content/content_lock.hpp"
#include "updater/content/content_programs.hpp"
#include "updater/content/content_record.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/messages/coded.hpp"
#include "updater/try_again_later.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <utility>
#include <vector>

namespace updater::phases {

/// A content update does not end. Says nothing of the version.
class ContentUpdateRuns : public std::runtime_error,
                          public TryAgainLater,
                          public messages::CodeIs<messages::Code::content_update_runs> {
  public:
    using std::runtime_error::runtime_error;
};

/// The last step of a job releases the lock; a job that ends without it, the job's thread.
struct ContentParts {
    content::ContentLock &lock;
    content::ContentPrograms &programs;
    content::ContentRecord &record;
    /// Waits; false when a stop was asked for.
    std::function<bool(std::chrono::milliseconds, const std::stop_token &)> pause;
};

/// First in phase 2, before the rehearsal, and again at the beginning of phase 3.
class HoldContent {
  public:
    static constexpr std::chrono::minutes max_for_an_update{5};

    explicit HoldContent(ContentParts parts) : parts_(std::move(parts)) {}

    /// On return updates are held back, and the facts have the versions. Waits for updates that run.
    /// @throws ContentUpdateRuns, Cancelled, std::system_error, StorageError.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    void wait_for_updates(job::PhaseRun &run);

    ContentParts parts_;
};

/// In phase 8: notes what the new system starts with.
class NoteContent {
  public:
    explicit NoteContent(ContentParts parts) : parts_(std::move(parts)) {}
    /// Nothing that it finds is a failure of the trial. @throws Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    ContentParts parts_;
};

/// In phase 10 after the commit: compares, has repaired what differs, and lets updates run again.
class VerifyContent {
  public:
    explicit VerifyContent(ContentParts parts) : parts_(std::move(parts)) {}
    /// What cannot be repaired is a warning with the command. Run again it only lets updates run.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    void verify_if_possible(job::PhaseRun &run);
    static void forget_versions(job::PhaseRun &run);
    void verify(job::PhaseRun &run);
    content::ContentReport compare(const std::vector<content::Component> &components,
                                   const job::JobFacts &facts) const;
    void repair(content::ContentReport &report, job::PhaseRun &run);

    ContentParts parts_;
};

} // namespace updater::phases
