// The JSON form of a job's facts.
#include "updater/job/job_facts.hpp"

#include "updater/job/json_values.hpp"
#include "updater/text/word_table.hpp"

#include <array>
#include <stdexcept>

namespace updater::job {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::string text_of(partitions::Slot slot) {
    return std::string(1, partitions::letter(slot));
}

partitions::Slot slot_from(const nlohmann::json &value) {
    const auto text = value.get<std::string>();
    if (text == "a")
        return partitions::Slot::a;
    if (text == "b")
        return partitions::Slot::b;
    throw std::runtime_error("a job names the slot '" + text + "'; only a and b exist");
}

Operation operation_from(const nlohmann::json &value) {
    const auto word = value.get<std::string>();
    const auto operation = text::value_of(operation_words, word);
    if (!operation)
        throw std::runtime_error("a job is for '" + word + "', which this updater does not know");
    return *operation;
}

using Addresses = std::vector<network::InterfaceAddresses>;

constexpr auto conversion_kind_words = std::to_array<text::Word<firmware::ConversionKind>>({
    {firmware::ConversionKind::store, "store"},
    {firmware::ConversionKind::configuration, "configuration"},
});

nlohmann::json conversions_document(const std::vector<firmware::Conversion> &conversions) {
    auto document = nlohmann::json::array();
    for (const auto &each : conversions)
        document.push_back({{"name", each.name},
                            {"kind", text::word_of(conversion_kind_words, each.kind)},
                            {"program", each.program},
                            {"from", each.from},
                            {"to", each.to}});
    return document;
}

/// Throws std::invalid_argument for a kind of a newer updater: its conversion must not run as another kind.
firmware::ConversionKind conversion_kind_from(const std::string &word) {
    if (const auto kind = text::value_of(conversion_kind_words, word))
        return *kind;
    throw std::invalid_argument("unknown kind of conversion: " + word);
}

std::vector<firmware::Conversion> conversions_from(const nlohmann::json &document) {
    std::vector<firmware::Conversion> conversions;
    for (const auto &each : document)
        conversions.push_back({.name = each.at("name"),
                               .kind = conversion_kind_from(each.at("kind").get<std::string>()),
                               .program = each.at("program"),
                               .from = each.at("from"),
                               .to = each.at("to")});
    return conversions;
}

nlohmann::json document_or_empty(const std::optional<services::ServiceStates> &services) {
    return services ? nlohmann::json(*services) : nlohmann::json::object();
}

nlohmann::json document_or_empty(const std::optional<health::MachineRecord> &machine) {
    return machine ? health::to_json(*machine) : nlohmann::json::object();
}

std::optional<services::ServiceStates> services_from(const nlohmann::json &document) {
    return document.empty() ? std::nullopt : std::optional(document.get<services::ServiceStates>());
}

/// What cannot be read is kept as it is, for a program that can.
template <typename Read>
void read_or_keep(JobFacts &facts, const char *name, const nlohmann::json &value, Read read) {
    try {
        read(value);
    } catch (const std::exception &) {
        facts.unread[name] = value;
    }
}

// Members that are read with a default are missing in what older updaters wrote.

void read_order(JobFacts &facts, const nlohmann::json &document) {
    document.at("job").get_to(facts.job);
    read_or_keep(facts, "operation", document.at("operation"),
                 [&](const auto &value) { facts.operation = operation_from(value); });
    document.at("source").get_to(facts.source);
    facts.mirrors = document.value("mirrors", std::vector<std::string>());
    facts.expected_version = document.value("expected_version", "");
    facts.even_if_failed_before = document.value("even_if_failed_before", true);
    facts.force = document.value("force", false);
    facts.stop_on_conflict = document.value("stop_on_conflict", false);
    facts.known_conflicts = document.value("known_conflicts", std::vector<std::string>());
    document.at("log_file").get_to(facts.log_file);
    facts.started = time_from(document.at("started_ms"));
}

void read_systems(JobFacts &facts, const nlohmann::json &document) {
    document.at("firmware_file").get_to(facts.firmware_file);
    facts.image_hash = document.value("image_hash", "");
    document.at("from_version").get_to(facts.from_version);
    document.at("to_version").get_to(facts.to_version);
    facts.least_acceptable_version = document.value("least_acceptable_version", "");
    facts.old_slot = slot_from(document.at("old_slot"));
    facts.new_slot = slot_from(document.at("new_slot"));
    document.at("old_generation").get_to(facts.old_generation);
    document.at("new_generation").get_to(facts.new_generation);
    document.at("try_requested").get_to(facts.try_requested);
}

void read_data_and_services(JobFacts &facts, const nlohmann::json &document) {
    read_or_keep(facts, "conversions", document.at("conversions"),
                 [&](const auto &value) { facts.conversions = conversions_from(value); });
    if (document.contains("stores"))
        facts.stores = document.at("stores").get<std::vector<std::string>>();
    for (const auto &[store, count] :
         document.at("expected_records").get_ref<const nlohmann::json::object_t &>())
        facts.expected_records[store] = whole_number(count, UINT64_MAX);
    read_or_keep(facts, "services", document.at("services"),
                 [&](const auto &value) { facts.services = services_from(value); });
    read_or_keep(facts, "machine", document.value("machine", nlohmann::json::object()),
                 [&](const auto &value) { facts.machine = health::machine_record_from(value); });
    read_or_keep(facts, "addresses", document.at("addresses"),
                 [&](const auto &value) { facts.addresses = value.template get<Addresses>(); });
}

using ContentVersions = std::map<std::string, std::string>;

/// Only a comparison depends on these: what cannot be read of them is left out.
std::optional<ContentVersions> content_versions_if_any(const nlohmann::json &value) {
    if (!value.is_object())
        return std::nullopt;
    ContentVersions versions;
    for (const auto &[name, version] : value.items())
        if (version.is_string())
            versions[name] = version.get<std::string>();
    return versions;
}

void read_content(JobFacts &facts, const nlohmann::json &document) {
    facts.content_before = content_versions_if_any(document.value("content_before", nlohmann::json()));
    facts.content_converted = content_versions_if_any(document.value("content_converted", nlohmann::json()));
}

void write_content(const JobFacts &facts, nlohmann::json &document) {
    if (facts.content_before)
        document["content_before"] = *facts.content_before;
    if (facts.content_converted)
        document["content_converted"] = *facts.content_converted;
}

/// Nothing but predictions depends on these.
std::optional<std::uint64_t> number_if_any(const nlohmann::json &value) {
    // What was parsed is unsigned unless it is negative; what a program put there may be signed.
    const bool fits =
        value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    return fits ? std::optional(value.get<std::uint64_t>()) : std::nullopt;
}

std::optional<milliseconds> duration_if_any(const nlohmann::json &value) {
    constexpr std::uint64_t max_ms = milliseconds(std::chrono::weeks(1)).count();
    const auto number = number_if_any(value);
    return number && *number <= max_ms ? std::optional(milliseconds(*number)) : std::nullopt;
}

/// Without the phases that cannot be read.
Prediction prediction_in(const nlohmann::json &value) {
    Prediction prediction;
    if (!value.is_array())
        return prediction;
    for (const auto &each : value) {
        if (!each.is_object())
            continue;
        const auto number = number_if_any(each.value("phase", nlohmann::json()));
        const auto takes = duration_if_any(each.value("ms", nlohmann::json()));
        const auto by = each.value("by", nlohmann::json());
        const auto *source = by.is_string() ? by.get_ptr<const std::string *>() : nullptr;
        const auto known = source ? text::value_of(predicted_by_words, *source) : std::nullopt;
        if (number && *number >= 1 && *number <= phase_rules.size() && takes && known)
            prediction.push_back({static_cast<Phase>(*number), *takes, *known});
    }
    return prediction;
}

nlohmann::json prediction_document(const Prediction &prediction) {
    auto phases = nlohmann::json::array();
    for (const PhasePrediction &each : prediction)
        phases.push_back(
            {{"phase", number_of(each.phase)}, {"ms", each.takes.count()}, {"by", text_of(each.by)}});
    return phases;
}

void read_predictable(JobFacts &facts, const nlohmann::json &document) {
    facts.fetch_bytes = number_if_any(document.value("fetch_bytes", nlohmann::json()));
    facts.write_bytes = number_if_any(document.value("write_bytes", nlohmann::json()));
    facts.store_bytes = number_if_any(document.value("store_bytes", nlohmann::json()));
    facts.last_start = duration_if_any(document.value("last_start_ms", nlohmann::json()));
    const auto rehearsed = document.value("rehearsed_ms", nlohmann::json());
    if (rehearsed.is_object())
        for (const auto &[store, took] : rehearsed.items())
            if (const auto duration = duration_if_any(took))
                facts.rehearsed[store] = *duration;
    facts.predicted = prediction_in(document.value("predicted", nlohmann::json()));
    facts.predicted_when_mail_stops =
        prediction_in(document.value("predicted_when_mail_stops", nlohmann::json()));
}

void write_predictable(const JobFacts &facts, nlohmann::json &document) {
    if (facts.fetch_bytes)
        document["fetch_bytes"] = *facts.fetch_bytes;
    if (facts.write_bytes)
        document["write_bytes"] = *facts.write_bytes;
    if (facts.store_bytes)
        document["store_bytes"] = *facts.store_bytes;
    if (facts.last_start)
        document["last_start_ms"] = facts.last_start->count();
    for (const auto &[store, took] : facts.rehearsed)
        document["rehearsed_ms"][store] = took.count();
    if (!facts.predicted.empty())
        document["predicted"] = prediction_document(facts.predicted);
    if (!facts.predicted_when_mail_stops.empty())
        document["predicted_when_mail_stops"] = prediction_document(facts.predicted_when_mail_stops);
}

} // namespace

