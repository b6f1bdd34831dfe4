// Fetches the next hop without being asked, if the administrator's settings want that. The download itself is
// a job like any other.
#pragma once

#include "updater/available/firmware_choice.hpp"
#include "updater/configuration/settings_file.hpp"
#include "updater/job/job_requests.hpp"

#include <ostream>

namespace updater::schedule {

class AutomaticDownload {
  public:
    /// All references outlive this object.
    AutomaticDownload(const configuration::SettingsFile &settings, const available::FirmwareChoice &choice,
                      job::JobRequests &jobs, std::ostream &console);

    /// After each feed that was accepted. Begins nothing when the hop is downloaded already, failed here
    /// before, or a job runs; a download that failed is tried again the next time. That one could not begin
    /// is said on the console. Throws StorageError.
    void after_check();

  private:
    const configuration::SettingsFile &settings_;
    const available::FirmwareChoice &choice_;
    job::JobRequests &jobs_;
    std::ostream &console_;
};

} // namespace updater::schedule
