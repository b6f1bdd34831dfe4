#include "updater/available/firmware_choice.hpp"

#include "updater/refusal.hpp"
#include "updater/text/shell_word.hpp"

#include <algorithm>
#include <iterator>

namespace updater::available {

FirmwareChoice::FirmwareChoice(const configuration::Appliance &appliance, const FirmwareFolder &folder,
                               FailedVersions &failed_versions, const FeedMonitor *feed)
    : appliance_(appliance), folder_(folder), failed_versions_(failed_versions), feed_(feed) {}

void FirmwareChoice::resolve_source(job::JobFacts &facts, const std::string &source, bool force) const {
    if (source.starts_with("https://"))
        return;
    if (!source.empty()) {
        if (!source.starts_with("/"))
            throw Refused("'" + source + "' is neither an absolute path nor an https URL",
                          "Give the whole path of the firmware file, beginning with '/'.",
                          messages::Code::no_such_firmware);
        facts.firmware_file = source;
        return;
    }
    const auto running = firmware::Version::parse(appliance_.version);
    const auto downloaded = folder_.list();
    if (downloaded.empty() || downloaded.front().version <= running) {
        facts.source = newest_url(force);
        facts.even_if_failed_before = force;
        return;
    }
    const auto &newest = downloaded.front();
    const auto failed = failed_versions_.reason_for(newest.version.text());
    if (failed && !force)
        throw Refused("version " + newest.version.text() + " failed on this appliance before: " + *failed,
                      "To install it nevertheless, name it: update-control -i fw " +
                          text::shell_word(newest.path.string()),
                      messages::Code::version_failed_before);
    facts.firmware_file = newest.path;
}

feed::UpgradePath FirmwareChoice::path(bool with_failed_ones) const {
    if (!feed_)
        return {};
    if (with_failed_ones)
        return feed_->path({});
    return feed_->path({.left_out = failed_before()});
}

std::function<bool(const firmware::Version &)> FirmwareChoice::failed_before() const {
    // Read once, not for each entry of the feed: everybody may ask for the path, any number of times.
    return [failed = failed_versions_.all()](const firmware::Version &version) {
        return std::ranges::find(failed, version.text(), &FailedVersion::version) != failed.end();
    };
}

std::optional<NextFirmware> FirmwareChoice::next_by_itself(bool security_only) const {
    if (!feed_)
        return std::nullopt;
    // A newer feed may be withheld from us, so nothing is done by itself after the feed has expired.
    if (feed_->has_expired())
        throw Refused("the feed has expired", "See why it cannot be renewed: update-control --refresh",
                      messages::Code::feed_expired);
    const feed::UpgradePath path = feed_->path({.security_only = security_only, .left_out = failed_before()});
    if (path.hops.empty())
        return std::nullopt;
    const feed::FeedEntry &hop = path.hops.front();
    const std::string &url = hop.urls.front();
    const auto downloaded = folder_.list();
    const auto found = std::ranges::find(downloaded, hop.version, &DownloadedFirmware::version);
    return NextFirmware{hop.version, url, found == downloaded.end() ? url : found->path.string()};
}

void FirmwareChoice::add_what_the_feed_says(job::JobFacts &facts) const {
    if (!feed_)
        return;
    for (const feed::FeedEntry &hop : feed_->newer()) {
        if (std::ranges::find(hop.urls, facts.source) == hop.urls.end())
            continue;
        facts.expected_version = hop.version.text();
        std::ranges::remove_copy(hop.urls, std::back_inserter(facts.mirrors), facts.source);
        return;
    }
}

std::string FirmwareChoice::newest_url(bool force) const {
    if (!feed_)
        return appliance_.firmware.source_url;
    const feed::UpgradePath path = this->path(force);
    if (!path.hops.empty())
        return path.hops.front().urls.front();
    if (const auto failed = this->path(true).hops; !failed.empty()) {
        const std::string version = failed.front().version.text();
        throw Refused("the feed has nothing newer than " + appliance_.version + " but " + version +
                          ", which failed on this appliance before: " +
                          failed_versions_.reason_for(version).value_or("unknown"),
                      "To install it all the same: update-control -i fw --force",
                      messages::Code::version_failed_before);
    }
    const std::string reason =
        feed_->was_ever_checked()
            ? "the feed has nothing newer that can be installed on " + appliance_.version
            : "the feed was never fetched";
    throw Refused(reason, "Check the feed: update-control --refresh; see what it offers: update-control -l",
                  messages::Code::nothing_newer);
}

} // namespace updater::available
