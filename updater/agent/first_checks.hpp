// What is checked before a request for an installation is answered. A refusal is recorded like a job that
// ended. Phase 1 checks the manifest again, phase 3 the services.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/job/journal.hpp"
#include "updater/progress/log_observer.hpp"
#include "updater/refusal.hpp"

#include <functional>

namespace updater::agent {

class FirstChecks {
  public:
    struct Checks {
        std::function<void()> before_download; ///< what can be checked without the manifest; throws Refused
        std::function<void(const firmware::Manifest &, const job::JobFacts &)>
            of_manifest; ///< includes before_download; throws Refused
    };

    /// All references outlive this object.
    FirstChecks(partitions::Storage &storage, firmware::KeysNow trusted_keys, Checks checks,
                job::Journal &journal, progress::LogObserver &observer);

    /// Throws Refused after it has written the refusal to the journal and to a log of its own.
    void check(const job::JobFacts &facts);

  private:
    void check_firmware_file(const job::JobFacts &facts) const;
    void record(const job::JobFacts &facts, const Refused &refusal);

    partitions::Storage &storage_;
    firmware::KeysNow trusted_keys_;
    Checks checks_;
    job::Journal &journal_;
    progress::LogObserver &observer_;
};

} // namespace updater::agent
