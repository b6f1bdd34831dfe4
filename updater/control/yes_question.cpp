#include "updater/control/yes_question.hpp"

#include <istream>

namespace updater::control {

Answer ask_yes(const std::string &question, const CommandLine &line, Display &display,
               const Surroundings &surroundings) {
    if (line.yes)
        return Answer::yes;
    if (line.json || !surroundings.output_is_terminal || surroundings.answers == nullptr)
        return Answer::nobody_asked;
    display.text(question + " Type yes to do so:\n");
    std::string typed;
    std::getline(*surroundings.answers, typed);
    return typed == "yes" ? Answer::yes : Answer::no;
}

} // namespace updater::control
