#include "updater/hawkbit/config_data.hpp"

#include <algorithm>

namespace updater::hawkbit {

using nlohmann::json;

namespace {

/// Of the server.
constexpr std::size_t max_value_bytes = 128;
constexpr const char *no_value = "none";

std::string value(const std::string &text) {
    std::string line = detail_text(text);
    if (line.size() > max_value_bytes)
        line = detail_text(line.substr(0, max_value_bytes)).substr(0, max_value_bytes);
    return line.empty() ? no_value : line;
}

std::string version_since(const AgentState &agent, const std::vector<EndedJob> &jobs) {
    const auto since = std::find_if(jobs.rbegin(), jobs.rend(), [&](const EndedJob &job) {
        return job.operation != "download" && job.result == "succeeded" && job.to == agent.running_version;
    });
    return since == jobs.rend() ? std::string() : since->ended;
}

} // namespace

std::string config_data(const std::string &product, const AgentState &agent,
                        const std::vector<EndedJob> &jobs, const DeviceState &state) {
    const EndedJob last = agent.last.value_or(EndedJob{});
    const Action action = state.action.value_or(Action{});
    const json data = {{"product", value(product)},
                       {"version", value(agent.running_version)},
                       {"slot", value(agent.slot)},
                       {"version_since", value(version_since(agent, jobs))},
                       {"last_operation", value(last.operation)},
                       {"last_version", value(last.to)},
                       {"last_result", value(last.result)},
                       {"last_reason", value(last.reason)},
                       {"last_ended", value(last.ended)},
                       {"ordered_version", value(action.version)},
                       {"ordered_since", value(action.since)}};
    return json{{"mode", "merge"}, {"data", data}}.dump();
}

} // namespace updater::hawkbit
