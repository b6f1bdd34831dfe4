// Phase 2, install the new OS.
#include "updater/phases/02_install.hpp"

#include "partitions/durable.hpp"
#include "partitions/layout.hpp"
#include "partitions/tree_copy.hpp"
#include "updater/checks/image_description.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/phases/percent.hpp"
#include "updater/refusal.hpp"
#include "updater/services/spare_generations.hpp"
#include "updater/text/byte_amount.hpp"

#include <string>

namespace updater::phases {

namespace {

constexpr int planned_percent = 10;
constexpr int read_back_percent = 80;
constexpr int generation_made_percent = 85;
constexpr int configuration_rehearsed_percent = 88;
constexpr int stores_rehearsed_percent = 99;

std::string summary(const install::InstallResult &result) {
    std::string text =
        "the image is installed and was read back: fetched " + text::bytes_text(result.fetched_bytes) +
        ", written " + text::bytes_text(result.written_bytes) + ", zeroed by the device " +
        text::bytes_text(result.zeroed_bytes) + ", read back " + text::bytes_text(result.read_back_bytes);
    if (result.fallback_chunks > 0)
        text +=
            "; " + std::to_string(result.fallback_chunks) + " chunks were made in another way than planned";
    return text;
}

} // namespace

InstallPhase::InstallPhase(partitions::Storage &storage, partitions::BootSelection &boot,
                           partitions::SystemRoots &roots, partitions::Generations &generations,
                           ImageInstallation &installation, install::ImageHeads &heads,
                           const Rehearsals &rehearsals)
    : storage_(storage), boot_(boot), roots_(roots), generations_(generations), installation_(installation),
      heads_(heads), rehearsals_(rehearsals) {}

job::PhaseEnd InstallPhase::run(job::PhaseRun &run) {
    const auto manifest = install_image(run);
    const auto new_root = roots_.of_slot(run.facts.new_slot);
    check_image(manifest, new_root.path());
    make_generation(new_root.path(), run);
    rehearse(new_root.path(), run);
    return job::PhaseEnd::done;
}

firmware::Manifest InstallPhase::install_image(job::PhaseRun &run) {
    run.progress(0, "reading the head of the firmware again");
    auto firmware = installation_.open(run);
    installation_.require_noted(firmware, run.facts);
    const auto head = install::bytes_of_head(*firmware.source, firmware.head, run.stop);
    const auto engine = installation_.engine(firmware, run);
    const auto plan = engine->plan(ImageInstallation::progress(run, 0, planned_percent), run.stop);
    run.log(job::Severity::info,
            "installing to " + partitions::partition_label(run.facts.new_slot) + ": " + plan.text);

    give_up_rescue_partition(run);
    const auto result = engine->run(
        ImageInstallation::progress(run, planned_percent, read_back_percent),
        [&](std::string_view line) { run.log(job::Severity::warning, line); }, run.stop);
    run.log(job::Severity::info, summary(result));
    // Now the partition holds all that was signed, and can be compared with it at any time.
    heads_.keep(run.facts.new_slot, head);
    return firmware.head.manifest;
}

void InstallPhase::check_image(const firmware::Manifest &manifest,
                               const std::filesystem::path &new_root) const {
    const auto file = new_root / partitions::appliance_file.relative_path();
    if (storage_.kind(file) != partitions::FileKind::file)
        throw Refused("the image of version " + manifest.version.text() + " has no " +
                          partitions::appliance_file.string(),
                      "Ask the vendor for a firmware whose image is complete.",
                      messages::Code::image_incomplete);
    try {
        checks::check_description(
            manifest, configuration::parse_appliance(
                          partitions::read_whole_file(storage_, file, configuration::max_appliance_bytes),
                          partitions::appliance_file.string()));
    } catch (const configuration::ConfigurationError &error) {
        throw Refused("the image of version " + manifest.version.text() + ": " + error.what(),
                      "Ask the vendor for a firmware whose image is right.",
                      messages::Code::image_incomplete);
    }
}

void InstallPhase::give_up_rescue_partition(job::PhaseRun &run) {
    // Before the first byte changes, the boot loader must know that nothing there can be started.
    boot_.mark_unbootable(run.facts.new_slot);
    heads_.forget(run.facts.new_slot);
    retire_all_but_the_running(run);
}

void InstallPhase::retire_all_but_the_running(job::PhaseRun &run) {
    // A rescue copy shares the generation of the running system, which stays.
    generations_.unassign(run.facts.new_slot);
    const auto spare = services::remove_spare_generations(storage_, generations_, run.facts.old_generation);
    for (const auto &line : spare.with_mail)
        run.log(job::Severity::error, line);
    for (const auto &generation : spare.removed)
        run.log(job::Severity::info, "removed generation " + generation + " and everything in it");
    for (const auto &line : spare.left)
        run.log(job::Severity::warning, line);
}

void InstallPhase::make_generation(const std::filesystem::path &new_root, job::PhaseRun &run) {
    run.progress(read_back_percent, "preparing /var of the new system");
    run.facts.new_generation = generations_.create(run.facts.to_version);
    run.save_facts();
    const auto generation = generations_.at(run.facts.new_generation);
    partitions::copy_tree(storage_, new_root / "var", generation.var());
    for (const auto &folder : {generation.etc(), generation.source(), generation.pin()})
        partitions::make_directories(storage_, folder);
    run.log(job::Severity::info, "made generation " + run.facts.new_generation);
}

void InstallPhase::rehearse(const std::filesystem::path &new_root, job::PhaseRun &run) {
    rehearsals_.before_them(run);
    const auto rehearsal = generations_.at(run.facts.new_generation).rehearsal();
    partitions::remove_tree(storage_, rehearsal);
    // The configuration first: it takes only seconds.
    rehearsals_.configuration.run(new_root, run, {generation_made_percent, configuration_rehearsed_percent});
    rehearsals_.store.run(new_root, run, {configuration_rehearsed_percent, stores_rehearsed_percent});
    partitions::remove_tree(storage_, rehearsal);
}

void InstallPhase::undo(job::PhaseRun &run) {
    // Still bootable: the phase has not touched the partition, and the generation there is of the system in
    // it.
    if (boot_.bootable(run.facts.new_slot))
        return;
    retire_all_but_the_running(run);
}

} // namespace updater::phases
