// update-wizard: leads a person at a terminal through an installation. update-control --wizard starts it. May
// end at any time, because the agent runs the job.
#include "updater/control/actions.hpp"
#include "updater/control/documents.hpp"
#include "updater/control/hidden_arguments.hpp"
#include "updater/wizard/checks_page.hpp"
#include "updater/wizard/firmware_page.hpp"
#include "updater/wizard/license_page.hpp"
#include "updater/wizard/newt_view.hpp"
#include "updater/wizard/progress_page.hpp"
#include "updater/wizard/result_page.hpp"
#include "updater/wizard/settings_page.hpp"
#include "updater/wizard/summary_page.hpp"
#include "updater/wizard/welcome_page.hpp"
#include "updater/wizard/wizard.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace {

using namespace updater;
using control::ExitCode;

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

wizard::End lead(control::Client &client, const std::string &source) {
    const bool job_runs = control::text_at(control::read_document(client.state()), "state") != "idle";
    wizard::Wishes wishes;
    wizard::Found found;
    wizard::Begun begun;
    wizard::WelcomePage welcome(client, host_name());
    wizard::FirmwarePage firmware(client, wishes, source);
    wizard::ChecksPage checks(client, wishes, found);
    wizard::LicensePage license(found);
    wizard::SettingsPage settings(client, wishes);
    wizard::SummaryPage summary(client, wishes, found, begun);
    wizard::ProgressPage progress(client, begun);
    wizard::ResultPage result(begun, progress,
                              control::login_of(std::getenv("SSH_CONNECTION"), std::getenv("USER")));
    const std::vector<wizard::Page *> pages{&welcome,  &firmware, &checks,   &license,
                                            &settings, &summary,  &progress, &result};
    constexpr std::size_t index_of_progress = 6;
    wizard::NewtView view("update-control" + (host_name().empty() ? "" : " on " + host_name()));
    return wizard::Wizard(view, wizard::Course(pages, job_runs ? index_of_progress : 0),
                          [&result] { return result.end(); })
        .run();
}

} // namespace

int main(int argument_count, char **arguments) {
    // If the terminal is gone, reading from it says so.
    std::signal(SIGPIPE, SIG_IGN);
    ExitCode code = ExitCode::failed;
    try {
        const std::string source = argument_count > 1 ? arguments[1] : "";
        control::hide_secrets(argument_count, arguments);
        wizard::require_terminal();
        control::Client client;
        const wizard::End end = lead(client, source);
        std::cout << end.text << std::flush;
        code = end.code;
    } catch (const wizard::NoTerminal &error) {
        std::cerr << "update-control: " << error.what() << "\n";
        code = ExitCode::usage;
    } catch (const control::AgentUnreachable &error) {
        std::cerr << "update-control: " << error.what()
                  << "\nIs the agent running? systemctl status update-agent\n";
        code = ExitCode::no_agent;
    } catch (const std::exception &error) {
        std::cerr << "update-control: " << error.what() << "\n";
    }
    return static_cast<int>(code);
}
