#include "updater/control/progress_line.hpp"

#include "updater/control/documents.hpp"

#include <algorithm>

namespace updater::control {

using nlohmann::json;

namespace {

constexpr std::size_t min_bar_columns = 10;
constexpr std::size_t max_bar_columns = 40;
constexpr std::size_t min_step_columns = 8;

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::string cut_to(const std::string &text, std::size_t columns) {
    if (width_of(text) <= columns)
        return text;
    constexpr std::size_t dots = 3;
    const std::size_t kept = columns > dots ? columns - dots : columns;
    std::size_t characters = 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end)
        // Cut before the first character that does not fit, never within a character.
        if (begins_character(text[end]) && ++characters > kept)
            break;
    return columns > dots ? text.substr(0, end) + "..." : text.substr(0, end);
}

std::string bar(std::int64_t percent, std::size_t width) {
    const auto filled = static_cast<std::size_t>(percent) * width / 100;
    return " [" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
}

std::string percent_text(std::int64_t percent) {
    const std::string digits = std::to_string(percent);
    return std::string(digits.size() < 3 ? 4 - digits.size() : 1, ' ') + digits + " %";
}

std::int64_t percent_of(const json &state) {
    return std::clamp<std::int64_t>(number_at(state, "percent"), 0, 100);
}

/// While mail waits, when it flows again is what matters.
std::string expected_text(const json &state) {
    const bool waits = text_at(state, "mail") == "stopped";
    const std::string mail = waits ? clock_time(text_at(state, "expected_mail_start")) : "";
    const std::string end = clock_time(text_at(state, "expected_end"));
    if (!mail.empty())
        return " (mail about " + mail + ")";
    return end.empty() ? "" : " (end about " + end + ")";
}

} // namespace

std::size_t width_of(const std::string &text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string progress_line(const json &state, std::size_t columns) {
    const std::int64_t phase = number_at(state, "phase");
    if (phase == 0)
        return {};
    const std::string head = "phase " + std::to_string(phase) + " of " + std::to_string(last_phase) + " " +
                             text_at(state, "phase_name");
    constexpr std::size_t frame = 3; // " [" and "]"
    std::string percent = percent_text(percent_of(state));
    const std::string expected = expected_text(state);
    if (width_of(head) + percent.size() + expected.size() + frame + min_bar_columns <= columns)
        percent += expected;
    if (width_of(head) + percent.size() > columns) {
        const std::string shortest = std::to_string(phase) + "/" + std::to_string(last_phase) + percent;
        constexpr std::size_t min_name_columns = 16;
        if (columns < percent.size() + min_name_columns)
            return cut_to(shortest, columns);
        return cut_to(head, columns - percent.size()) + percent;
    }
    std::string line = head;
    const std::string step = text_at(state, "step");
    const std::size_t free = columns - width_of(head) - percent.size();
    const std::size_t beside_bar = free > frame + min_bar_columns ? free - frame - min_bar_columns : 0;
    const std::size_t for_step =
        beside_bar > min_step_columns ? std::min({width_of(step) + 1, free / 2, beside_bar}) : 0;
    if (free >= frame + min_bar_columns)
        line += bar(percent_of(state), std::min(free - frame - for_step, max_bar_columns));
    line += percent;
    const std::size_t rest = columns - width_of(line);
    if (!step.empty() && (rest > width_of(step) || rest > min_step_columns))
        line += " " + cut_to(step, rest - 1);
    return line;
}

std::string percent_line(const json &state) {
    const std::string step = text_at(state, "step");
    return "phase " + std::to_string(number_at(state, "phase")) + " of " + std::to_string(last_phase) + " " +
           text_at(state, "phase_name") + ": " + std::to_string(percent_of(state)) + " %" +
           (step.empty() ? "" : " " + step) + expected_text(state);
}

std::string event_line(const json &event) {
    const std::int64_t phase = number_at(event, "phase");
    const std::string where =
        phase == 0 ? "job" : "phase " + std::to_string(phase) + " " + text_at(event, "phase_name");
    return text_at(event, "time") + " " + where + ": " + text_at(event, "level") + ": " +
           text_at(event, "text") +
           (text_at(event, "code").empty() ? "" : " [" + text_at(event, "code") + "]");
}

bool ends_a_phase(const json &event) {
    return number_at(event, "phase") != 0 && text_at(event, "text").starts_with("done in ");
}

bool PercentLines::due(const json &state, std::chrono::steady_clock::time_point now) {
    constexpr std::int64_t min_percent = 10;
    constexpr std::chrono::seconds min_time{10};
    const std::int64_t phase = number_at(state, "phase");
    const std::int64_t percent = percent_of(state);
    if (phase != phase_) {
        // The beginning of a phase is an event, which has its own line.
        phase_ = phase;
        percent_ = 0;
        printed_ = now;
    }
    if (phase == 0 || percent <= percent_)
        return false;
    if (percent < percent_ + min_percent && now < *printed_ + min_time)
        return false;
    percent_ = percent;
    printed_ = now;
    return true;
}

} // namespace updater::control
