#include "updater/available/firmware_document.hpp"

#include "updater/download/shown_url.hpp"
#include "updater/text/local_time.hpp"

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

} // namespace

FirmwareDocument::FirmwareDocument(const configuration::Appliance &appliance, partitions::Slot running,
                                   const OtherSlot &other_slot, const FirmwareFolder &folder,
                                   const FirmwareChoice &choice, const FeedMonitor *feed)
    : appliance_(appliance), running_(running), other_slot_(other_slot), folder_(folder), choice_(choice),
      feed_(feed) {}

json FirmwareDocument::make() const {
    const feed::UpgradePath path = choice_.path(false);
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
            {"out_of_reach", document_of(path.out_of_reach)}};
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
