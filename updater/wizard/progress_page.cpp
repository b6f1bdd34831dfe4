#include "updater/wizard/progress_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/progress_line.hpp"
#include "updater/job/phase.hpp"
#include "updater/wizard/text_lines.hpp"

#include <algorithm>

namespace updater::wizard {

using control::ExitCode;
using control::Sight;
using control::text_at;
using nlohmann::json;

namespace {

bool has_phase(const std::string &operation, const job::PhaseRules &rules) {
    if (operation == "download")
        return rules.phase == job::Phase::download;
    return operation != "rollback" || rules.rollback == job::Rollback::takes_part;
}

std::string marked(const job::PhaseRules &rules, std::int64_t present) {
    const auto number = static_cast<std::int64_t>(rules.phase);
    const std::string mark = number < present ? "[done] " : number == present ? "[ >> ] " : "[    ] ";
    return mark + (number < 10 ? " " : "") + std::to_string(number) + " " + std::string(rules.name);
}

void append_phases(std::vector<std::string> &lines, const json &state, std::size_t columns) {
    const std::int64_t present = control::number_at(state, "phase");
    for (const job::PhaseRules &rules : job::phase_rules)
        if (has_phase(text_at(state, "operation"), rules))
            append_text(lines, marked(rules, present), columns);
}

std::string bar(const json &state) {
    constexpr std::int64_t columns = 40;
    const std::int64_t percent = std::clamp<std::int64_t>(control::number_at(state, "percent"), 0, 100);
    const auto filled = static_cast<std::size_t>(percent * columns / 100);
    return "[" + std::string(filled, '#') + std::string(columns - filled, '.') + "] " +
           std::to_string(percent) + " %";
}

/// One line, cut: events may be long, and the page must not move.
std::string first_line(const std::string &text, std::size_t columns) {
    const std::vector<std::string> lines = lines_of(text, columns);
    return lines.empty() ? "" : lines.front();
}

/// "2026-11-21T03:00:04+00:00" as "03:00:04".
std::string time_of_day(const json &event) {
    constexpr std::size_t begin = 11;
    constexpr std::size_t length = 8;
    const std::string time = text_at(event, "time");
    return time.size() >= begin + length ? time.substr(begin, length) : time;
}

std::string event_text(const json &event) {
    const std::string level = text_at(event, "level");
    return time_of_day(event) + " " + (level == "info" ? "" : level + ": ") + text_at(event, "text");
}

std::string mail_text(const json &state) {
    const std::string mail = text_at(state, "mail");
    if (mail == "flows")
        return "Mail flows";
    const std::string problem = text_at(state.value("mail_problem", json::object()), "text");
    return (mail == "stopped" ? "Mail is stopped" : "Whether mail flows is not known") +
           (problem.empty() ? "" : ": " + problem);
}

std::string mail_line(const json &state) {
    std::string line = mail_text(state);
    if (const std::string again = control::readable_time(text_at(state, "expected_mail_start"));
        !again.empty())
        line += ", again at about " + again;
    if (const std::string end = control::readable_time(text_at(state, "expected_end")); !end.empty())
        line += "; expected end " + end;
    return line;
}

void append_events(std::vector<std::string> &lines, const std::deque<json> &events, const Size &size) {
    const std::size_t free = size.rows > lines.size() ? size.rows - lines.size() : 1;
    const std::size_t shown = std::min(free, events.size());
    for (auto event = events.end() - static_cast<std::ptrdiff_t>(shown); event != events.end(); ++event)
        lines.push_back(first_line(event_text(*event), size.columns));
}

} // namespace

ProgressPage::ProgressPage(control::Client &client, const Begun &begun) : client_(client), begun_(begun) {}

void ProgressPage::enter() {
    progress_.emplace(client_, control::JobWatch(begun_.job, begun_.last_before));
    sight_ = progress_->look();
}

bool ProgressPage::look_again() {
    if (sight_ == Sight::goes_on)
        sight_ = progress_->look();
    return sight_ != Sight::goes_on;
}

Screen ProgressPage::screen(const Size &size) const {
    const json &state = progress_->state();
    const std::string version = text_at(state, "firmware_version");
    Screen screen{.title = version.empty() ? "Progress" : "Progress: version " + version,
                  .next = "",
                  .back = false,
                  .waits = true};
    append_phases(screen.lines, state, size.columns);
    screen.lines.push_back(bar(state));
    screen.lines.push_back(first_line("Now: " + text_at(state, "step"), size.columns));
    screen.lines.push_back(first_line(progress_->absence().empty()
                                          ? mail_line(state)
                                          : "The agent does not answer at the moment; the job is not harmed.",
                                      size.columns));
    append_events(screen.lines, progress_->events(), size);
    return screen;
}

Leaving ProgressPage::if_left() const {
    return {"The job goes on. To watch it again: update-control --wizard, or update-control -f. To cancel it "
            "in phase "
            "1 or 2: update-control -c",
            ExitCode::interrupted};
}

} // namespace updater::wizard
