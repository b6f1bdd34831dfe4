"""Writes down when each step begins, and where. At the wanted one it waits to be killed, or until it may go on: what the step
does was not begun."""
import os
import time
from pathlib import Path

from ansible.plugins.callback import CallbackBase

MAX_WAIT_SECONDS, TOO_LONG = 600, 70


class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, "aggregate", "stop_at", True

    def __init__(self):
        super().__init__()
        self._steps, self._stop_at = Path(os.environ["CLUSTER_LAB_STEPS"]), os.environ["CLUSTER_LAB_STOP_AT"]
        self._goes_on = Path(os.environ["CLUSTER_LAB_GOES_ON"])

    def v2_playbook_on_task_start(self, task, is_conditional):
        if _name_of(task) == self._stop_at:
            self._steps.with_suffix(".stopped").touch()
            end = time.monotonic() + MAX_WAIT_SECONDS
            while not self._goes_on.exists():
                if time.monotonic() > end:
                    os._exit(TOO_LONG)  # whoever was to end it or let it go on is no more
                time.sleep(0.01)

    def v2_runner_on_start(self, host, task):
        with open(self._steps, "a") as steps:
            steps.write(f"{time.monotonic():.2f}\t{host.get_name()}\t{_name_of(task)}\n")


def _name_of(task) -> str:
    return task.get_name().split(" : ")[-1]
