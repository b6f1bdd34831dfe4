#include "updater/control/wizard_program.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace updater::control {

namespace {

/// Where this program's own package has it: /usr/bin/update-control starts
/// /usr/lib/update-control/update-wizard.
std::filesystem::path wizard_program() {
    const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe");
    return own.parent_path().parent_path() / "lib/update-control/update-wizard";
}

} // namespace

ExitCode start_wizard(const std::string &source, bool at_terminal, std::ostream &errors) {
    if (!at_terminal) {
        errors
            << "update-control: the wizard needs a terminal; over SSH: ssh -t root@APPLIANCE update-control "
               "--wizard\nWithout a terminal: update-control -i fw\n";
        return ExitCode::usage;
    }
    const std::string program = wizard_program().string();
    execl(program.c_str(), "update-wizard", source.c_str(), nullptr);
    errors << "update-control: the wizard " << program << " cannot be started: " << std::strerror(errno)
           << "\nInstall without it: update-control -i fw\n";
    return ExitCode::failed;
}

} // namespace updater::control
