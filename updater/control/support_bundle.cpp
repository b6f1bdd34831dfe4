#include "updater/control/support_bundle.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <unistd.h>

namespace updater::control {

namespace {

constexpr const char *bundle_program = "/usr/lib/update-control/update-support-bundle";

} // namespace

ExitCode make_support_bundle(const CommandLine &line, const Surroundings &surroundings) {
    std::string program = bundle_program;
    std::string file = line.source;
    const std::array<char *, 3> arguments{program.data(), file.data(), nullptr};
    surroundings.output.flush();
    ::execv(program.c_str(), arguments.data());
    surroundings.errors << "update-control: " << program << " cannot be started: " << std::strerror(errno)
                        << ". No support bundle was made. The newest log of a job: ls -t "
                           "/var/spool/updates/XPU | head -n 1\n";
    return ExitCode::failed;
}

} // namespace updater::control
