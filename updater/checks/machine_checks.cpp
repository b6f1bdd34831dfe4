#include "updater/checks/machine_checks.hpp"

#include "updater/services/own_units.hpp"
#include "updater/text/byte_amount.hpp"

namespace updater::checks {

using partitions::partition_label;

namespace {

Finding boot_loader(partitions::BootSelection &boot, partitions::Slot running) {
    const auto try_slot = boot.pending_try();
    if (try_slot)
        return {.verdict = Verdict::warn,
                .text = "the next restart tries " + partition_label(*try_slot) + " once; " +
                        partition_label(running) + " runs",
                .advice = "See which job is under way: update-control -s"};
    if (boot.default_slot() != running)
        return {.verdict = Verdict::warn,
                .text = partition_label(running) + " runs, but the boot loader starts " +
                        partition_label(boot.default_slot()) + " by default",
                .advice = "See whether a new system is on trial: update-control -s"};
    return {.verdict = Verdict::pass, .text = "starts " + partition_label(running) + ", which runs"};
}

Finding previous_system(partitions::BootSelection &boot, const partitions::Generations &generations,
                        partitions::Slot rescue,
                        const std::function<std::uint64_t(const std::filesystem::path &)> &own_bytes) {
    const std::string label = partition_label(rescue);
    const auto generation = generations.assigned(rescue);
    if (!generation || !boot.bootable(rescue))
        return {.verdict = Verdict::pass, .text = label + " holds no system that could be started"};
    if (generation == generations.assigned(partitions::other(rescue)))
        return {.verdict = Verdict::pass,
                .text = label + " holds a copy of the running system; an installation replaces it"};
    const std::string version = partitions::Generations::version_of(*generation);
    return {.verdict = Verdict::notice,
            .text = label + " holds version " + version + " to go back to; an installation replaces it",
            .advice = *generation == generations.assigned(partitions::other(rescue))
                          ? ""
                          : "To free what only it uses, " +
                                text::bytes_text(own_bytes(generations.path_of(*generation))) +
                                ", with no rollback to it afterwards: update-control --drop-previous"};
}

Finding failed_units(services::ServiceManager &services) {
    auto failed = services.failed_units();
    std::erase_if(failed, services::is_own_unit);
    if (failed.empty())
        return {.verdict = Verdict::pass, .text = "none"};
    std::string names;
    for (const std::string &unit : failed)
        names += (names.empty() ? "" : " ") + unit;
    return {.verdict = Verdict::warn,
            .text = "failed before the upgrade, which is not held against the new version: " + names,
            .advice = "See why: systemctl status " + names};
}

} // namespace

void check_boot_loader(partitions::BootSelection &boot, partitions::Slot running, Findings &findings) {
    findings.judge(
        "boot loader", [&] { return boot_loader(boot, running); }, Verdict::warn);
}

void check_previous_system(partitions::BootSelection &boot, const partitions::Generations &generations,
                           partitions::Slot rescue,
                           const std::function<std::uint64_t(const std::filesystem::path &)> &own_bytes,
                           Findings &findings) {
    findings.judge(
        "rescue partition", [&] { return previous_system(boot, generations, rescue, own_bytes); },
        Verdict::warn);
}

void check_failed_units(services::ServiceManager &services, Findings &findings) {
    findings.judge(
        "failed units", [&] { return failed_units(services); }, Verdict::warn);
}

} // namespace updater::checks
