// Chooses the firmware for an installation or a download that names none. Begins nothing, and checks only
// what the choice depends on.
#pragma once

#include "updater/available/failed_versions.hpp"
#include "updater/available/feed_monitor.hpp"
#include "updater/available/firmware_folder.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/job_facts.hpp"

#include <functional>
#include <optional>
#include <string>

namespace updater::available {

/// What the appliance would install by itself.
struct NextFirmware {
    firmware::Version version;
    std::string url;
    std::string source; ///< the downloaded file if there is one, else the URL
    bool is_downloaded() const { return source != url; }
};

class FirmwareChoice {
  public:
    /// `feed`: none on an appliance without a feed. All references outlive this object.
    FirmwareChoice(const configuration::Appliance &appliance, const FirmwareFolder &folder,
                   FailedVersions &failed_versions, const FeedMonitor *feed);

    /// Fills in where the firmware of an installation comes from. `source`: "" (the newest downloaded one,
    /// else the next hop), an absolute path or an https URL. `force`: also one that failed here before.
    /// Throws Refused.
    void resolve_source(job::JobFacts &facts, const std::string &source, bool force) const;

    /// The URL of the next hop; without a feed the one that is configured. Throws Refused when the feed has
    /// nothing to install.
    std::string newest_url(bool force) const;

    /// If facts.source is firmware of the feed, fills in what the feed says about it: its version and the
    /// other servers that have it.
    void add_what_the_feed_says(job::JobFacts &facts) const;

    /// The next hop that the appliance may install by itself: none that failed here before, and with
    /// `security_only` security fixes only. Nothing without a feed. Throws Refused if the feed has expired.
    std::optional<NextFirmware> next_by_itself(bool security_only) const;

    /// The path from the running version to the newest; empty without a feed.
    feed::UpgradePath path(bool with_failed_ones) const;

  private:
    std::function<bool(const firmware::Version &)> failed_before() const;

    const configuration::Appliance &appliance_;
    const FirmwareFolder &folder_;
    FailedVersions &failed_versions_;
    const FeedMonitor *feed_;
};

} // namespace updater::available
