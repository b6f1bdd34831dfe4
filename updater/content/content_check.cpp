#include "updater/content/content_check.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace updater::content {

namespace {

using checks::Finding;
using checks::Verdict;

void join(std::string &list, const std::string &separator, const std::string &item) {
    list += (list.empty() ? "" : separator) + item;
}

std::string version_now(const std::vector<Component> &components, const std::string &name) {
    const auto found = std::ranges::find(components, name, &Component::name);
    return found == components.end() ? "" : found->version;
}

Finding finding_of(const ContentReport &report, const std::vector<Component> &components,
                   const std::string &problems) {
    std::string bad;
    std::string repaired;
    std::string commands;
    for (const auto &each : report.components) {
        if (version_now(components, each.name) != each.version)
            continue; // updated since
        if (each.state == ContentState::unrepaired) {
            join(bad, "; ", each.name + " " + each.reason);
            if (!each.program.empty())
                join(commands, " && ", repair_command(each.program, each.name));
        } else if (each.state == ContentState::repaired) {
            join(repaired, "; ", each.name + " " + each.reason);
        }
    }
    if (!bad.empty())
        return {.verdict = Verdict::warn,
                .text = "changed during the last upgrade and could not be repaired: " + bad,
                .advice = commands.empty() ? "Ask the vendor of the appliance." : "Run: " + commands};
    if (!problems.empty())
        return {.verdict = Verdict::warn,
                .text = problems,
                .advice = "Run it by hand with the argument versions to see why."};
    std::string versions;
    for (const auto &each : components)
        join(versions, ", ", each.name + " " + each.version);
    if (!repaired.empty())
        return {.verdict = Verdict::notice,
                .text = versions + "; repaired after the last upgrade: " + repaired};
    if (components.empty())
        return {.verdict = Verdict::skip, .text = "the product names no content"};
    return {.verdict = Verdict::pass, .text = versions};
}

} // namespace

void check_content(const ContentReport &report, ContentPrograms &programs, checks::Findings &findings,
                   const std::stop_token &stop) {
    findings.judge(
        "content",
        [&] {
            std::string problems;
            const auto components =
                programs.components([&](const std::string &problem) { join(problems, "; ", problem); }, stop);
            return finding_of(report, components, problems);
        },
        Verdict::warn);
}

} // namespace updater::content
