#include "updater/control/yes_question.hpp"

#include <istream>

namespace updater::control {

std::optional<ExitCode> end_unless_yes(const YesQuestion &question, const std::string &document,
                                       const CommandLine &line, Display &display,
                                       const Surroundings &surroundings) {
    if (line.yes)
        return std::nullopt;
    if (line.json || !surroundings.output_is_terminal || surroundings.answers == nullptr) {
        display.text(question.not_done + ", because nobody could be asked. " + question.how + "\n");
        display.document(document);
        return ExitCode::failed;
    }
    display.text(question.text + " Type yes to do so:\n");
    std::string typed;
    std::getline(*surroundings.answers, typed);
    if (typed == "yes")
        return std::nullopt;
    display.text(question.not_done + ".\n");
    display.document(document);
    return ExitCode::cancelled;
}

} // namespace updater::control
