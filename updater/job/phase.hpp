// The ten phases of an upgrade and the rules of each, in one table: its name, how a job that was interrupted
// in it is recovered, whether it can be cancelled, whether mail flows, which system runs it. What a phase
// does is in updater/phases.
#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::job {

/// In their order. The value is the number that people see.
enum class Phase {
    download = 1,
    install = 2,
    stop_services = 3,
    prepare_store_migration = 4,
    back_up_configuration = 5,
    restart_appliance = 6,
    migrate_store = 7,
    install_configuration = 8,
    clean_up = 9,
    start_services = 10,
};

/// What recovery does when the machine or the agent was restarted in the middle of a phase.
enum class OnReturn {
    roll_back,             ///< the default
    run_again,             ///< in the old system: run the phase again, it resumes from what is there
    go_on_in_new_system,   ///< in the new system: the phase is done; in the old one: roll back
    finish_when_committed, ///< committed: run the phase again, it resumes; otherwise roll back
};

/// A job can be cancelled as long as it has touched nothing but the rescue partition.
enum class Cancelling { allowed, too_late };

/// Mail flows until the services stop; in phase 10 it flows again only at its end.
enum class MailFlow { flows, waits };

/// Whose agent runs the phase.
enum class RunBy { old_system, new_system };

/// Whether a rollback after the commit has this phase. The previous system still has its stores and its
/// configuration, so only what a trial needs takes part.
enum class Rollback { takes_part, left_out };

struct PhaseRules {
    Phase phase;
    std::string_view name; ///< as logs and status lines show it
    OnReturn on_return;
    Cancelling cancelling;
    MailFlow mail;
    RunBy run_by;
    Rollback rollback;
};

/// In the order in which the phases run.
inline constexpr std::array<PhaseRules, 10> phase_rules{{
    // clang-format off
    {Phase::download,                "download the update",                 OnReturn::run_again,             Cancelling::allowed,  MailFlow::flows, RunBy::old_system, Rollback::left_out},
    {Phase::install,                 "install the new OS",                  OnReturn::run_again,             Cancelling::allowed,  MailFlow::flows, RunBy::old_system, Rollback::left_out},
    {Phase::stop_services,           "shut down services",                  OnReturn::roll_back,             Cancelling::too_late, MailFlow::waits, RunBy::old_system, Rollback::takes_part},
    {Phase::prepare_store_migration, "prepare the message store migration", OnReturn::roll_back,             Cancelling::too_late, MailFlow::waits, RunBy::old_system, Rollback::left_out},
    {Phase::back_up_configuration,   "back up the configuration",           OnReturn::roll_back,             Cancelling::too_late, MailFlow::waits, RunBy::old_system, Rollback::left_out},
    {Phase::restart_appliance,       "restart the appliance",               OnReturn::go_on_in_new_system,   Cancelling::too_late, MailFlow::waits, RunBy::old_system, Rollback::takes_part},
    {Phase::migrate_store,           "migrate the message store",           OnReturn::roll_back,             Cancelling::too_late, MailFlow::waits, RunBy::new_system, Rollback::left_out},
    {Phase::install_configuration,   "install the new configuration",       OnReturn::roll_back,             Cancelling::too_late, MailFlow::waits, RunBy::new_system, Rollback::left_out},
    {Phase::clean_up,                "clean up",                            OnReturn::roll_back,             Cancelling::too_late, MailFlow::waits, RunBy::new_system, Rollback::left_out},
    {Phase::start_services,          "restart all services",                OnReturn::finish_when_committed, Cancelling::too_late, MailFlow::waits, RunBy::new_system, Rollback::takes_part},
    // clang-format on
}};

inline constexpr std::array all_phases = [] {
    std::array<Phase, phase_rules.size()> phases{};
    for (std::size_t index = 0; index < phases.size(); ++index)
        phases[index] = phase_rules[index].phase;
    return phases;
}();

/// @throws std::logic_error for a value that is not a phase.
constexpr const PhaseRules &rules_of(Phase phase) {
    for (const PhaseRules &rules : phase_rules)
        if (rules.phase == phase)
            return rules;
    throw std::logic_error("no such phase");
}

constexpr int number_of(Phase phase) {
    return static_cast<int>(phase);
}

constexpr std::string_view name_of(Phase phase) {
    return rules_of(phase).name;
}

/// As messages name it: `phase 2, install the new OS`.
inline std::string title_of(Phase phase) {
    return "phase " + std::to_string(number_of(phase)) + ", " + std::string(name_of(phase));
}

constexpr bool runs_under_new_system(Phase phase) {
    return rules_of(phase).run_by == RunBy::new_system;
}

constexpr bool can_be_cancelled(Phase phase) {
    return rules_of(phase).cancelling == Cancelling::allowed;
}

constexpr bool mail_flows_in(Phase phase) {
    return rules_of(phase).mail == MailFlow::flows;
}

} // namespace updater::job
