// The phase table. Phase 1 needs no undo: it changes nothing but the folder of downloads, where what was
// checked is worth keeping for the next try. Nor do phases 7 to 10: the old system boots, and the undo of
// phases 2 and 6 removes the new generation with all that they made in it.
#include "updater/phases/table.hpp"

namespace updater {

namespace {

template <typename PhaseClass> auto run_of(PhaseClass &phase) {
    return [&phase](PhaseRun &run) { return phase.run(run); };
}

template <typename PhaseClass> auto undo_of(PhaseClass &phase) {
    return [&phase](PhaseRun &run) { phase.undo(run); };
}

} // namespace

PhaseTable make_phase_table(Phases &all) {
    using enum OnReturn;
    return {
        // clang-format off
        {Phase::download,                run_of(all.download),                nullptr,                              run_again},
        {Phase::install,                 run_of(all.install),                 undo_of(all.install),                 run_again},
        {Phase::stop_services,           run_of(all.stop_services),           undo_of(all.stop_services),           roll_back},
        {Phase::prepare_store_migration, run_of(all.prepare_store_migration), undo_of(all.prepare_store_migration), roll_back},
        {Phase::back_up_configuration,   run_of(all.back_up_configuration),   undo_of(all.back_up_configuration),   roll_back},
        {Phase::restart_appliance,       run_of(all.restart_appliance),       undo_of(all.restart_appliance),       go_on_in_new_system},
        {Phase::migrate_store,           run_of(all.migrate_store),           nullptr,                              roll_back},
        {Phase::install_configuration,   run_of(all.install_configuration),   nullptr,                              roll_back},
        {Phase::clean_up,                run_of(all.clean_up),                nullptr,                              roll_back},
        {Phase::start_services,          run_of(all.start_services),          nullptr,                              finish_when_committed},
        // clang-format on
    };
}

} // namespace updater
