// Calling a conversion program and reading its answer.
#include "updater/phases/conversions.hpp"

#include "hooks/runner/old_root.hpp"
#include "updater/cancelled.hpp"
#include "updater/checks/conversion_chain.hpp"
#include "updater/phases/program_lines.hpp"

#include <algorithm>
#include <utility>

namespace updater::phases {

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
    if (view.only_settings)
        call.environment["UPDATE_CONTROL_ONLY_SETTINGS"] = "1";
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
        [&](std::string_view line) { log_program_line(conversion.name, line, run); }, run.stop);
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
