#include "updater/hawkbit/feedback.hpp"

#include "updater/text/clean_text.hpp"
#include "updater/text/word_table.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace updater::hawkbit {

using nlohmann::json;

namespace {

constexpr auto subject_words =
    std::to_array<text::Word<Subject>>({{Subject::deployment, "deploymentBase"},
                                        {Subject::cancel, "cancelAction"},
                                        {Subject::confirmation, "confirmationBase"}});
constexpr auto execution_words = std::to_array<text::Word<Execution>>({{Execution::scheduled, "scheduled"},
                                                                       {Execution::download, "download"},
                                                                       {Execution::downloaded, "downloaded"},
                                                                       {Execution::proceeding, "proceeding"},
                                                                       {Execution::resumed, "resumed"},
                                                                       {Execution::rejected, "rejected"},
                                                                       {Execution::canceled, "canceled"},
                                                                       {Execution::closed, "closed"}});
constexpr auto finished_words = std::to_array<text::Word<Finished>>(
    {{Finished::none, "none"}, {Finished::success, "success"}, {Finished::failure, "failure"}});

template <typename Table> auto word_at(const Table &table, const json &kept, const char *name) {
    const auto value = text::value_of(table, kept.at(name).get<std::string>());
    if (!value)
        throw std::runtime_error(std::string("unknown ") + name);
    return *value;
}

bool is_rest_of_character(char byte) {
    constexpr unsigned rest_mask = 0xc0;
    constexpr unsigned rest_mark = 0x80;
    return (static_cast<unsigned char>(byte) & rest_mask) == rest_mark;
}

} // namespace

std::string detail_text(std::string_view text) {
    std::string line = text::clean_text(text);
    std::erase_if(line, [](char letter) { return letter == '<' || letter == '>' || letter == '&'; });
    if (line.size() <= max_detail_bytes)
        return line;
    std::size_t end = max_detail_bytes;
    while (end > 0 && is_rest_of_character(line[end]))
        --end;
    line.resize(end);
    return line;
}

std::string feedback_tail(const Feedback &feedback) {
    return "/" + std::string(text::word_of(subject_words, feedback.subject)) + "/" + feedback.action +
           "/feedback";
}

std::string feedback_body(const Feedback &feedback) {
    const json details = feedback.details;
    if (feedback.subject == Subject::confirmation)
        return json{{"confirmation", feedback.confirmed ? "confirmed" : "denied"}, {"details", details}}
            .dump();
    const json status = {{"execution", text::word_of(execution_words, feedback.execution)},
                         {"result", {{"finished", text::word_of(finished_words, feedback.finished)}}},
                         {"details", details}};
    const auto since_1970 =
        std::chrono::duration_cast<std::chrono::milliseconds>(feedback.time.time_since_epoch());
    // Older servers want the id here, too.
    return json{{"id", feedback.action}, {"timestamp", since_1970.count()}, {"status", status}}.dump();
}

json to_json(const Feedback &feedback) {
    return {{"subject", text::word_of(subject_words, feedback.subject)},
            {"action", feedback.action},
            {"execution", text::word_of(execution_words, feedback.execution)},
            {"finished", text::word_of(finished_words, feedback.finished)},
            {"details", feedback.details},
            {"time", feedback.time.time_since_epoch().count()},
            {"confirmed", feedback.confirmed}};
}

Feedback feedback_from(const json &kept) {
    return {.subject = word_at(subject_words, kept, "subject"),
            .action = kept.at("action").get<std::string>(),
            .execution = word_at(execution_words, kept, "execution"),
            .finished = word_at(finished_words, kept, "finished"),
            .details = kept.at("details").get<std::vector<std::string>>(),
            .time = std::chrono::sys_seconds(std::chrono::seconds(kept.at("time").get<std::int64_t>())),
            .confirmed = kept.at("confirmed").get<bool>()};
}

} // namespace updater::hawkbit
