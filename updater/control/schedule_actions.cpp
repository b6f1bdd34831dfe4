#include "updater/control/schedule_actions.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/schedule_reports.hpp"

namespace updater::control {

ExitCode schedule(const CommandLine &line, Client &client, Display &display) {
    const std::string document = client.schedule(line.source, line.force, line.calendar);
    const auto scheduled = read_document(document);
    display.text("The installation begins at " + moment_text(scheduled, "due") + ".\n");
    if (const std::string replaced = readable_time(text_at(scheduled, "replaced")); !replaced.empty())
        display.text("It replaces the one that was scheduled for " + replaced + ".\n");
    display.text("To cancel it: update-control --cancel-scheduled\n");
    display.document(document);
    return ExitCode::done;
}

ExitCode cancel_scheduled(Client &client, Display &display) {
    client.cancel_scheduled();
    display.text("Nothing is scheduled any more.\n");
    display.document(client.state());
    return ExitCode::done;
}

ExitCode postpone(const CommandLine &line, Client &client, Display &display) {
    const std::string document = client.postpone(line.calendar);
    const std::string until = readable_time(text_at(read_document(document), "postponed_until"));
    display.text(until.empty() ? "Nothing is postponed: the next maintenance window is used.\n"
                               : "No maintenance window is used before " + until +
                                     ". To end that: update-control --postpone-until now\n");
    display.document(document);
    return ExitCode::done;
}

} // namespace updater::control
