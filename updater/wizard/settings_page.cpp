#include "updater/wizard/settings_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/schedule_reports.hpp"
#include "updater/wizard/text_lines.hpp"

#include <algorithm>

namespace updater::wizard {

using control::text_at;

namespace {

std::string without_blanks_around(const std::string &text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// As SetInstallRate takes it.
bool is_rate(const std::string &text) {
    constexpr std::size_t max_digits = 6;
    return !text.empty() && text.size() <= max_digits &&
           std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

} // namespace

SettingsPage::SettingsPage(control::Client &client, Wishes &wishes) : client_(client), wishes_(wishes) {}

void SettingsPage::enter() {
    state_ = control::read_document(client_.state());
    if (wishes_.rate.empty())
        wishes_.rate = std::to_string(control::number_at(state_, "install_mib_per_second"));
}

std::string SettingsPage::window_opens() const {
    const auto window = state_.find("next_window");
    return window != state_.end() && window->is_object() ? text_at(*window, "opens_utc") : "";
}

Screen SettingsPage::screen(const Size &size) const {
    Screen screen{.title = "Settings of this installation"};
    append_text(
        screen.lines,
        "When: now, or a time such as \"Sun 03:00\" or \"2026-12-24 22:30\" (a calendar event of systemd). "
        "The "
        "appliance then begins by itself" +
            std::string(window_opens().empty() ? "." : "; window: when the next maintenance window opens.") +
            "\n\nRate: how much phase 2 writes beside the mail, in MiB per second; 0: no limit. It holds "
            "until "
            "the update agent is restarted.\n",
        size.columns);
    if (const std::string report = control::schedule_report(state_); !report.empty())
        append_text(screen.lines, "\n" + report, size.columns);
    screen.fields = {{"When", wishes_.when}, {"Rate", wishes_.rate}};
    return screen;
}

std::string SettingsPage::leave(const Answer &answer) {
    const std::string when = without_blanks_around(answer.values.at(0));
    const std::string rate = without_blanks_around(answer.values.at(1));
    if (when.empty())
        return "Say when to begin: now, or a time such as \"Sun 03:00\".";
    if (when == "window" && window_opens().empty())
        return "No maintenance window is configured. Say now, or a time such as \"Sun 03:00\".";
    if (!is_rate(rate))
        return "The rate is a whole number of MiB per second, up to 999999; 0 is no limit.";
    wishes_.when = when;
    wishes_.rate = rate;
    return {};
}

} // namespace updater::wizard
