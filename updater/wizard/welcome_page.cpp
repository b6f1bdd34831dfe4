#include "updater/wizard/welcome_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/node_reports.hpp"
#include "updater/control/reports.hpp"
#include "updater/wizard/text_lines.hpp"

#include <utility>

namespace updater::wizard {

WelcomePage::WelcomePage(control::Client &client, std::string host)
    : client_(client), host_(std::move(host)) {}

void WelcomePage::enter() {
    state_ = control::read_document(client_.state());
}

Screen WelcomePage::screen(const Size &size) const {
    constexpr std::size_t value_column = 16;
    Screen screen{.title = "Welcome", .back = false};
    append_text(
        screen.lines,
        "Install another version of its firmware on this appliance" +
            (host_.empty() ? "." : ", " + host_ + ".") +
            "\n\nThe wizard asks what to install, checks whether that is possible, shows the license and "
            "asks "
            "when. Nothing is changed before you confirm the summary. Afterwards the appliance works by "
            "itself: you may leave, and a lost connection does no harm.\n\n"
            "F12 next   F11 or Esc back   Ctrl+X leave   Tab, Enter buttons\n\n",
        size.columns);
    if (const std::string drained = control::drained_over_installation(state_); !drained.empty())
        append_text(screen.lines, drained + "\n", size.columns);
    append_text(screen.lines, control::status_report(state_), size.columns, value_column);
    return screen;
}

} // namespace updater::wizard
