#include "updater/phases/hook_point.hpp"

#include "updater/cancelled.hpp"
#include "updater/checks/program_folder.hpp"
#include "updater/content/product_call.hpp"
#include "updater/phases/program_lines.hpp"

namespace updater::phases {

namespace {

constexpr std::string_view order_to_run = "run";
constexpr std::string_view order_to_undo = "undo";
/// The phase is at its beginning, or nearly at its end.
constexpr int percent_before_stop = 0;
constexpr int percent_after_commit = 98;

hooks::runner::HookCall call_at_hook_point(const std::filesystem::path &program, std::string_view order,
                                           const job::JobFacts &facts) {
    auto call = content::product_call(program, {std::string(order)}, hook_point_contract,
                                      ProductPrograms::time_limit);
    call.environment["UPDATE_CONTROL_OPERATION"] = job::text_of(facts.operation);
    call.environment["UPDATE_CONTROL_FROM_VERSION"] = facts.from_version;
    call.environment["UPDATE_CONTROL_TO_VERSION"] = facts.to_version;
    return call;
}

std::string by_hand(const std::filesystem::path &program, std::string_view order) {
    return program.string() + " " + std::string(order);
}

void warn(const std::filesystem::path &program, std::string_view order,
          const hooks::runner::HookResult &result, const std::string &state, job::PhaseRun &run) {
    run.log({job::Severity::warning, messages::Code::program_warns},
            "the program " + program.filename().string() + " failed: " + result.reason + ". " + state +
                " When that is corrected, run it again: " + by_hand(program, order));
}

/// What stands in the way of a hook point must not stand in the way of the job.
std::vector<std::filesystem::path> all_or_none(ProductPrograms &programs, job::PhaseRun &run) {
    try {
        return programs.all(run);
    } catch (const partitions::StorageError &failure) {
        run.log({job::Severity::warning, messages::Code::storage_failed}, failure.what());
        return {};
    }
}

} // namespace

std::vector<std::filesystem::path> ProductPrograms::all(job::PhaseRun &run) {
    auto programs = checks::programs_in(storage_, folder_);
    if (programs.size() > max_programs) {
        run.log(job::Severity::warning, folder_.string() + " holds " + std::to_string(programs.size()) +
                                            " programs; only the first " + std::to_string(max_programs) +
                                            " run. Tell the vendor of the appliance");
        programs.resize(max_programs);
    }
    return programs;
}

hooks::runner::HookResult ProductPrograms::run_one(const std::filesystem::path &program,
                                                   std::string_view order, int percent, job::PhaseRun &run,
                                                   const std::stop_token &stop) {
    const std::string name = name_ + " " + program.filename().string();
    const std::string title = name + (order == order_to_run ? "" : " " + std::string(order));
    run.progress(percent, title);
    run.log(job::Severity::info, title + " begins");
    std::size_t lines = 0;
    hooks::runner::HookResult result;
    try {
        result = programs_.run(
            call_at_hook_point(program, order, run.facts),
            [&](int, std::string_view text) { run.progress(percent, name + ": " + std::string(text)); },
            [&](std::string_view line) {
                if (++lines <= max_lines)
                    log_program_line(name, line, run);
            },
            stop);
    } catch (const hooks::runner::HookRunnerError &failure) {
        result.reason = failure.what();
    }
    if (lines > max_lines)
        run.log(job::Severity::warning,
                name + ": " + std::to_string(lines - max_lines) +
                    " more lines are left out; run it by hand to see them: " + by_hand(program, order));
    return result;
}

job::PhaseEnd BeforeStop::run(job::PhaseRun &run) {
    for (const auto &program : programs_.all(run)) {
        if (run.stop.stop_requested())
            throw Cancelled();
        const auto result = programs_.run_one(program, order_to_run, percent_before_stop, run, run.stop);
        if (result.stopped)
            throw Cancelled();
        const auto outcome = hooks::runner::outcome(result);
        if (outcome == hooks::runner::HookOutcome::done)
            continue;
        if (job::is_rollback(run.facts)) {
            warn(program, order_to_run, result, "The rollback goes on without it.", run);
            continue;
        }
        if (outcome == hooks::runner::HookOutcome::try_later)
            throw HookPointPostponed("the program " + program.string() +
                                     " asks to stop the services later: " + result.reason +
                                     ". No service has stopped");
        throw HookPointFailed(
            "the program " + program.string() +
            ", which runs before the services stop, failed: " + result.reason +
            ". No service has stopped. To see it by itself: " + by_hand(program, order_to_run));
    }
    return job::PhaseEnd::done;
}

void BeforeStop::undo(job::PhaseRun &run) {
    auto programs = all_or_none(programs_, run);
    // What was done last is undone first.
    while (!programs.empty()) {
        const auto result =
            programs_.run_one(programs.back(), order_to_undo, percent_before_stop, run, run.stop);
        if (hooks::runner::outcome(result) != hooks::runner::HookOutcome::done)
            warn(programs.back(), order_to_undo, result, "What it did before the services stopped remains.",
                 run);
        programs.pop_back();
    }
}

job::PhaseEnd AfterCommit::run(job::PhaseRun &run) {
    for (const auto &program : all_or_none(programs_, run)) {
        if (run.agent_ends()) // the next agent runs all of them again
            throw Cancelled();
        // Not run.stop: the deadline of the trial may pass by now, and no longer matters.
        const auto result = programs_.run_one(program, order_to_run, percent_after_commit, run, {});
        if (hooks::runner::outcome(result) == hooks::runner::HookOutcome::done)
            continue;
        if (run.agent_ends()) // perhaps because the machine shuts down
            throw Cancelled();
        warn(program, order_to_run, result, "Version " + run.facts.to_version + " is committed and stays.",
             run);
    }
    return job::PhaseEnd::done;
}

} // namespace updater::phases
