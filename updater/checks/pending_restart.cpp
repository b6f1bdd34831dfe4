#include "updater/checks/pending_restart.hpp"

#include <fstream>
#include <string>

namespace updater::checks {

namespace {

constexpr std::size_t max_packages_named = 5;
constexpr std::size_t max_line_length = 256;

/// The first packages that want a restart, " (for …)", or "".
std::string wanted_by(const std::filesystem::path &list) {
    std::ifstream lines(list);
    std::string names;
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line) && count < max_packages_named;) {
        if (line.empty() || line.size() > max_line_length)
            continue;
        names += (names.empty() ? "" : ", ") + line;
        ++count;
    }
    return names.empty() ? "" : " (for " + names + ")";
}

Finding pending_restart(const std::filesystem::path &run) {
    if (std::filesystem::exists(run / "systemd/shutdown/scheduled"))
        return {.verdict = Verdict::warn,
                .text =
                    "somebody has scheduled a shutdown or restart, which would interrupt the installation",
                .advice = "See when: cat " + (run / "systemd/shutdown/scheduled").string() +
                          ". To cancel it: shutdown -c"};
    if (std::filesystem::exists(run / "reboot-required"))
        return {.verdict = Verdict::warn,
                .text =
                    "changes wait for a restart of the appliance" + wanted_by(run / "reboot-required.pkgs"),
                .advice = "The restart of the upgrade starts another system. To see first whether this one "
                          "works with them: systemctl reboot"};
    return {.verdict = Verdict::pass, .text = "nothing waits for a restart"};
}

} // namespace

void check_pending_restart(Findings &findings, const std::filesystem::path &run) {
    findings.judge(
        "pending restart", [&] { return pending_restart(run); }, Verdict::warn);
}

} // namespace updater::checks
