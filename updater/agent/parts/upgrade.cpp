#include "updater/agent/parts/upgrade.hpp"

#include "partitions/space.hpp"
#include "updater/job/pause.hpp"

namespace updater::agent::parts {

Upgrade::Upgrade(Machine &machine, Firmware &firmware, Checks &checks, Snapshots &snapshots)
    : heads(machine.storage, machine.layout.images),
      conversions(machine.programs, machine.layout, machine.appliance.timeouts.conversion),
      configuration_checks(machine.storage, machine.roots, machine.programs, machine.layout),
      configuration_rehearsal(conversions, configuration_checks, machine.storage, machine.roots,
                              machine.generations),
      store_rehearsal(machine.appliance, conversions, machine.storage, machine.roots, machine.generations),
      health(machine.services, machine.programs, machine.network, machine.probe, machine.appliance),
      marks(machine.storage, machine.layout), mail(machine.storage, machine.mounts, machine.generations,
                                                   machine.services, machine.gate, machine.appliance),
      service_start(machine.services, machine.appliance),
      trial_settings(machine.storage, machine.network, machine.services),
      old_system(machine.boot, machine.generations, checks.least_version,
                 {machine.storage, machine.generations, machine.layout.left_generation},
                 machine.appliance.keep_old_generation),
      finishing(machine.generations, marks, mail, service_start, trial_settings, old_system),
      content_programs(machine.storage, machine.programs, machine.layout.content_programs),
      content{machine.content_lock, content_programs, machine.content_record, job::pause_for},
      phases{
          .download = {machine.storage, firmware.installation, firmware.trusted_keys, machine.layout,
                       partitions::space_of,
                       [&checks](const firmware::Manifest &manifest, const job::JobFacts &facts) {
                           return checks.before_phase_1(manifest, facts);
                       },
                       [&snapshots](job::PhaseRun &run) { snapshots.make_before_upgrade(run); }},
          .install = {machine.storage,
                      machine.boot,
                      machine.roots,
                      machine.generations,
                      firmware.installation,
                      heads,
                      {configuration_rehearsal, store_rehearsal,
                       [this](job::PhaseRun &run) { phases.hold_content.run(run); }}},
          .stop_services = {machine.services, machine.gate, machine.programs, machine.probe,
                            machine.appliance},
          .prepare_store_migration = {machine.storage, machine.generations, machine.appliance},
          .back_up_configuration = {machine.storage, machine.roots, machine.generations, conversions,
                                    configuration_checks},
          .restart_appliance = {machine.storage, machine.boot, machine.generations, machine.network},
          .migrate_store = {machine.storage, machine.roots, machine.generations, conversions,
                            machine.appliance},
          .install_configuration = {machine.roots, machine.generations},
          .clean_up = {machine.storage, machine.generations},
          .start_services = {machine.boot, machine.generations, marks, mail, service_start, health,
                             finishing},
          .hold_content = phases::HoldContent(content),
          .before_stop = {machine.storage, machine.programs, machine.layout.before_stop_programs},
          .after_commit = {machine.storage, machine.programs, machine.layout.after_commit_programs},
          .note_content = phases::NoteContent(content),
          .verify_content = phases::VerifyContent(content),
      } {}

} // namespace updater::agent::parts
