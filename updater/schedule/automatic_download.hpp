// Downloads the next hop by itself, if the administrator's settings say so. The download is a job like any
// other.
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

    /// To be called after each successful check of the feed. Begins nothing if the hop has been downloaded or
    /// has failed here before, or if a job runs. A failed download is retried after the next check. If a
    /// download cannot begin, a line on the console says why. Throws StorageError.
    void after_check();

  private:
    const configuration::SettingsFile &settings_;
    const available::FirmwareChoice &choice_;
    job::JobRequests &jobs_;
    std::ostream &console_;
};

} // namespace updater::schedule
