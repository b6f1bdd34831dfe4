// The ten phases in one place, in order, with the hook points and steps in them and what undoes each.
#pragma once

#include "updater/job/phase_table.hpp"
#include "updater/phases/01_download.hpp"
#include "updater/phases/02_install.hpp"
#include "updater/phases/03_stop_services.hpp"
#include "updater/phases/04_prepare_store_migration.hpp"
#include "updater/phases/05_back_up_configuration.hpp"
#include "updater/phases/06_restart_appliance.hpp"
#include "updater/phases/07_migrate_store.hpp"
#include "updater/phases/08_install_configuration.hpp"
#include "updater/phases/09_clean_up.hpp"
#include "updater/phases/10_start_services.hpp"
#include "updater/phases/content_steps.hpp"
#include "updater/phases/hook_point.hpp"

namespace updater::phases {

/// The phases themselves; the table refers to them, so they must outlive it.
struct Phases {
    DownloadPhase download;
    InstallPhase install;
    StopServicesPhase stop_services;
    PrepareStoreMigrationPhase prepare_store_migration;
    BackUpConfigurationPhase back_up_configuration;
    RestartAppliancePhase restart_appliance;
    MigrateStorePhase migrate_store;
    InstallConfigurationPhase install_configuration;
    CleanUpPhase clean_up;
    StartServicesPhase start_services;
    // These are parts of a phase: the table says of which.
    HoldContent hold_content; ///< also before the rehearsals of phase 2
    BeforeStop before_stop;
    AfterCommit after_commit;
    NoteContent note_content;
    VerifyContent verify_content;
};

job::PhaseTable make_phase_table(Phases &phases);

} // namespace updater::phases
