#include "updater/available/firmware_document.hpp"

#include "updater/download/shown_url.hpp"
#include "updater/text/local_time.hpp"

#include <algorithm>
#include <string>

namespace updater::available {

using nlohmann::json;

namespace {

json document_of(const std::vector<feed::FeedEntry> &entries) {
    auto list = json::array();
    for (const feed::FeedEntry &entry : entries)
        list.push_back({{"version", entry.version.text()},
                        {"minimum_version", entry.minimum_version.text()},
                        {"bytes", entry.bytes},
                        {"released", text::iso_time(entry.released)},
                        {"security_only", entry.security_only},
                        {"stepping_stone", entry.stepping_stone},
                        {"migration", entry.migration},
                        {"release_notes", entry.release_notes},
                        {"source", download::url_to_show(entry.urls.front())}});
    return list;
}

/// Enough to find the way to any of them.
json short_document_of(const std::vector<feed::FeedEntry> &entries) {
    auto list = json::array();
    for (const feed::FeedEntry &entry : entries)
        list.push_back({{"version", entry.version.text()},
                        {"minimum_version", entry.minimum_version.text()},
                        {"stepping_stone", entry.stepping_stone},
                        {"source", download::url_to_show(entry.urls.front())}});
    return list;
}

/// Those that are newer than what runs; the others would not be offered anyway.
json document_of(const std::vector<FailedVersion> &failed, const std::string &running) {
    auto list = json::array();
    for (const FailedVersion &each : failed)
        if (is_lower(running, each.version))
            list.push_back({{"version", each.version},
                            {"reason", each.reason},
                            {"failed", each.time ? json(text::iso_time(*each.time)) : json(nullptr)}});
    return list;
}

} // namespace

FirmwareDocument::FirmwareDocument(const configuration::Appliance &appliance, partitions::Slot running,
                                   const OtherSlot &other_slot, const FirmwareFolder &folder,
                                   const FirmwareChoice &choice, FailedVersions &failed_versions,
                                   const FeedMonitor *feed)
    : appliance_(appliance), running_(running), other_slot_(other_slot), folder_(folder), choice_(choice),
      failed_versions_(failed_versions), feed_(feed) {}

json FirmwareDocument::make() const {
    feed::UpgradePath path = choice_.path(false);
    const auto failed = failed_versions_.all();
    // No step leads to them because they are left out; they are listed with the reason instead.
    std::erase_if(path.out_of_reach, [&](const feed::FeedEntry &entry) {
        return std::ranges::find(failed, entry.version.text(), &FailedVersion::version) != failed.end();
    });
    const std::string &source = appliance_.firmware.source_url;
    return {{"format", 1},
            {"running",
             {{"version", appliance_.version}, {"slot", std::string(1, partitions::letter(running_))}}},
            {"other", other_slot_.document()},
            {"downloaded", downloaded()},
            {"available",
             source.empty() ? json::array() : json::array({{{"source", download::url_to_show(source)}}})},
            {"feed", feed_ ? feed_->document() : json(nullptr)},
            {"path", document_of(path.hops)},
            {"out_of_reach", document_of(path.out_of_reach)},
            {"newer", feed_ ? short_document_of(feed_->newer()) : json::array()},
            {"failed", document_of(failed, appliance_.version)}};
}

json FirmwareDocument::downloaded() const {
    auto list = json::array();
    for (const auto &each : folder_.list())
        list.push_back({{"path", each.path.string()},
                        {"version", each.version.text()},
                        {"bytes", each.bytes},
                        {"downloaded", text::iso_time(each.downloaded)}});
    return list;
}

} // namespace updater::available
