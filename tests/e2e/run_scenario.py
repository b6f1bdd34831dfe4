#!/usr/bin/python3
"""Runs one scenario in its own namespaces: run_scenario.py NAME. Ends with 0 only if all checks held."""
import sys
import traceback
from contextlib import contextmanager, nullcontext

from harness import saved_appliance
from harness.checks import ChecksFailed
from harness.cluster_stage import ClusterStage
from harness.node_stage import NodeStage
from harness.stage import Stage
from virtual_lab import isolation
from scenarios import FIRST, ON_A_CLUSTER, ON_A_NODE, SCENARIOS


@contextmanager
def _stage_of(name: str):
    """A cluster, a node, an appliance from power on, or the saved one."""
    if name in ON_A_CLUSTER | ON_A_NODE:
        with ClusterStage(name) if name in ON_A_CLUSTER else NodeStage(name) as stage:
            yield stage
        return
    with nullcontext() if name == FIRST else saved_appliance.in_use() as saved, Stage(name, saved) as stage:
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
    isolation.enter()
    sys.exit(run(sys.argv[1]))
