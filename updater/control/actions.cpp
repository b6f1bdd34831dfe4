#include "updater/control/actions.hpp"

#include "updater/bus/bus_names.hpp"
#include "updater/control/check_actions.hpp"
#include "updater/control/display.hpp"
#include "updater/control/documents.hpp"
#include "updater/control/drop_previous.hpp"
#include "updater/control/dry_run.hpp"
#include "updater/control/explain.hpp"
#include "updater/control/feed_actions.hpp"
#include "updater/control/follow.hpp"
#include "updater/control/history_report.hpp"
#include "updater/control/node_actions.hpp"
#include "updater/control/reports.hpp"
#include "updater/control/rescue_actions.hpp"
#include "updater/control/schedule_actions.hpp"
#include "updater/control/snapshot_actions.hpp"
#include "updater/control/support_bundle.hpp"
#include "updater/control/watch_pause.hpp"
#include "updater/control/wizard_program.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace updater::control {

using nlohmann::json;

namespace {

DisplayMode mode_for(const CommandLine &line, const Surroundings &surroundings) {
    if (line.json)
        return DisplayMode::json_documents;
    return surroundings.output_is_terminal ? DisplayMode::terminal : DisplayMode::plain;
}

std::uint64_t last_sequence(Client &client) {
    return static_cast<std::uint64_t>(number_at(read_document(client.events(UINT64_MAX)), "last"));
}

json last_job(Client &client) {
    return read_document(client.state()).value("last", json(nullptr));
}

ExitCode print(Display &display, const std::string &document, std::string (*report)(const json &)) {
    display.text(report(read_document(document)));
    display.document(document);
    return ExitCode::done;
}

ExitCode show_status(Client &client, Display &display) {
    const std::string document = client.state();
    print(display, document, status_report);
    return with_mail(ExitCode::done, read_document(document));
}

/// While another job runs, the agent's answer says so without a question.
bool asks_first(const CommandLine &line, Client &client, const Surroundings &surroundings) {
    return line.action == Action::install && !line.yes && !line.json && surroundings.output_is_terminal &&
           surroundings.answers != nullptr && text_at(read_document(client.state()), "state") == "idle";
}

ExitCode begin_and_follow(const CommandLine &line, Client &client, Display &display,
                          const Surroundings &surroundings) {
    const bool asks = asks_first(line, client, surroundings);
    if (asks)
        if (const auto stopped = ask_before_installation(line, client, display, *surroundings.answers))
            return *stopped;
    // Read before the job begins, to miss none of its events and not to take an earlier end for its own.
    const std::uint64_t after = last_sequence(client);
    const json last = last_job(client);
    std::string job;
    // A question was asked of the feed as it is now.
    if (!asks && line.action != Action::roll_back && line.source.empty())
        if (const auto stopped = check_feed_before_choosing(client, display))
            return *stopped;
    if (line.action == Action::install)
        job = client.install(line.source, install_options(line));
    else if (line.action == Action::download)
        job = client.download(line.source);
    else
        client.roll_back(line.force);
    display.text(job.empty() ? "The rollback begins.\n" : "Job " + job + " begins.\n");
    if (!line.wait) {
        display.text("Watch it with: update-control -f\n");
        display.document(client.state());
        return ExitCode::done;
    }
    WatchPause pause;
    const ExitCode code =
        Follow(client, display, pause, after, surroundings.login).until_end(JobWatch(job, last));
    // A rollback cancels a job that has not restarted yet; either way the old system runs.
    const bool as_asked =
        line.action == Action::roll_back && (code == ExitCode::rolled_back || code == ExitCode::cancelled);
    return as_asked ? ExitCode::done : code;
}

ExitCode follow(Client &client, Display &display, const Surroundings &surroundings) {
    const std::string document = client.state();
    const json state = read_document(document);
    if (text_at(state, "state") == "idle") {
        const json last = state.value("last", json(nullptr));
        display.text((last.is_object() ? "No job is running.\n" + result_report(last)
                                       : "No job is running, and none has run.\n") +
                     mail_report(state));
        display.document(document);
        return with_mail(last.is_object() ? exit_code_of(last) : ExitCode::done, state);
    }
    // The last lines show where the job is; all of them are in the log.
    constexpr std::uint64_t shown_again = 20;
    const std::uint64_t last = last_sequence(client);
    WatchPause pause;
    return Follow(client, display, pause, last - std::min(last, shown_again), surroundings.login)
        .until_end(JobWatch(text_at(state, "job"), json(nullptr)));
}

ExitCode cancel(const CommandLine &line, Client &client, Display &display, const Surroundings &surroundings) {
    const std::uint64_t after = last_sequence(client);
    const json state = read_document(client.state());
    client.cancel();
    display.text("The job was asked to stop.\n");
    if (!line.wait) {
        display.document(client.state());
        return ExitCode::done;
    }
    WatchPause pause;
    const ExitCode code = Follow(client, display, pause, after, surroundings.login)
                              .until_end(JobWatch(text_at(state, "job"), state.value("last", json(nullptr))));
    return code == ExitCode::cancelled ? ExitCode::done : code;
}

ExitCode set_install_rate(const CommandLine &line, Client &client, Display &display) {
    client.set_install_rate(line.mib_per_second);
    display.text(line.mib_per_second == 0 ? "Phase 2 works as fast as it can from now on.\n"
                                          : "Phase 2 works at " + std::to_string(line.mib_per_second) +
                                                " MiB per second at most, until the agent restarts.\n");
    display.document(client.state());
    return ExitCode::done;
}

ExitCode dispatch(const CommandLine &line, Client &client, const Surroundings &surroundings) {
    Display display(surroundings.output, mode_for(line, surroundings));
    switch (line.action) {
    case Action::install:
    case Action::download:
    case Action::roll_back:
        return begin_and_follow(line, client, display, surroundings);
    case Action::drop_previous:
        return drop_previous(line, client, display, surroundings);
    case Action::list:
        return print(display, client.firmware(), firmware_report);
    case Action::status:
        return show_status(client, display);
    case Action::history:
        return print(display, client.history(), history_report);
    case Action::follow:
        return follow(client, display, surroundings);
    case Action::cancel:
        return cancel(line, client, display, surroundings);
    case Action::install_rate:
        return set_install_rate(line, client, display);
    case Action::refresh:
        return refresh(line, client, display);
    case Action::check_firmware:
        return check_firmware(line, client, display);
    case Action::verify:
        return verify(line, client, display);
    case Action::back_up:
        return back_up(line, client, display);
    case Action::restore:
        return restore(line, client, display, surroundings);
    case Action::dry_run:
        return dry_run(line, client, display);
    case Action::schedule:
        return schedule(line, client, display);
    case Action::cancel_scheduled:
        return cancel_scheduled(client, display);
    case Action::postpone:
        return postpone(line, client, display);
    case Action::something_may_be_due:
        client.something_may_be_due();
        return ExitCode::done;
    case Action::snapshot:
        return work_on_snapshots(line, client, display, surroundings);
    case Action::drain:
        return drain(line, client, display);
    case Action::resume:
        return resume(client, display);
    case Action::role:
        return role(line, client, display);
    case Action::test_message:
        return test_message(client, display);
    case Action::support_bundle:
        return make_support_bundle(line, surroundings);
    case Action::wizard:
        return start_wizard(line.source, surroundings.output_is_terminal, surroundings.errors);
    case Action::explain:
        return explain(line.source, display, surroundings.errors);
    case Action::help:
        display.text(help_text());
        return ExitCode::done;
    case Action::version:
        display.text(std::string("update-control ") + UPDATE_CONTROL_VERSION + "\n");
        return ExitCode::done;
    }
    throw std::logic_error("an action without a function");
}

ExitCode report_answer(const AgentError &error, std::ostream &errors) {
    const std::string kind = error.name().starts_with(bus::agent_error_prefix)
                                 ? error.name().substr(std::string(bus::agent_error_prefix).size())
                                 : error.name();
    errors << "update-control: " << error.what() << "\n";
    if (kind == "Refused")
        return ExitCode::refused;
    if (kind == "Busy")
        return ExitCode::busy;
    if (kind == "Failed")
        errors << "The agent's own messages: journalctl -u update-agent\n";
    return ExitCode::failed;
}

} // namespace

std::string login_of(const char *ssh_connection, const char *user) {
    if (ssh_connection == nullptr)
        return {};
    std::istringstream words{ssh_connection};
    std::string client_address;
    std::string client_port;
    std::string server_address;
    if (!(words >> client_address >> client_port >> server_address))
        return {};
    return std::string(user == nullptr ? "root" : user) + "@" + server_address;
}

ExitCode carry_out(const CommandLine &line, Client &client, const Surroundings &surroundings) {
    try {
        return dispatch(line, client, surroundings);
    } catch (const UsageError &) {
        throw;
    } catch (const AgentError &error) {
        return report_answer(error, surroundings.errors);
    } catch (const AgentUnreachable &error) {
        surroundings.errors << "update-control: " << error.what()
                            << "\nIs the agent running? systemctl status update-agent\n";
        return ExitCode::no_agent;
    } catch (const OutputLost &) {
        return ExitCode::output_lost;
    } catch (const std::exception &error) {
        surroundings.errors << "update-control: " << error.what() << "\n";
        return ExitCode::failed;
    }
}

} // namespace updater::control
