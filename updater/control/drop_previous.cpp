#include "updater/control/drop_previous.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/yes_question.hpp"
#include "updater/text/byte_amount.hpp"

namespace updater::control {

using nlohmann::json;

namespace {

std::string amount_of(const json &cost) {
    const json bytes = cost.value("bytes", json(nullptr));
    return bytes.is_number_unsigned() ? "at least " + text::bytes_text(bytes.get<std::uint64_t>())
                                      : "an amount that could not be measured";
}

} // namespace

std::string drop_report(const json &cost) {
    const std::string version = text_at(cost, "version");
    const std::string slot = text_at(cost, "slot");
    if (version.empty())
        return "Slot " + slot +
               " has no previous system any more, but data of one is left.\nRemoving it frees " +
               amount_of(cost) + ".\n";
    return "The previous system is version " + version + " in slot " + slot + ".\nRemoving it frees " +
           amount_of(cost) + ".\nFrom then on there is no rollback to " + version +
           ": no system to go back to is on the appliance until the next upgrade.\n";
}

ExitCode drop_previous(const CommandLine &line, Client &client, Display &display,
                       const Surroundings &surroundings) {
    const std::string cost = client.drop_previous(false, line.force);
    display.text(drop_report(read_document(cost)));
    if (const auto ended = end_unless_yes(
            {"Remove it?", "Nothing was removed", "To remove it: update-control --drop-previous --yes"}, cost,
            line, display, surroundings))
        return *ended;
    const std::string done = client.drop_previous(true, line.force);
    display.text("The previous system is removed. Its files are deleted in the background; see: df /data\n");
    display.document(done);
    return ExitCode::done;
}

} // namespace updater::control
