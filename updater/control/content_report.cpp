#include "updater/control/content_report.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"

namespace updater::control {

using nlohmann::json;

std::string content_report(const json &state) {
    const auto content = state.find("content");
    if (content == state.end() || !content->is_object())
        return {};
    std::string lines;
    if (content->value("held_back", json()) == true)
        lines += field("Content", "updates are held back since " +
                                      or_else(readable_time(text_at(*content, "held_since")), "a while") +
                                      ", until the job has ended");
    const auto components = content->find("components");
    if (components == content->end() || !components->is_array())
        return lines;
    for (const json &each : *components) {
        const std::string was = text_at(each, "name") + " " + text_at(each, "reason");
        if (text_at(each, "state") == "repaired")
            lines += field("Content", was + " (after job " + text_at(*content, "job") + "); it was repaired");
        if (text_at(each, "state") != "unrepaired")
            continue;
        lines += field("Content", was + " (after job " + text_at(*content, "job") + ")");
        if (const std::string program = text_at(each, "program"); !program.empty())
            lines += field("Do", program + " repair " + text_at(each, "name"));
    }
    return lines;
}

} // namespace updater::control
