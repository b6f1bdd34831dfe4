#include "updater/wizard/result_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/control/reports.hpp"
#include "updater/control/schedule_reports.hpp"
#include "updater/wizard/text_lines.hpp"

#include <utility>

namespace updater::wizard {

using control::ExitCode;
using control::Sight;
using nlohmann::json;

namespace {

/// As update-control -f ends.
End end_of_job(const json &state) {
    const json last = state.value("last", json::object());
    std::string text = control::result_report(last);
    if (const std::string log = control::text_at(last, "log"); !log.empty())
        text += control::field("Log", log);
    return {control::with_mail(control::exit_code_of(last), state), text + control::mail_report(state)};
}

} // namespace

ResultPage::ResultPage(const Begun &begun, const ProgressPage &progress, std::string login)
    : begun_(begun), progress_(progress), login_(std::move(login)) {}

End ResultPage::end() const {
    if (!begun_.order.is_null())
        return {ExitCode::done, "The installation begins at " + control::moment_text(begun_.order, "due") +
                                    ".\nTo cancel it: update-control --cancel-scheduled\n"};
    if (progress_.sight() == Sight::restarting)
        return {ExitCode::restarting, control::restart_report(progress_.state(), login_) +
                                          "There, update-control --wizard shows this page again.\n"};
    if (progress_.sight() == Sight::ended)
        return end_of_job(progress_.state());
    return {ExitCode::failed, "The agent no longer knows this job; see: update-control -s\n"};
}

Screen ResultPage::screen(const Size &size) const {
    constexpr std::size_t value_column = 16;
    return {.title = !begun_.order.is_null()                  ? "Scheduled"
                     : progress_.sight() == Sight::restarting ? "The appliance restarts"
                                                              : "The job has ended",
            .lines = lines_of(end().text, size.columns, value_column),
            .next = "Finish",
            .back = false};
}

Leaving ResultPage::if_left() const {
    const End ended = end();
    return {ended.text, ended.code};
}

} // namespace updater::wizard
