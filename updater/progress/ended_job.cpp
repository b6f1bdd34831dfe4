#include "updater/progress/ended_job.hpp"

#include "updater/text/clean_text.hpp"
#include "updater/text/local_time.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace updater::progress {

namespace {

double seconds_of(std::chrono::milliseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

nlohmann::json list_of(const job::Prediction &prediction) {
    auto phases = nlohmann::json::array();
    for (const job::PhasePrediction &each : prediction)
        phases.push_back({{"number", job::number_of(each.phase)},
                          {"name", job::name_of(each.phase)},
                          {"seconds", seconds_of(each.takes)},
                          {"source", job::text_of(each.by)}});
    return phases;
}

/// What was predicted, and what later predictions compare.
void add_prediction(nlohmann::json &document, const job::JobFacts &facts) {
    const auto known = [](const std::optional<std::uint64_t> &number) {
        return number ? nlohmann::json(*number) : nlohmann::json();
    };
    document["predicted"] = list_of(facts.predicted);
    document["predicted_when_mail_stops"] = list_of(facts.predicted_when_mail_stops);
    document["fetch_bytes"] = known(facts.fetch_bytes);
    document["write_bytes"] = known(facts.write_bytes);
    document["store_bytes"] = known(facts.store_bytes);
    document["from_file"] = facts.operation == job::Operation::install && !facts.firmware_file.empty();
    document["store_conversions"] =
        std::ranges::count(facts.conversions, firmware::ConversionKind::store, &firmware::Conversion::kind);
    document["rehearsed"] = nlohmann::json::object();
    for (const auto &[store, took] : facts.rehearsed)
        document["rehearsed"][store] = seconds_of(took);
}

} // namespace

nlohmann::json document_of(const job::JobFacts &facts, const job::JobEnd &end) {
    nlohmann::json phases = nlohmann::json::array();
    for (const job::PhaseDuration &each : end.phases)
        phases.push_back({{"number", job::number_of(each.phase)},
                          {"name", job::name_of(each.phase)},
                          {"seconds", seconds_of(each.took)}});
    nlohmann::json document = {{"job", facts.job},
                               {"operation", job::text_of(facts.operation)},
                               {"result", job::text_of(end.outcome)},
                               {"unfinished", end.unfinished},
                               {"from", facts.from_version},
                               {"to", facts.to_version},
                               {"reason", text::clean_text(end.reason)},
                               {"code", text::clean_text(end.code)},
                               {"next", text::clean_text(end.next_step)},
                               {"started", text::iso_time(facts.started)},
                               {"ended", text::iso_time(end.ended)},
                               {"log", facts.log_file},
                               {"warnings", end.warnings},
                               {"phases", std::move(phases)}};
    if (!facts.expected_records.empty())
        document["records"] = facts.expected_records;
    add_prediction(document, facts);
    return document;
}

} // namespace updater::progress
