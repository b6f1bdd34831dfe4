#include "updater/agent/parts/offer.hpp"

namespace updater::agent::parts {

namespace {

std::optional<available::FeedMonitor> feed_monitor_of(Machine &machine, Firmware &firmware, Reports &reports,
                                                      available::FetchedFeedSource &source) {
    if (!firmware.feed_store)
        return std::nullopt;
    return std::optional<available::FeedMonitor>(
        std::in_place, *firmware.feed_store, source,
        available::LastCheck(machine.storage, machine.layout.feed / "checked"),
        firmware::Version::parse(machine.appliance.version), machine.clock,
        available::FeedMonitor::Callbacks{
            .can_be_installed =
                [&reports](const feed::FeedEntry &entry) { reports.announcements.can_be_installed(entry); },
            .check_failed =
                [&reports](std::string_view what, auto checked) {
                    reports.announcements.feed_check_failed(what, checked);
                }});
}

} // namespace

Offer::Offer(Machine &machine, Firmware &firmware, Checks &checks, Reports &reports)
    : feed_source(firmware.open_fetch, firmware.connection_now, machine.appliance.firmware.feed_url),
      feed(feed_monitor_of(machine, firmware, reports, feed_source)),
      folder(machine.layout.firmware, firmware.trusted_keys),
      choice(machine.appliance, folder, checks.failed_versions, feed_if_any()) {}

} // namespace updater::agent::parts
