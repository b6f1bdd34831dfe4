// What runs and what undoes each phase; the rules of each are in updater/job/phase.hpp. Phase 1 has no undo:
// it writes only to the folder of downloads, and what was verified there is kept for the next job. Phases 7
// to 9 have none because the undo of phases 2 and 6 removes the new generation, with all that they made in
// it. The undo of phase 10 comes first and saves the mail that was written on trial.
//
// A hook point belongs to a phase: before-stop is the first thing of phase 3 and is undone last, when mail
// flows again; after-commit is the last thing of phase 10, behind the commit, so nothing undoes it. Content
// updates are held back from phase 2 on until the content was compared after the commit, also when phase 10
// is not finished; the end of the job, however it ends, lets them run again.
#include "updater/phases/table.hpp"

namespace updater::phases {

namespace {

template <typename PhaseClass> auto run_of(PhaseClass &phase) {
    return [&phase](job::PhaseRun &run) { return phase.run(run); };
}

/// One after the other; the last one says how the phase ended.
template <typename First, typename... Others> auto run_of(First &first, Others &...others) {
    return [&first, rest = run_of(others...)](job::PhaseRun &run) {
        first.run(run);
        return rest(run);
    };
}

template <typename PhaseClass> auto undo_of(PhaseClass &phase) {
    return [&phase](job::PhaseRun &run) { phase.undo(run); };
}

/// What is not finished after the commit is tried again, perhaps without end; updates of content do not wait
/// for that.
auto run_of_last_phase(Phases &all) {
    return [&all](job::PhaseRun &run) {
        try {
            all.start_services.run(run);
        } catch (const NotFinished &) {
            all.verify_content.run(run);
            throw;
        }
        all.verify_content.run(run);
        return all.after_commit.run(run);
    };
}

/// The second also when the first fails.
template <typename First> auto undo_of(First &first, BeforeStop &second) {
    return [&first, &second](job::PhaseRun &run) {
        try {
            first.undo(run);
        } catch (...) {
            second.undo(run);
            throw;
        }
        second.undo(run);
    };
}

} // namespace

job::PhaseTable make_phase_table(Phases &all) {
    job::PhaseTable table{
        // clang-format off
        {job::Phase::download,                run_of(all.download),                nullptr},
        {job::Phase::install,                 run_of(all.install),                 undo_of(all.install)},
        {job::Phase::stop_services,           run_of(all.hold_content, all.before_stop, all.stop_services), undo_of(all.stop_services, all.before_stop)},
        {job::Phase::prepare_store_migration, run_of(all.prepare_store_migration), undo_of(all.prepare_store_migration)},
        {job::Phase::back_up_configuration,   run_of(all.back_up_configuration),   undo_of(all.back_up_configuration)},
        {job::Phase::restart_appliance,       run_of(all.restart_appliance),       undo_of(all.restart_appliance)},
        {job::Phase::migrate_store,           run_of(all.migrate_store),           nullptr},
        {job::Phase::install_configuration,   run_of(all.install_configuration, all.note_content), nullptr},
        {job::Phase::clean_up,                run_of(all.clean_up),                nullptr},
        {job::Phase::start_services,          run_of_last_phase(all),              undo_of(all.start_services)},
        // clang-format on
    };
    for (job::PhaseRow &row : table)
        row.on_return = job::rules_of(row.phase).on_return;
    return table;
}

} // namespace updater::phases
