#include "updater/available/firmware_document.hpp"

#include "updater/download/curl_failure.hpp"
#include "updater/text/local_time.hpp"

#include <utility>

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

FirmwareDocument::FirmwareDocument(const configuration::Appliance &appliance, job::RunningSystem running,
                                   partitions::BootSelection &boot,
                                   const partitions::Generations &generations, const FirmwareFolder &folder,
                                   const FirmwareChoice &choice, const FeedMonitor *feed,
                                   std::function<bool()> busy, Now now)
    : appliance_(appliance), running_(std::move(running)), boot_(boot), generations_(generations),
      folder_(folder), choice_(choice), feed_(feed), busy_(std::move(busy)), now_(std::move(now)) {}

json FirmwareDocument::make() const {
    const feed::UpgradePath path = choice_.path(false);
    const std::string &source = appliance_.firmware.source_url;
    return {{"format", 1},
            {"running",
             {{"version", appliance_.version}, {"slot", std::string(1, partitions::letter(running_.slot))}}},
            {"other", other_slot()},
            {"downloaded", downloaded()},
            {"available",
             source.empty() ? json::array() : json::array({{{"source", download::url_to_show(source)}}})},
            {"feed", feed_ ? feed_->document() : json(nullptr)},
            {"path", document_of(path.hops)},
            {"out_of_reach", document_of(path.out_of_reach)}};
}

json FirmwareDocument::other_slot() const {
    const auto other = partitions::other(running_.slot);
    const auto assigned = generations_.assigned(other);
    const bool bootable = other_slot_boots();
    return {{"slot", std::string(1, partitions::letter(other))},
            {"version", assigned ? json(partitions::Generations::version_of(*assigned)) : json(nullptr)},
            {"bootable", bootable},
            {"holds", bootable   ? "previous system"
                      : assigned ? "unfinished install"
                                 : "unknown"}};
}

bool FirmwareDocument::other_slot_boots() const {
    const std::lock_guard lock(mutex_);
    const bool busy = busy_();
    const auto now = now_();
    const bool still_holds = boot_query_ && boot_query_->while_busy == busy &&
                             (!busy || now - boot_query_->time < min_time_between_boot_queries);
    if (!still_holds)
        boot_query_ = {boot_.bootable(partitions::other(running_.slot)), busy, now};
    return boot_query_->other_boots;
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
