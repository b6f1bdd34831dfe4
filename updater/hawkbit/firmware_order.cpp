#include "updater/hawkbit/firmware_order.hpp"

#include "updater/feed/upgrade_path.hpp"

#include <algorithm>

namespace updater::hawkbit {

namespace {

FirmwareOrder none(std::string problem, bool may_pass = false) {
    return {.version = {},
            .source = {},
            .is_downloaded = false,
            .problem = std::move(problem),
            .may_pass = may_pass};
}

/// Why the feed doesn't lead to this version.
std::string reason_for(const AgentFirmware &firmware, const std::string &running, const std::string &wanted) {
    const auto failed = std::ranges::find(firmware.failed, wanted, &EndedJob::to);
    if (failed != firmware.failed.end())
        return "version " + wanted + " failed on this appliance before: " + failed->reason;
    if (std::ranges::find(firmware.newer, wanted, &OfferedFirmware::version) != firmware.newer.end())
        return "no step of the feed leads from " + running + " to " + wanted;
    if (firmware::Version::parse(wanted) < firmware::Version::parse(running))
        return "version " + wanted + " is older than " + running +
               ", which runs; to go back use update-control --rollback at the appliance";
    return "version " + wanted + " is not in the vendor's feed";
}

feed::Feed feed_of(const std::vector<OfferedFirmware> &newer) {
    feed::Feed feed;
    for (const OfferedFirmware &each : newer) {
        feed::FeedEntry entry;
        entry.version = firmware::Version::parse(each.version);
        entry.minimum_version = firmware::Version::parse(each.minimum_version);
        entry.stepping_stone = each.stepping_stone;
        entry.urls = {each.source};
        feed.entries.push_back(std::move(entry));
    }
    return feed;
}

/// The steps to `wanted`, as if the feed had nothing newer; empty if it can't be reached.
std::vector<feed::FeedEntry> steps_to(const AgentFirmware &firmware, const std::string &running,
                                      const std::string &wanted) {
    const auto goal = firmware::Version::parse(wanted);
    const auto left_out = [&](const firmware::Version &version) {
        return version > goal ||
               std::ranges::find(firmware.failed, version.text(), &EndedJob::to) != firmware.failed.end();
    };
    feed::UpgradePath path = feed::upgrade_path(feed_of(firmware.newer), firmware::Version::parse(running),
                                                {.left_out = left_out});
    if (path.hops.empty() || path.hops.back().version != goal)
        return {};
    return path.hops;
}

} // namespace

FirmwareOrder next_order(const AgentFirmware &firmware, const std::string &running,
                         const std::string &wanted) {
    try {
        if (!firmware.has_feed)
            return none("this appliance has no feed, so it does not know where version " + wanted + " is");
        const auto steps = steps_to(firmware, running, wanted);
        if (steps.empty())
            return firmware.feed_problem.empty()
                       ? none(reason_for(firmware, running, wanted))
                       : none("the vendor's feed could not be fetched: " + firmware.feed_problem, true);
        const std::string step = steps.front().version.text();
        const auto here = std::ranges::find(firmware.downloaded, step, &OfferedFirmware::version);
        const bool is_downloaded = here != firmware.downloaded.end();
        return {.version = step,
                .source = is_downloaded ? here->source : steps.front().urls.front(),
                .is_downloaded = is_downloaded,
                .problem = {},
                .may_pass = false};
    } catch (const firmware::InvalidVersion &error) {
        return none(error.what());
    }
}

} // namespace updater::hawkbit
