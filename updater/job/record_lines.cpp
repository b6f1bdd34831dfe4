// Records as lines, and lines as records.
#include "updater/job/record_lines.hpp"

#include "partitions/base/sha256.hpp"
#include "updater/job/json_values.hpp"
#include "updater/text/word_table.hpp"

#include <array>
#include <utility>

namespace updater::job {

namespace {

constexpr std::size_t checksum_digits = 16;
constexpr int format = 1;

constexpr auto kind_words = std::to_array<text::Word<RecordKind>>({
    {RecordKind::job_begins, "job-begins"},
    {RecordKind::phase_begins, "phase-begins"},
    {RecordKind::facts, "facts"},
    {RecordKind::phase_done, "phase-done"},
    {RecordKind::phase_failed, "phase-failed"},
    {RecordKind::undo_begins, "undo-begins"},
    {RecordKind::resumed, "resumed"},
    {RecordKind::job_ended, "job-ended"},
});

/// @throws std::runtime_error for an unknown word
template <typename Value, std::size_t Size>
Value value_in_journal(const std::array<text::Word<Value>, Size> &words, const std::string &word) {
    const auto value = text::value_of(words, word);
    if (!value)
        throw std::runtime_error("unknown word '" + word + "' in the job journal");
    return *value;
}

std::string checksum_of(std::string_view text) {
    return partitions::base::to_hexadecimal(partitions::base::sha256_of(text)).substr(0, checksum_digits);
}

nlohmann::json document_of(const Record &record) {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    nlohmann::json document{{"format", format},
                            {"kind", text::word_of(kind_words, record.kind)},
                            {"boot", record.boot_id},
                            {"time_ms", duration_cast<milliseconds>(record.time.time_since_epoch()).count()}};
    if (record.phase)
        document["phase"] = number_of(*record.phase);
    if (record.facts)
        document["facts"] = to_json(*record.facts);
    if (record.outcome)
        document["outcome"] = text_of(*record.outcome);
    if (!record.reason.empty())
        document["reason"] = record.reason;
    if (!record.next_step.empty())
        document["next"] = record.next_step;
    if (!record.code.empty())
        document["code"] = record.code;
    if (record.interrupted)
        document["interrupted"] = true;
    if (record.try_later)
        document["try_later"] = true;
    return document;
}

bool has_phase(RecordKind kind) {
    return kind == RecordKind::phase_begins || kind == RecordKind::phase_done ||
           kind == RecordKind::phase_failed || kind == RecordKind::resumed;
}

Record record_of(const nlohmann::json &document) {
    if (whole_number(document.at("format"), UINT64_MAX) > format)
        throw std::runtime_error("the job journal was written by a newer updater");
    Record record;
    record.kind = value_in_journal(kind_words, document.at("kind").get<std::string>());
    record.boot_id = document.at("boot").get<std::string>();
    record.time = time_from(document.at("time_ms"));
    if (document.contains("phase"))
        record.phase = phase_from(document["phase"]);
    if (!record.phase && has_phase(record.kind))
        throw std::runtime_error("a record of the job journal lacks its phase");
    if (document.contains("facts"))
        record.facts = job_facts_from_json(document["facts"]);
    if (document.contains("outcome"))
        record.outcome = value_in_journal(outcome_words, document["outcome"].get<std::string>());
    record.reason = document.value("reason", "");
    record.next_step = document.value("next", "");
    record.interrupted = document.value("interrupted", false);
    record.try_later = document.value("try_later", false);
    record.code = document.value("code", "");
    return record;
}

/// The record in this line, or nothing when its checksum says that it is torn or damaged.
std::optional<Record> parse_line(std::string_view line) {
    if (line.size() < checksum_digits + 2 || line[checksum_digits] != ' ')
        return std::nullopt;
    const auto json_text = line.substr(checksum_digits + 1);
    if (checksum_of(json_text) != line.substr(0, checksum_digits))
        return std::nullopt;
    try {
        return record_of(parse_shallow(json_text));
    } catch (const nlohmann::json::exception &error) {
        throw std::runtime_error(std::string("a record of the job journal is wrong: ") + error.what());
    }
}

} // namespace

std::string line_of(const Record &record) {
    const auto text = document_of(record).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return checksum_of(text) + ' ' + text + '\n';
}

RecordLines parse_lines(std::string_view text) {
    RecordLines parsed;
    while (parsed.trusted_bytes < text.size()) {
        const auto rest = text.substr(parsed.trusted_bytes);
        const auto line_end = rest.find('\n');
        std::optional<Record> record;
        if (line_end != std::string_view::npos)
            record = parse_line(rest.substr(0, line_end));
        if (!record) {
            // A torn last line has nothing behind it. Anything else is damage.
            parsed.contents.damaged = line_end != std::string_view::npos && line_end + 1 < rest.size();
            return parsed;
        }
        parsed.contents.records.push_back(std::move(*record));
        parsed.trusted_bytes += line_end + 1;
    }
    return parsed;
}

} // namespace updater::job
