#include "updater/wizard/checks_page.hpp"

#include "updater/control/check_actions.hpp"
#include "updater/control/documents.hpp"
#include "updater/wizard/text_lines.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace updater::wizard {

using control::ExitCode;
using nlohmann::json;

namespace {

/// A person sees the top of the list first, so what keeps the firmware out is there.
json worst_first(json checks) {
    constexpr std::array<std::string_view, 4> good{"warn", "notice", "pass", "skip"};
    const auto rank = [&](const json &result) {
        const auto found = std::ranges::find(good, control::text_at(result, "verdict"));
        return found == good.end() ? -1 : found - good.begin();
    };
    json &results = checks["results"];
    std::stable_sort(results.begin(), results.end(),
                     [&](const json &one, const json &other) { return rank(one) < rank(other); });
    return checks;
}

} // namespace

ChecksPage::ChecksPage(control::Client &client, const Wishes &wishes, Found &found)
    : client_(client), wishes_(wishes), found_(found) {}

bool ChecksPage::is_checking() const {
    return found_.checks.value("checking", true);
}

void ChecksPage::enter() {
    number_ = client_.dry_run(wishes_.source, {});
    found_.checks = control::read_document(client_.checks());
}

bool ChecksPage::look_again() {
    found_.checks = control::read_document(client_.checks());
    // The agent was restarted and knows nothing of the check, or somebody else's came after it.
    if (static_cast<std::uint64_t>(control::number_at(found_.checks, "number")) != number_)
        enter();
    return false;
}

Screen ChecksPage::screen(const Size &size) const {
    constexpr std::size_t text_column = 8;
    Screen screen{.title = "Checks", .waits = is_checking()};
    if (screen.waits) {
        screen.next = "";
        append_text(screen.lines, "Checking whether it can be installed; nothing is changed ...",
                    size.columns);
        return screen;
    }
    if (control::exit_code_of_checks(found_.checks) == ExitCode::refused) {
        screen.next = "";
        append_text(screen.lines,
                    "This firmware can't be installed now. Mend what failed, or go back and choose another "
                    "one.\n\n",
                    size.columns);
    }
    append_text(screen.lines, control::checks_report(worst_first(found_.checks)), size.columns, text_column);
    return screen;
}

} // namespace updater::wizard
