#!/usr/bin/python3
"""Runs one scenario in its own namespaces: run_scenario.py NAME. Ends with 0 only if all checks held."""
import sys
import traceback
from contextlib import nullcontext

from harness import saved_appliance
from harness.checks import ChecksFailed
from harness.stage import Stage
from virtual_lab import isolation
from scenarios import FIRST, SCENARIOS


def run(name: str) -> int:
    try:
        with nullcontext() if name == FIRST else saved_appliance.in_use() as saved, Stage(name, saved) as stage:
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
