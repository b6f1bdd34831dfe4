#!/usr/bin/python3
"""Runs one scenario in its own namespaces: run_scenario.py NAME. Ends with 0 only if all checks held."""
import subprocess
import sys
import traceback
from contextlib import contextmanager, nullcontext

from harness import saved_appliance
from harness.checks import ChecksFailed
from harness.cluster_stage import ClusterStage, EmulatedClusterStage
from harness.fleet_stage import FleetStage
from harness.node_stage import NodeStage
from harness.stage import Stage
from virtual_lab import isolation, places
from scenarios import FIRST, IN_A_FLEET, NEEDS_FETCHED, ON_A_CLUSTER, ON_A_NODE, ON_AN_EMULATED_CLUSTER, SCENARIOS


@contextmanager
def _stage_of(name: str):
    """A cluster, a fleet, a node, an appliance from power on, or the saved one, alone or behind a balancer."""
    for names, kind in ((ON_A_CLUSTER, ClusterStage), (IN_A_FLEET, FleetStage), (ON_A_NODE, NodeStage)):
        if name in names:
            with kind(name) as stage:
                yield stage
            return
    kind = EmulatedClusterStage if name in ON_AN_EMULATED_CLUSTER else Stage
    with nullcontext() if name == FIRST else saved_appliance.in_use() as saved, kind(name, saved) as stage:
        yield stage


def run(name: str) -> int:
    try:
        with _stage_of(name) as stage:
            try:
                SCENARIOS[name](stage)
            finally:
                for text in stage.checks.failed:
                    stage.tell(f"DOES NOT HOLD: {text}")
            stage.mail.must_run()
            stage.checks.conclude()
            stage.tell(f"all {len(stage.checks.held)} checks held")
    except ChecksFailed:
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in SCENARIOS:
        sys.exit(f"usage: run_scenario.py NAME, with NAME one of: {' '.join(SCENARIOS)}")
    if sys.argv[1] in NEEDS_FETCHED and not isolation.inside():
        subprocess.run([places.CHECKOUT / "tests" / NEEDS_FETCHED[sys.argv[1]]], check=True)
    isolation.enter()
    sys.exit(run(sys.argv[1]))
