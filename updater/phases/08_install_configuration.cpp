// Phase 8, install the new configuration.
#include "updater/phases/08_install_configuration.hpp"

namespace updater::phases {

InstallConfigurationPhase::InstallConfigurationPhase(partitions::SystemRoots &roots,
                                                     partitions::Generations &generations)
    : roots_(roots), generations_(generations) {}

job::PhaseEnd InstallConfigurationPhase::run(job::PhaseRun &run) {
    const auto expected = generations_.at(run.facts.new_generation).etc_upper();
    // The initramfs mounted it below another root, so the kernel's name of the place begins with a folder of
    // the initramfs.
    const auto found = roots_.configuration_upper();
    if (!found.string().ends_with(expected.string()))
        throw ConfigurationNotInForce(
            "/etc of the new system is not the configuration that was converted for it, " +
            expected.string() +
            (found.empty() ? ": no overlay is mounted on it"
                           : ": what is written to it goes to " + found.string()));
    run.log(job::Severity::info,
            "the converted configuration has been in force since the restart: " + expected.string());
    return job::PhaseEnd::done;
}

} // namespace updater::phases
