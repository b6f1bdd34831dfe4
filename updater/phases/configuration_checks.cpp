// Running the configuration checkers and the check programs of the new image.
#include "updater/phases/configuration_checks.hpp"

#include "updater/cancelled.hpp"
#include "updater/checks/check_programs.hpp"
#include "updater/phases/logged_findings.hpp"

#include <deque>
#include <optional>
#include <utility>

namespace updater::phases {

namespace {

/// Long enough for a slow machine under load: a checker reads a few files.
constexpr std::chrono::minutes time_to_check{2};
/// The last lines of a program give the reason; the log has all of them.
constexpr std::size_t max_lines_of_reason = 3;

/// The last lines of the program; or how it ended, if it wrote none or something else ended it.
std::string reason_of(const hooks::runner::HookResult &result, const std::deque<std::string> &last_lines) {
    const bool its_own_words = !last_lines.empty() && result.reason == last_lines.back();
    if (!its_own_words)
        return result.reason;
    std::string text;
    for (const auto &line : last_lines)
        text += (text.empty() ? "" : " | ") + line;
    return text;
}

std::string refused(const std::string &version, const std::vector<std::string> &refusals) {
    std::string text = version + " cannot work with the configuration of this appliance: ";
    for (const auto &refusal : refusals)
        text += refusal + "; ";
    return text + "change these settings to what both versions accept";
}

/// Logs all of them; returns what must not be.
std::string log_findings(const checks::Findings &findings, job::PhaseRun &run) {
    std::string failures;
    for (const auto &finding : findings.all()) {
        log_finding(finding, run);
        if (finding.verdict == checks::Verdict::fail)
            failures += (failures.empty() ? "" : "; ") + in_words(finding);
    }
    return failures;
}

} // namespace

ConfigurationChecks::ConfigurationChecks(partitions::Storage &storage, partitions::SystemRoots &roots,
                                         hooks::runner::HookRunner &programs, partitions::Layout layout)
    : storage_(storage), roots_(roots), programs_(programs), layout_(std::move(layout)) {}

std::vector<std::string> ConfigurationChecks::checkers_of(const std::filesystem::path &image,
                                                          job::PhaseRun &run) const {
    const auto folder = image / layout_.configuration_checks.relative_path();
    std::vector<std::string> names;
    if (storage_.kind(folder) == partitions::FileKind::directory)
        for (const auto &checker : storage_.list(folder))
            names.push_back(checker.filename());
    if (names.empty())
        run.log(job::Severity::info, run.facts.to_version + " has no configuration checkers (" +
                                         layout_.configuration_checks.string() + "): nothing to check");
    return names;
}

void ConfigurationChecks::run_all(const std::vector<std::string> &checkers,
                                  const ConvertedConfiguration &configuration, job::PhaseRun &run) const {
    if (checkers.empty())
        return;
    const auto root = roots_.with_configuration(run.facts.new_slot, configuration.upper, configuration.var);
    std::vector<std::string> refusals;
    for (const auto &checker : checkers)
        if (const auto refusal = refusal_of(checker, root.path(), run))
            refusals.push_back("the checker " + checker + " says: " + *refusal);
    if (!refusals.empty())
        throw ConfigurationRefused(refused(run.facts.to_version, refusals));
    run.log(job::Severity::info, "the programs of " + run.facts.to_version + " accept the configuration");
}

bool ConfigurationChecks::has_check_programs(const std::filesystem::path &image) const {
    return checks::CheckPrograms(storage_, programs_)
        .any_in(layout_.check_programs,
                {.root = image, .when = {}, .running_version = {}, .new_version = {}});
}

void ConfigurationChecks::run_check_programs(const ConvertedConfiguration &configuration,
                                             job::PhaseRun &run) const {
    const auto root = roots_.with_configuration(run.facts.new_slot, configuration.upper, configuration.var);
    checks::Findings findings;
    checks::CheckPrograms(storage_, programs_)
        .run_all(layout_.check_programs,
                 {.root = root.path(),
                  .when = checks::check_when_rehearsed,
                  .running_version = run.facts.from_version,
                  .new_version = run.facts.to_version},
                 findings, run.stop);
    if (const auto failures = log_findings(findings, run); !failures.empty())
        throw NewImageRefuses("the checks of version " + run.facts.to_version + " say no: " + failures);
}

std::optional<std::string> ConfigurationChecks::refusal_of(const std::string &checker,
                                                           const std::filesystem::path &root,
                                                           job::PhaseRun &run) const {
    hooks::runner::HookCall call;
    call.program = layout_.configuration_checks / checker;
    call.root = root;
    call.time_limit = time_to_check;
    // Settings name addresses and interfaces of this machine, and programs look whether they are there.
    call.private_network = false;
    call.capabilities = hooks::runner::capabilities_for_checkers;
    call.may_mount = true;
    std::deque<std::string> last_lines;
    const auto result = programs_.run(
        call, [](int, std::string_view) {},
        [&](std::string_view line) {
            if (line.find_first_not_of(" \t") == std::string_view::npos)
                return;
            run.log(job::Severity::info, checker + ": " + std::string(line));
            last_lines.emplace_back(line);
            if (last_lines.size() > max_lines_of_reason)
                last_lines.pop_front();
        },
        run.stop);
    if (result.stopped)
        throw Cancelled();
    if (hooks::runner::outcome(result) == hooks::runner::HookOutcome::done)
        return std::nullopt;
    return reason_of(result, last_lines);
}

} // namespace updater::phases
