#include "updater/content/content_programs.hpp"

#include "updater/cancelled.hpp"
#include "updater/checks/program_folder.hpp"
#include "updater/content/product_call.hpp"

#include <algorithm>
#include <optional>

namespace updater::content {

namespace {

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= ContentPrograms::max_text_bytes &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("-_.+:~").find(c) != std::string_view::npos;
           });
}

/// "NAME VERSION"
std::optional<Component> component_in(std::string_view line, const std::filesystem::path &program) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos)
        return std::nullopt;
    const auto name = line.substr(0, blank);
    const auto version = line.substr(blank + 1);
    if (!is_word(name) || !is_word(version))
        return std::nullopt;
    return Component{std::string(name), std::string(version), program};
}

} // namespace

std::string repair_command(const std::filesystem::path &program, const std::string &name) {
    return program.string() + " repair " + name;
}

bool ContentPrograms::any() const {
    return !checks::programs_in(storage_, folder_).empty();
}

std::vector<Component> ContentPrograms::components(const OnProblem &on_problem, const std::stop_token &stop) {
    std::vector<Component> all;
    auto programs = checks::programs_in(storage_, folder_);
    if (programs.size() > max_programs)
        programs.resize(max_programs);
    for (const auto &program : programs) {
        auto call = product_call(program, {"versions"}, content_contract, time_for_versions);
        call.writable.clear();
        call.capabilities = hooks::runner::capabilities_for_looking;
        call.private_network = true;
        std::vector<Component> said;
        const auto result = run(
            call,
            [&](std::string_view line) {
                auto component = component_in(line, program);
                if (component && all.size() + said.size() < max_components)
                    said.push_back(std::move(*component));
            },
            stop);
        if (result.stopped)
            throw Cancelled();
        if (hooks::runner::outcome(result) == hooks::runner::HookOutcome::done)
            all.insert(all.end(), said.begin(), said.end());
        else
            on_problem(program.string() + " could not say the versions of its content: " + result.reason);
    }
    return all;
}

hooks::runner::HookResult ContentPrograms::repair(const std::filesystem::path &program,
                                                  const std::vector<std::string> &names,
                                                  const hooks::runner::OnLine &on_line,
                                                  const std::stop_token &stop) {
    std::vector<std::string> arguments{"repair"};
    arguments.insert(arguments.end(), names.begin(), names.end());
    return run(product_call(program, std::move(arguments), content_contract, time_to_repair), on_line, stop);
}

hooks::runner::HookResult ContentPrograms::run(const hooks::runner::HookCall &call,
                                               const hooks::runner::OnLine &on_line,
                                               const std::stop_token &stop) {
    try {
        return programs_.run(
            call, [](int, std::string_view) {}, on_line, stop);
    } catch (const hooks::runner::HookRunnerError &failure) {
        hooks::runner::HookResult result;
        result.reason = failure.what();
        return result;
    }
}

} // namespace updater::content
