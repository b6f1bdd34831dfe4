#include "updater/phases/program_lines.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace updater::phases {

namespace {

constexpr std::pair<std::string_view, job::Severity> first_words[] = {{"warning:", job::Severity::warning},
                                                                      {"debug:", job::Severity::debug}};

} // namespace

void log_program_line(std::string_view program, std::string_view line, const job::PhaseRun &run) {
    if (line.find_first_not_of(" \t") == std::string_view::npos)
        return;
    const auto word =
        std::ranges::find_if(first_words, [&](const auto &each) { return line.starts_with(each.first); });
    if (word != std::end(first_words))
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ', word->first.size())));
    // The code of a warning; other lines have none.
    run.log(
        {word == std::end(first_words) ? job::Severity::info : word->second, messages::Code::program_warns},
        std::string(program) + ": " + std::string(line));
}

} // namespace updater::phases
