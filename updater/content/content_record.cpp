#include "updater/content/content_record.hpp"

#include "partitions/durable.hpp"
#include "updater/text/word_table.hpp"

#include <array>
#include <utility>

namespace updater::content {

using nlohmann::json;

namespace {

constexpr std::size_t max_record_bytes = 256UL * 1024;

constexpr auto state_words = std::to_array<text::Word<ContentState>>({
    {ContentState::as_expected, "as-expected"},
    {ContentState::repaired, "repaired"},
    {ContentState::unrepaired, "unrepaired"},
});

ContentReport report_from(const json &document) {
    ContentReport report{.job = document.at("job").get<std::string>(), .components = {}};
    for (const json &each : document.at("components"))
        report.components.push_back({.name = each.at("name"),
                                     .version = each.at("version"),
                                     .expected = each.at("expected"),
                                     .program = each.at("program").get<std::string>(),
                                     // A word of a newer updater: nothing that this one could repair.
                                     .state = text::value_of(state_words, each.at("state").get<std::string>())
                                                  .value_or(ContentState::as_expected),
                                     .reason = each.at("reason")});
    return report;
}

} // namespace

json to_json(const ContentReport &report) {
    json document = {{"format", 1}, {"job", report.job}, {"components", json::array()}};
    for (const auto &each : report.components)
        document["components"].push_back({{"name", each.name},
                                          {"version", each.version},
                                          {"expected", each.expected},
                                          {"program", each.program.string()},
                                          {"state", text::word_of(state_words, each.state)},
                                          {"reason", each.reason}});
    return document;
}

ContentRecord::ContentRecord(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {
    try {
        if (storage_.kind(file_) == partitions::FileKind::file)
            report_ =
                report_from(json::parse(partitions::read_whole_file(storage_, file_, max_record_bytes)));
    } catch (const std::exception &) {
        report_ = {};
    }
}

ContentReport ContentRecord::report() const {
    const std::lock_guard lock(mutex_);
    return report_;
}

void ContentRecord::note(const ContentReport &report) {
    {
        const std::lock_guard lock(mutex_);
        report_ = report;
    }
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_, to_json(report).dump(1) + "\n", 0600);
}

} // namespace updater::content
