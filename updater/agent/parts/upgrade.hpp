// The ten phases and what only they use.
#pragma once

#include "updater/agent/parts/checks.hpp"
#include "updater/agent/parts/firmware.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/agent/parts/snapshots.hpp"
#include "updater/health/health_gate.hpp"
#include "updater/phases/table.hpp"

namespace updater::agent::parts {

struct Upgrade {
    /// All references outlive this object.
    Upgrade(Machine &machine, Firmware &firmware, Checks &checks, Snapshots &snapshots);
    Upgrade(const Upgrade &) = delete;
    Upgrade &operator=(const Upgrade &) = delete;

    install::ImageHeads heads;
    phases::Conversions conversions;
    phases::ConfigurationChecks configuration_checks;
    phases::ConfigurationRehearsal configuration_rehearsal;
    phases::StoreRehearsal store_rehearsal;
    health::HealthGate health;
    phases::TrialMarks marks;
    phases::TrialMail mail;
    phases::ServiceStart service_start;
    phases::TrialSettings trial_settings;
    phases::OldSystem old_system;
    phases::Finishing finishing;
    content::ContentPrograms content_programs;
    phases::ContentParts content;
    phases::Phases phases;
};

} // namespace updater::agent::parts
