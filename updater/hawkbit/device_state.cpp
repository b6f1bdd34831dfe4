#include "updater/hawkbit/device_state.hpp"

#include "updater/text/word_table.hpp"

#include <array>
#include <stdexcept>

namespace updater::hawkbit {

using nlohmann::json;

namespace {

constexpr int state_format = 1;
constexpr auto step_words = std::to_array<text::Word<Step>>({{Step::accepted, "accepted"},
                                                             {Step::ordering, "ordering"},
                                                             {Step::running, "running"},
                                                             {Step::waiting, "waiting"}});
constexpr auto ending_words = std::to_array<text::Word<Ending>>(
    {{Ending::success, "success"}, {Ending::failure, "failure"}, {Ending::cancelled, "cancelled"}});

template <typename Table> auto word_in(const Table &table, const json &kept) {
    const auto value = text::value_of(table, kept.get<std::string>());
    if (!value)
        throw std::runtime_error("unknown word " + kept.dump());
    return *value;
}

json kept_action(const Action &action) {
    return {{"id", action.id},
            {"module", action.module},
            {"version", action.version},
            {"step", text::word_of(step_words, action.step)},
            {"installs", action.installs},
            {"job_version", action.job_version},
            {"job", action.job},
            {"job_before", action.job_before},
            {"downloaded", action.downloaded},
            {"cancel", action.cancel},
            {"since", action.since},
            {"resumed", action.resumed},
            {"withdrawn", action.withdrawn},
            {"tries", action.tries}};
}

Action action_in(const json &kept) {
    return {.id = kept.at("id"),
            .module = kept.at("module"),
            .version = kept.at("version"),
            .step = word_in(step_words, kept.at("step")),
            .installs = kept.at("installs"),
            .job_version = kept.at("job_version"),
            .job = kept.at("job"),
            .job_before = kept.at("job_before"),
            .downloaded = kept.at("downloaded"),
            .cancel = kept.at("cancel"),
            .since = kept.at("since"),
            .resumed = kept.at("resumed"),
            .withdrawn = kept.at("withdrawn"),
            .tries = kept.at("tries")};
}

json kept_closed(const ClosedAction &closed) {
    return {{"id", closed.id},
            {"version", closed.version},
            {"ending", text::word_of(ending_words, closed.ending)},
            {"reason", closed.reason}};
}

ClosedAction closed_in(const json &kept) {
    return {.id = kept.at("id"),
            .version = kept.at("version"),
            .ending = word_in(ending_words, kept.at("ending")),
            .reason = kept.at("reason")};
}

json kept_question(const Question &question) {
    return {{"id", question.id},
            {"module", question.module},
            {"version", question.version},
            {"since", question.since},
            {"answered", question.answered},
            {"confirmed", question.confirmed},
            {"remark", question.remark},
            {"taken", question.taken},
            {"told", question.told},
            {"when", question.when.time_since_epoch().count()}};
}

Question question_in(const json &kept) {
    return {.id = kept.at("id"),
            .module = kept.at("module"),
            .version = kept.at("version"),
            .since = kept.at("since"),
            .answered = kept.at("answered"),
            .confirmed = kept.value("confirmed", false),
            .remark = kept.value("remark", std::string()),
            // Earlier versions didn't keep the answer.
            .taken = kept.value("taken", kept.at("answered").get<bool>()),
            .told = kept.value("told", 0),
            .when = std::chrono::sys_seconds(
                std::chrono::seconds(kept.value("when", static_cast<std::int64_t>(0))))};
}

} // namespace

json to_json(const DeviceState &state) {
    json kept = {{"format", state_format},
                 {"is_new", state.is_new},
                 {"stray_job", state.stray_job},
                 {"interval", state.interval.count()},
                 {"action", state.action ? kept_action(*state.action) : json()},
                 {"question", state.question ? kept_question(*state.question) : json()},
                 {"closed", json::array()},
                 {"unsent", json::array()},
                 {"module", state.module},
                 {"told_version", state.told_version},
                 {"config_data", state.config_data}};
    for (const ClosedAction &closed : state.closed)
        kept["closed"].push_back(kept_closed(closed));
    for (const Feedback &feedback : state.unsent)
        kept["unsent"].push_back(to_json(feedback));
    return kept;
}

DeviceState device_state_from(const json &kept) {
    if (kept.at("format").get<int>() != state_format)
        throw std::runtime_error("its format is not " + std::to_string(state_format));
    DeviceState state;
    state.is_new = kept.value("is_new", false);
    state.stray_job = kept.value("stray_job", std::string());
    state.interval = std::chrono::seconds(kept.at("interval").get<std::int64_t>());
    if (!kept.at("action").is_null())
        state.action = action_in(kept.at("action"));
    if (!kept.at("question").is_null())
        state.question = question_in(kept.at("question"));
    for (const json &closed : kept.at("closed"))
        state.closed.push_back(closed_in(closed));
    for (const json &feedback : kept.at("unsent"))
        state.unsent.push_back(feedback_from(feedback));
    state.module = kept.at("module").get<std::string>();
    state.told_version = kept.at("told_version").get<std::string>();
    state.config_data = kept.at("config_data").get<std::string>();
    return state;
}

} // namespace updater::hawkbit
