"""Writes down each step as it begins. At the wanted one it waits to be killed: what the step does was not begun."""
import os
import time
from pathlib import Path

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, "aggregate", "stop_at", True

    def __init__(self):
        super().__init__()
        self._steps, self._stop_at = Path(os.environ["CLUSTER_LAB_STEPS"]), int(os.environ["CLUSTER_LAB_STOP_AT"])
        self._count = 0

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._count += 1
        if self._count == self._stop_at:
            self._steps.with_suffix(".stopped").touch()
            time.sleep(600)

    def v2_runner_on_start(self, host, task):
        with open(self._steps, "a") as steps:
            steps.write(f"{time.monotonic():.2f}\t{host.get_name()}\t{task.get_name().split(' : ')[-1]}\n")
