"""The scenarios by name. A scenario is a function that gets a Stage and leaves its findings in stage.checks."""
from . import bad_bundles, finding, interruptions, killed, refusals, rollback, upgrade

SCENARIOS = {
    "upgrade": upgrade.succeeds,
    "conversion-fails": rollback.conversion_fails,
    "kernel-panic": rollback.kernel_panic,
    "hang": rollback.hang,
    "health-gate-fails": rollback.health_gate_fails,
    "bad-bundles": bad_bundles.all_refused,
    "refusals": refusals.checks_refuse,
    "finding": finding.announced_and_fetched,
    "cancel": refusals.cancelled_in_phase_2,
    "interruptions": interruptions.in_phase_2,
    **{f"killed-in-phase-{number}": killed.in_phase(number) for number in range(1, 11)},
}
# What a run without arguments contains: the longest first, so that two at a time end together.
DEFAULT = ["upgrade", "killed-in-phase-2", "conversion-fails", "finding", "bad-bundles"]
# The scenarios that install another firmware than the good one; image/build-variant makes it.
NEEDS_VARIANT = {"conversion-fails": "conversion-fails", "kernel-panic": "panic", "hang": "hang",
                 "health-gate-fails": "health-fails"}
