// What firmware can be installed: what the feed offers, what was downloaded.
#pragma once

#include "updater/agent/parts/checks.hpp"
#include "updater/agent/parts/firmware.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/agent/parts/reports.hpp"
#include "updater/available/feed_monitor.hpp"
#include "updater/available/fetched_feed.hpp"
#include "updater/available/firmware_choice.hpp"
#include "updater/available/firmware_folder.hpp"

#include <optional>

namespace updater::agent::parts {

struct Offer {
    /// All references outlive this object.
    Offer(Machine &machine, Firmware &firmware, Checks &checks, Reports &reports);
    Offer(const Offer &) = delete;
    Offer &operator=(const Offer &) = delete;

    /// Nothing: no feed is configured.
    available::FeedMonitor *feed_if_any() { return feed ? &*feed : nullptr; }

    available::FetchedFeedSource feed_source;
    std::optional<available::FeedMonitor> feed;
    available::FirmwareFolder folder;
    available::FirmwareChoice choice;
};

} // namespace updater::agent::parts