const services::ServiceStates &services_before(const JobFacts &facts) {
    if (!facts.services)
        throw std::runtime_error("the job journal does not say which services ran before the upgrade");
    return *facts.services;
}

nlohmann::json to_json(const JobFacts &facts) {
    nlohmann::json document{
        {"format", JobFacts::format},
        {"job", facts.job},
        {"operation", text_of(facts.operation)},
        {"source", facts.source},
        {"mirrors", facts.mirrors},
        {"expected_version", facts.expected_version},
        {"log_file", facts.log_file},
        {"started_ms", duration_cast<milliseconds>(facts.started.time_since_epoch()).count()},
        {"firmware_file", facts.firmware_file},
        {"image_hash", facts.image_hash},
        {"even_if_failed_before", facts.even_if_failed_before},
        {"force", facts.force},
        {"from_version", facts.from_version},
        {"to_version", facts.to_version},
        {"least_acceptable_version", facts.least_acceptable_version},
        {"old_slot", text_of(facts.old_slot)},
        {"new_slot", text_of(facts.new_slot)},
        {"old_generation", facts.old_generation},
        {"new_generation", facts.new_generation},
        {"try_requested", facts.try_requested},
        {"conversions", conversions_document(facts.conversions)},
        {"services", document_or_empty(facts.services)},
        {"machine", document_or_empty(facts.machine)},
        {"addresses", facts.addresses},
        {"expected_records", facts.expected_records}};
    if (facts.stop_on_conflict) {
        document["stop_on_conflict"] = true;
        document["known_conflicts"] = facts.known_conflicts;
    }
    if (facts.stores)
        document["stores"] = *facts.stores;
    write_content(facts, document);
    write_predictable(facts, document);
    for (const auto &[name, as_it_was] : facts.unread)
        document[name] = as_it_was;
    return document;
}

JobFacts job_facts_from_json(const nlohmann::json &document) {
    if (whole_number(document.at("format"), UINT64_MAX) > JobFacts::format)
        throw std::runtime_error("the job was recorded by a newer updater than this one (format " +
                                 document.at("format").dump() + ")");
    JobFacts facts;
    read_order(facts, document);
    read_systems(facts, document);
    read_data_and_services(facts, document);
    read_content(facts, document);
    read_predictable(facts, document);
    return facts;
}

} // namespace updater::job
