#include "updater/phases/content_steps.hpp"

#include "updater/cancelled.hpp"
#include "updater/content/comparison.hpp"
#include "updater/phases/program_lines.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <string>

namespace updater::phases {

namespace {

constexpr std::chrono::milliseconds between_tries{200};
constexpr int percent_of_verification = 97;

content::Versions versions_of(const std::vector<content::Component> &components) {
    content::Versions versions;
    for (const auto &each : components)
        versions[each.name] = each.version;
    return versions;
}

/// What cannot be seen is not compared; nothing else depends on it.
std::vector<content::Component> components_seen(content::ContentPrograms &programs, job::PhaseRun &run,
                                                const std::stop_token &stop) {
    try {
        return programs.components(
            [&](const std::string &problem) { run.log(job::Severity::warning, problem); }, stop);
    } catch (const partitions::StorageError &failure) {
        run.log(job::Severity::warning, failure.what());
        return {};
    }
}

std::string text_of(const content::Versions &versions) {
    std::string text;
    for (const auto &[name, version] : versions)
        text += (text.empty() ? "" : ", ") + name + " " + version;
    return text;
}

} // namespace

job::PhaseEnd HoldContent::run(job::PhaseRun &run) {
    wait_for_updates(run);
    if (run.facts.content_before)
        return job::PhaseEnd::done;
    const auto versions = versions_of(components_seen(parts_.programs, run, run.stop));
    run.facts.content_before = versions;
    if (!versions.empty())
        run.log(job::Severity::info, "content updates are held back from now on: " + text_of(versions));
    return job::PhaseEnd::done;
}

void HoldContent::wait_for_updates(job::PhaseRun &run) {
    for (auto left = std::chrono::milliseconds(max_for_an_update); !parts_.lock.try_hold();
         left -= between_tries) {
        if (left == max_for_an_update) {
            run.log(job::Severity::info, "waiting for a content update that runs");
            run.progress(0, "waiting for a content update that runs");
        }
        const bool is_over = left <= std::chrono::milliseconds(0);
        if (is_over && job::is_rollback(run.facts)) {
            // The way back does not depend on the product.
            run.log(job::Severity::warning, "a content update still runs; the rollback goes on all the same");
            return;
        }
        if (is_over)
            throw ContentUpdateRuns(
                "a content update has run for " + std::to_string(max_for_an_update.count()) +
                " minutes and does not end, so the upgrade cannot go on; which process it is: lslocks");
        if (!parts_.pause(between_tries, run.stop))
            throw Cancelled();
    }
}

job::PhaseEnd NoteContent::run(job::PhaseRun &run) {
    if (!job::is_rollback(run.facts))
        run.facts.content_converted = versions_of(components_seen(parts_.programs, run, run.stop));
    return job::PhaseEnd::done;
}

job::PhaseEnd VerifyContent::run(job::PhaseRun &run) {
    if (run.facts.content_before) {
        // The previous system has the content that it had when it was left: nothing to compare.
        if (!job::is_rollback(run.facts))
            verify_if_possible(run);
        forget_versions(run);
    }
    parts_.lock.release();
    return job::PhaseEnd::done;
}

void VerifyContent::verify_if_possible(job::PhaseRun &run) {
    try {
        verify(run);
    } catch (const std::exception &failure) {
        run.log(job::Severity::warning,
                std::string("whether content was changed during the upgrade is not known: ") +
                    failure.what());
    }
}

/// Updates run from now on. A phase 10 that is repeated, also by the next agent, must not take one for an
/// update that slipped in, nor hold them back.
void VerifyContent::forget_versions(job::PhaseRun &run) {
    run.facts.content_before.reset();
    try {
        run.save_facts();
    } catch (const partitions::StorageError &failure) {
        run.log({job::Severity::warning, messages::Code::storage_failed}, failure.what());
    }
}

void VerifyContent::verify(job::PhaseRun &run) {
    const auto components = components_seen(parts_.programs, run, {});
    if (components.empty() && run.facts.content_before->empty())
        return;
    run.progress(percent_of_verification, "comparing the versions of content");
    auto report = compare(components, run.facts);
    repair(report, run);
    parts_.record.note(report);
}

content::ContentReport VerifyContent::compare(const std::vector<content::Component> &components,
                                              const job::JobFacts &facts) const {
    content::ContentReport report{.job = facts.job, .components = {}};
    for (const auto &each : components)
        report.components.push_back(
            {.name = each.name, .version = each.version, .expected = each.version, .program = each.program});
    for (const auto &difference :
         content::differences({*facts.content_before, facts.content_converted, versions_of(components)})) {
        auto found = std::ranges::find(report.components, difference.name, &content::RecordedComponent::name);
        if (found == report.components.end())
            found = report.components.insert(found, {.name = difference.name});
        found->expected = difference.expected;
        found->state = content::ContentState::unrepaired;
        found->reason = difference.text;
    }
    // Who repairs what is missing? If there is one program only, it does.
    const auto program = components.empty() ? std::filesystem::path() : components.front().program;
    if (std::ranges::all_of(components, [&](const auto &each) { return each.program == program; }))
        for (auto &each : report.components)
            each.program = program;
    return report;
}

void VerifyContent::repair(content::ContentReport &report, job::PhaseRun &run) {
    std::map<std::filesystem::path, std::vector<std::string>> broken;
    for (const auto &each : report.components)
        if (each.state == content::ContentState::unrepaired)
            broken[each.program].push_back(each.name);
    if (broken.empty())
        return;
    std::set<std::filesystem::path> successful;
    for (const auto &each : broken) {
        const auto &program = each.first;
        if (program.empty())
            continue;
        run.progress(percent_of_verification, "repairing content");
        const auto result = parts_.programs.repair(
            program, each.second,
            [&](std::string_view line) { log_program_line(program.filename().string(), line, run); }, {});
        if (hooks::runner::outcome(result) == hooks::runner::HookOutcome::done)
            successful.insert(program);
        else
            run.log(job::Severity::warning, program.string() + " repair failed: " + result.reason);
    }
    const auto now = versions_of(components_seen(parts_.programs, run, {}));
    for (auto &each : report.components) {
        if (each.state != content::ContentState::unrepaired)
            continue;
        const auto version = now.find(each.name);
        each.version = version == now.end() ? "" : version->second;
        if (successful.contains(each.program) && !each.version.empty()) {
            each.state = content::ContentState::repaired;
            run.log(job::Severity::info, "NOTICE: the content " + each.name + " " + each.reason +
                                             "; it was repaired and is " + each.version + " now");
            continue;
        }
        run.log(job::Severity::warning,
                "the content " + each.name + " " + each.reason + ", and could not be repaired" +
                    (each.program.empty() ? ": no program names it any more. Ask the vendor of the appliance"
                                          : ". Run: " + content::repair_command(each.program, each.name)));
    }
}

} // namespace updater::phases
