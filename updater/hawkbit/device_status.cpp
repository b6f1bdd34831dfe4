// The status document of a device.
#include "updater/hawkbit/device.hpp"

namespace updater::hawkbit {

using nlohmann::json;

namespace {

json text_or_null(const std::string &text) {
    return text.empty() ? json() : json(text);
}

const char *step_text(const Action &action) {
    switch (action.step) {
    case Step::accepted:
        return "accepted";
    case Step::ordering:
        return "ordering";
    case Step::running:
        return action.installs ? "installing" : "downloading";
    case Step::waiting:
        return "waiting";
    }
    return "";
}

const char *ending_text(Ending ending) {
    switch (ending) {
    case Ending::success:
        return "success";
    case Ending::failure:
        return "failure";
    case Ending::cancelled:
        return "cancelled";
    }
    return "";
}

} // namespace

json Device::status() const {
    json document = {{"format", 1},
                     {"polled_utc", text_or_null(polled_)},
                     {"answered_utc", text_or_null(answered_)},
                     {"interval_seconds", times_.interval().count()},
                     {"problem", problem_},
                     {"agent_problem", agent_problem_},
                     {"action", nullptr},
                     {"question", nullptr},
                     {"last", nullptr},
                     {"unsent", state_.unsent.size()}};
    if (state_.action)
        document["action"] = {
            {"id", state_.action->id},           {"version", state_.action->version},
            {"step", step_text(*state_.action)}, {"job", text_or_null(state_.action->job)},
            {"since_utc", state_.action->since}, {"cancelling", !state_.action->cancel.empty()}};
    if (state_.question)
        document["question"] = {{"id", state_.question->id},
                                {"version", state_.question->version},
                                {"since_utc", state_.question->since},
                                {"answered", state_.question->answered}};
    if (!state_.closed.empty()) {
        const ClosedAction &last = state_.closed.back();
        document["last"] = {{"id", last.id},
                            {"version", last.version},
                            {"ending", ending_text(last.ending)},
                            {"reason", last.reason}};
    }
    return document;
}

} // namespace updater::hawkbit
