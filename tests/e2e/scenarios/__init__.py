"""The scenarios by name. A scenario is a function that gets a Stage and records its checks in stage.checks."""
from . import bad_bundles, cluster, drained, finding, first_start, fleet, interruptions, killed, other_disks, own_settings, \
    predictions, refusals, rescue_partition, restarted_on_trial, rollback, steps, upgrade, ways_back

# Starts from power on, and saves the appliance that the others resume.
FIRST = "first-start"
SCENARIOS = {
    FIRST: first_start.is_saved,
    "upgrade": upgrade.succeeds,
    "forth-and-back": steps.forth_and_back,
    "skip-a-release": steps.skip_a_release,
    "own-settings": own_settings.stay_in_force,
    "conversion-fails": rollback.conversion_fails,
    "kernel-panic": rollback.kernel_panic,
    "kernel-hangs": rollback.kernel_hangs,
    "hang": rollback.hang,
    "health-gate-fails": rollback.health_gate_fails,
    "restarted-on-trial": restarted_on_trial.causes_are_told_apart,
    "bad-bundles": bad_bundles.all_refused,
    "other-disks": other_disks.own_disk_is_found,
    "rescue-partition": rescue_partition.protects,
    "rescue-partition-emulated": rescue_partition.is_started_by_the_boot_loader,
    "ways-back": ways_back.all_work,
    "cluster": cluster.upgraded_while_mail_flows,
    "cluster-emulated": cluster.emulated_node_is_upgraded,
    "fleet": fleet.rolled_out_in_groups,
    "refusals": refusals.checks_refuse,
    "finding": finding.announced_and_fetched,
    "drained": drained.survives_as_ordered,
    "predictions": predictions.compared,
    "cancel": refusals.cancelled_in_phase_2,
    "interruptions": interruptions.in_phase_2,
    **{f"killed-in-phase-{number}": killed.in_phase(number) for number in range(1, 11)},
}
# The scenarios whose appliance is a node, many times faster than an emulated machine. Not those that show a kernel, the real
# boot loader, DHCP, or what a power failure leaves of writes that were not synced.
ON_A_NODE = {"finding", "forth-and-back", "skip-a-release", "conversion-fails", "health-gate-fails", "bad-bundles", "refusals",
             "cancel", "drained", "predictions", "ways-back", "rescue-partition", "killed-in-phase-7", "restarted-on-trial"}
ON_A_CLUSTER = {"cluster"}
ON_AN_EMULATED_CLUSTER = {"cluster-emulated"}
IN_A_FLEET = {"fleet"}
# The scenarios of a run without arguments: the longest first, so that two in parallel end at about the same time. Together
# half an hour: the whole run must end within an hour.
DEFAULT = [FIRST, "upgrade", "finding", "cluster", "killed-in-phase-7", "ways-back", "drained", "conversion-fails", "bad-bundles",
           "refusals"]
# The scenarios that install a variant of the firmware, which image/build-variant makes.
NEEDS_VARIANT = {"forth-and-back": "point-release", "skip-a-release": "point-release", "conversion-fails": "conversion-fails",
                 "kernel-panic": "panic", "kernel-hangs": "kernel-hangs", "hang": "hang", "health-gate-fails": "health-fails",
                 "ways-back": "rehearsal-fails", "restarted-on-trial": "deadline"}
# The programs below tests/ that fetch beforehand what a scenario needs: it has no network but its own.
NEEDS_FETCHED = {"fleet": "fleet/goosebit.py"}
