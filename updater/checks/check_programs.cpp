#include "updater/checks/check_programs.hpp"

#include "updater/cancelled.hpp"
#include "updater/checks/check_output.hpp"
#include "updater/checks/program_folder.hpp"

#include <sys/stat.h>
#include <vector>

namespace updater::checks {

namespace {

/// They run one after the other, and somebody waits.
constexpr std::chrono::minutes time_to_check{1};

using Path = std::filesystem::path;

/// Why somebody other than root could decide what runs; empty: nobody can.
std::string reason_against(const partitions::FileDetails &details) {
    if (details.owner != 0)
        return "does not belong to root";
    if ((details.mode & (S_IWGRP | S_IWOTH)) != 0)
        return "can be changed by others than root";
    return "";
}

Finding not_trusted(const Path &path, const std::string &reason) {
    return {path.string(), Verdict::fail, reason + ", so it does not run",
            "See who changed it. To trust it: chown root:root " + path.string() + " && chmod go-w " +
                path.string()};
}

} // namespace

bool CheckPrograms::any_in(const Path &folder, const CheckedSystem &system) {
    return !programs_in(storage_, folder, system.root).empty();
}

void CheckPrograms::run_all(const Path &folder, const CheckedSystem &system, Findings &findings,
                            const std::stop_token &stop) {
    auto programs = programs_in(storage_, folder, system.root);
    if (programs.empty())
        return;
    const Path real = system.root / folder.relative_path();
    if (const auto reason = reason_against(storage_.details(real)); !reason.empty())
        return findings.add(not_trusted(folder, reason));
    if (programs.size() > max_programs) {
        findings.add({folder.string(), Verdict::fail,
                      "holds more than " + std::to_string(max_programs) + " programs",
                      "Move those away that are not wanted."});
        programs.resize(max_programs);
    }
    for (const Path &program : programs)
        run_one(program, system, findings, stop);
}

void CheckPrograms::run_one(const Path &program, const CheckedSystem &system, Findings &findings,
                            const std::stop_token &stop) {
    const auto details = storage_.details(system.root / program.relative_path());
    // A link would lead to a file that others may be able to change.
    if (details.kind != partitions::FileKind::file)
        return findings.add({program.string(), Verdict::fail, "is no file, so it does not run",
                             "Put the program itself in its place."});
    if (const auto reason = reason_against(details); !reason.empty())
        return findings.add(not_trusted(program, reason));
    if ((details.mode & S_IXUSR) == 0)
        return findings.add({program.string(), Verdict::skip, "is not executable, so it does not run", ""});
    hooks::runner::HookCall call;
    call.program = program;
    call.root = system.root;
    call.environment = {{"UPDATE_CONTROL_CONTRACT", std::to_string(check_contract)},
                        {"UPDATE_CONTROL_CHECK", std::string(system.when)},
                        {"UPDATE_CONTROL_RUNNING_VERSION", system.running_version},
                        {"UPDATE_CONTROL_NEW_VERSION", system.new_version},
                        {"LC_ALL", "C.UTF-8"}};
    call.time_limit = time_to_check;
    call.private_network = false; // they may look who listens where
    call.capabilities = hooks::runner::capabilities_for_looking;
    call.in_background = true;
    CheckOutput output(program.string());
    hooks::runner::HookResult result;
    try {
        result = programs_.run(
            call, [](int, std::string_view) {}, [&](std::string_view line) { output.line(line); }, stop);
    } catch (const hooks::runner::HookRunnerError &error) {
        result.reason = error.what();
    }
    if (result.stopped)
        throw Cancelled();
    output.add_to(findings, result);
}

} // namespace updater::checks
