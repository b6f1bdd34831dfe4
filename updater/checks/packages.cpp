#include "updater/checks/packages.hpp"

#include "updater/refusal.hpp"

namespace updater::checks {

namespace {

/// Not a word that a package can be called, so that messages of dpkg-query are not taken for answers.
constexpr std::string_view answer = "=installed ";

/// dpkg-query(1): a name is unknown, which is an answer; 2 and above: the database cannot be read.
constexpr int exit_unknown_name = 1;

} // namespace

std::set<std::string> installed_packages(hooks::runner::HookRunner &programs,
                                         const std::vector<std::string> &names, const std::stop_token &stop) {
    std::set<std::string> found;
    if (names.empty())
        return found;
    hooks::runner::HookCall call;
    call.program = "/usr/bin/dpkg-query";
    call.arguments = {"--show", "--showformat==${db:Status-Status} ${Package}\n", "--"};
    call.arguments.insert(call.arguments.end(), names.begin(), names.end());
    call.environment = {{"LC_ALL", "C.UTF-8"}};
    call.time_limit = std::chrono::seconds(10);
    const hooks::runner::HookResult result = programs.run(
        call, [](int, std::string_view) {},
        [&](std::string_view line) {
            if (line.starts_with(answer))
                found.emplace(line.substr(answer.size()));
        },
        stop);
    if (result.exit_code != 0 && result.exit_code != exit_unknown_name)
        throw PackagesUnknown("the installed packages cannot be read: " + call.program.string() + " " +
                              result.reason);
    return found;
}

void check_packages(const firmware::Manifest &manifest, const std::set<std::string> &installed) {
    std::string missing;
    for (const std::string &name : manifest.required_packages)
        if (!installed.contains(name))
            missing += (missing.empty() ? "" : ", ") + name;
    if (!missing.empty())
        throw Refused("the firmware requires packages that are not installed: " + missing,
                      "Ask the vendor which firmware or add-on brings them.", messages::Code::check_packages);
}

} // namespace updater::checks
