// Calling a conversion program and reading its answer.
#include "updater/phases/conversions.hpp"

#include "hooks/runner/old_root.hpp"
#include "updater/cancelled.hpp"
#include "updater/checks/conversion_chain.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace updater::phases {

namespace {

constexpr std::pair<std::string_view, job::Severity> first_words[] = {{"warning:", job::Severity::warning},
                                                                      {"debug:", job::Severity::debug}};

/// A program says by the first word of a line how much the line matters (updater/contracts.md).
void log_line_of(const firmware::Conversion &conversion, std::string_view line, const job::PhaseRun &run) {
    const auto word =
        std::ranges::find_if(first_words, [&](const auto &each) { return line.starts_with(each.first); });
    if (word != std::end(first_words))
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ', word->first.size())));
    // The code of a warning; other lines have none.
    run.log(
        {word == std::end(first_words) ? job::Severity::info : word->second, messages::Code::program_warns},
        conversion.name + ": " + std::string(line));
}

} // namespace

Conversions::Conversions(hooks::runner::HookRunner &hooks, partitions::Layout layout,
                         std::chrono::seconds time_limit)
    : hooks_(hooks), layout_(std::move(layout)), time_limit_(time_limit) {}

hooks::runner::HookCall Conversions::call_for(const firmware::Conversion &conversion,
                                              const std::filesystem::path &source,
                                              const std::filesystem::path &target,
                                              const ConversionView &view) const {
    hooks::runner::HookCall call;
    call.program = layout_.hooks / conversion.program;
    call.arguments = {"convert", conversion.from, conversion.to, source, target};
    call.environment = {{"UPDATE_CONTROL_CONTRACT", std::to_string(checks::conversion_contract)},
                        {"UPDATE_CONTROL_NEW_ROOT", view.new_root},
                        {"UPDATE_CONTROL_OLD_VAR", view.old_var},
                        {"UPDATE_CONTROL_NEW_VAR", view.new_var}};
    if (view.rehearsal)
        call.environment["UPDATE_CONTROL_REHEARSAL"] = "1";
    call.root = view.program_root;
    call.time_limit = time_limit_;
    call.in_background = view.rehearsal;
    const bool store = conversion.kind == firmware::ConversionKind::store;
    if (store) {
        call.temporary_filesystems.push_back({layout_.data, "mode=755,size=1M,ro"});
    } else {
        call.capabilities = hooks::runner::capabilities_for_system_files;
        call.binds.push_back({layout_.data, layout_.data, true, true});
    }
    // The source of a store is writable: its old program may have to recover it before it can be read.
    call.binds.push_back({source, source, !store, true});
    call.binds.push_back({target, target, false, true});
    call.binds.push_back({view.old_var, view.old_var, true, true});
    call.binds.push_back({view.new_var, view.new_var, store, true});
    hooks::runner::show_old_root(call, view.old_root, layout_.data);
    return call;
}

void Conversions::convert(const firmware::Conversion &conversion, const std::filesystem::path &source,
                          const std::filesystem::path &target, const ConversionView &view, job::PhaseRun &run,
                          PercentRange progress) {
    const std::string title = (view.rehearsal ? "rehearsing " : "converting ") + conversion.name + " from " +
                              conversion.from + " to " + conversion.to;
    run.log(job::Severity::info, title);
    run.progress(progress.first, title);
    const auto result = hooks_.run(
        call_for(conversion, source, target, view),
        [&](int percent, std::string_view text) {
            const int part = (progress.last - progress.first) * std::clamp(percent, 0, 100) / 100;
            run.progress(progress.first + part, conversion.name + ": " + std::string(text));
        },
        [&](std::string_view line) {
            if (line.find_first_not_of(" \t") != std::string_view::npos)
                log_line_of(conversion, line, run);
        },
        run.stop);
    if (result.stopped)
        throw Cancelled();
    switch (hooks::runner::outcome(result)) {
    case hooks::runner::HookOutcome::done:
        run.progress(progress.last, conversion.name + " converted");
        return;
    case hooks::runner::HookOutcome::try_later:
        throw ConversionPostponed("the conversion of " + conversion.name +
                                  " asks to be tried later: " + result.reason);
    case hooks::runner::HookOutcome::failed:
        throw ConversionFailed("the conversion of " + conversion.name + " failed: " + result.reason);
    }
}

std::vector<firmware::Conversion> conversions_of(const std::vector<firmware::Conversion> &all,
                                                 firmware::ConversionKind kind) {
    auto conversions = all;
    std::erase_if(conversions, [&](const firmware::Conversion &each) { return each.kind != kind; });
    return conversions;
}

std::vector<firmware::Conversion> conversions_of_store(const std::vector<firmware::Conversion> &all,
                                                       const std::string &store) {
    auto conversions = conversions_of(all, firmware::ConversionKind::store);
    std::erase_if(conversions, [&](const firmware::Conversion &each) { return each.name != store; });
    return conversions;
}

} // namespace updater::phases
