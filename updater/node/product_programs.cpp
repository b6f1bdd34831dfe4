#include "updater/node/product_programs.hpp"

#include "updater/cancelled.hpp"

#include <sys/stat.h>
#include <utility>

namespace updater::node {

namespace {

/// More than any contract lets a program say; the rest is dropped.
constexpr std::size_t max_lines_of_program = 256;

/// Why somebody other than root could decide what runs; empty: nobody can.
std::string distrust(const partitions::FileDetails &details) {
    if (details.owner != 0)
        return "does not belong to root";
    return (details.mode & (S_IWGRP | S_IWOTH)) != 0 ? "can be changed by others than root" : "";
}

} // namespace

ProductPrograms::ProductPrograms(partitions::Storage &storage, hooks::runner::HookRunner &runner,
                                 Folders folders)
    : storage_(storage), runner_(runner), folders_(std::move(folders)) {}

std::optional<std::filesystem::path> ProductPrograms::find(const std::string &program) const {
    for (const auto &folder : {folders_.of_administrator, folders_.of_image})
        if (storage_.kind(folder / program) != partitions::FileKind::none)
            return folder / program;
    return std::nullopt;
}

void ProductPrograms::require_trusted(const std::filesystem::path &program) const {
    const auto details = storage_.details(program);
    // A link would lead to a file that others may be able to change.
    if (details.kind != partitions::FileKind::file || (details.mode & S_IXUSR) == 0)
        throw ProgramFailed(program.string() + " is not an executable file, so it does not run");
    for (const auto &path : {program, program.parent_path()})
        if (const auto reason = distrust(storage_.details(path)); !reason.empty())
            throw ProgramFailed(path.string() + " " + reason +
                                ", so it does not run; see who changed it, then: chown "
                                "root:root " +
                                path.string() + " && chmod go-w " + path.string());
}

std::vector<std::string> ProductPrograms::run(const Call &wanted, const std::stop_token &stop) {
    const auto program = find(wanted.program);
    if (!program)
        throw ProgramFailed("this product has no program " + (folders_.of_image / wanted.program).string() +
                            " (updater/contracts.md)");
    require_trusted(*program);
    hooks::runner::HookCall call;
    call.program = *program;
    call.arguments = wanted.arguments;
    call.environment = {{"UPDATE_CONTROL_CONTRACT", std::to_string(cluster_contract)}, {"LC_ALL", "C.UTF-8"}};
    call.time_limit = wanted.time_limit;
    call.private_network = false; // other nodes, and the sockets of the mail server
    // What changes something needs the running system as the product has it.
    call.protect_system = wanted.only_looks;
    call.capabilities = hooks::runner::capabilities_for_looking;
    std::vector<std::string> lines;
    hooks::runner::HookResult result;
    try {
        result = runner_.run(
            call, [](int, std::string_view) {},
            [&lines](std::string_view line) {
                if (lines.size() < max_lines_of_program)
                    lines.emplace_back(line);
            },
            stop);
    } catch (const hooks::runner::HookRunnerError &error) {
        throw ProgramFailed(error.what());
    }
    if (result.stopped)
        throw Cancelled();
    if (outcome(result) != hooks::runner::HookOutcome::done)
        throw ProgramFailed(program->string() + ": " + result.reason);
    return lines;
}

} // namespace updater::node
