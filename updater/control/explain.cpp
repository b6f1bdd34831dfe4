#include "updater/control/explain.hpp"

#include "updater/control/report_lines.hpp"
#include "updater/messages/message.hpp"
#include "updater/text/clean_text.hpp"

#include <nlohmann/json.hpp>

namespace updater::control {

using nlohmann::json;

namespace {

json explained(const messages::Message &message) {
    return {{"code", messages::text_of(message.code)},
            {"title", message.title},
            {"state", message.state},
            {"next", message.next}};
}

ExitCode list_all(Display &display) {
    json document{{"format", 1}, {"messages", json::array()}};
    for (const messages::Message &message : messages::all_messages()) {
        display.text(messages::text_of(message.code) + "  " + std::string(message.title) + "\n");
        document["messages"].push_back(explained(message));
    }
    display.document(document.dump());
    return ExitCode::done;
}

} // namespace

ExitCode explain(const std::string &code, Display &display, std::ostream &errors) {
    if (code == "all")
        return list_all(display);
    const auto message = messages::message_of(code);
    if (!message) {
        errors << "update-control: this release knows no message code " << text::clean_text(code)
               << "\nThose that it knows: update-control --explain all\n";
        return ExitCode::failed;
    }
    const std::string name = messages::text_of(message->code);
    display.text(field(name.c_str(), std::string(message->title)) +
                 field("State", std::string(message->state)) + field("Next", std::string(message->next)));
    json document = explained(*message);
    document["format"] = 1;
    display.document(document.dump());
    return ExitCode::done;
}

} // namespace updater::control
