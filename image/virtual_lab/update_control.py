"""`update-control` as an administrator uses it over SSH: its exit codes and its JSON documents. Judges neither."""
import json
import subprocess
import time
from pathlib import Path

from .reachable import Reachable
from .waiting import TookTooLong, wait_until

DONE, FAILED, USAGE, REFUSED, BUSY, CANCELLED, RESTARTING, NOT_REACHABLE, ROLLED_BACK, WARNED, UNFINISHED, \
    MAIL_STOPPED, DIFFERS = range(13)
CONNECTION_LOST = 255


class UpdateControl:
    def __init__(self, machine: Reachable, folder: Path):
        self._machine, self._folder = machine, folder
        self._calls = 0

    def state(self) -> dict:
        answer = self._machine.shell.run("update-control -s --json")
        if answer.status not in (DONE, MAIL_STOPPED):
            raise AssertionError(f"update-control -s ended with {answer.status}: {answer.output}")
        return json.loads(answer.output)

    def state_or_none(self) -> dict | None:
        """None while the machine is down or its bus is not up yet."""
        answer = self._machine.shell.run("update-control -s --json", timeout=90)
        return json.loads(answer.output) if answer.status in (DONE, MAIL_STOPPED) and answer.output.strip() else None

    def firmware(self) -> dict:
        return json.loads(self._machine.shell.must("update-control -l --json"))

    def start_install(self, source: str = "") -> "Call":
        return self.start(f"update-control -i fw {source}".strip(), "install")

    def start(self, command: str, name: str) -> "Call":
        self._calls += 1
        log = self._folder / f"call-{self._calls}-{name}.log"
        return Call(self._machine.start_command(command, log), log)

    def run(self, command: str, seconds: float) -> "Call":
        """Runs it over its own connection and waits for its end."""
        call = self.start(command, "run")
        call.wait(seconds)
        return call

    def follow_to_the_end(self, seconds: float) -> "Call":
        """Runs `update-control -f`, again whenever the connection is lost, the appliance restarts, or the agent cannot be
        reached because the machine shuts down or boots. The manual tells administrators to do the same."""
        end = time.monotonic() + seconds
        while True:
            self._machine.shell.wait_until_reachable(max(1, end - time.monotonic()))
            call = self.start("update-control -f", "follow")
            call.wait(max(1, end - time.monotonic()))
            if call.status not in (RESTARTING, CONNECTION_LOST, NOT_REACHABLE) or time.monotonic() > end:
                return call
            time.sleep(2)


class Call:
    """A running or ended call of update-control."""

    def __init__(self, process: subprocess.Popen, log: Path):
        self._process, self._log = process, log

    @property
    def status(self) -> int | None:
        return self._process.poll()

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def bytes(self) -> bytes:
        """The raw output, including bytes that are not text."""
        return self._log.read_bytes()

    def wait(self, seconds: float) -> int:
        try:
            return self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise TookTooLong(f"the call did not end within {seconds:.0f} s; its output so far:\n{self.output[-1500:]}")

    def wait_for_phase(self, updates: UpdateControl, number: int, seconds: float) -> None:
        """Until the job is in that phase or a later one; the end of the call is an error here."""
        def reached():
            state = updates.state()
            if self.status is not None and state["state"] == "idle":
                raise RuntimeError(f"ended with {self.status} before phase {number}:\n{self.output[-1500:]}")
            return state["state"] != "idle" and (state.get("phase") or 0) >= number
        wait_until(reached, f"update-control -s shows phase {number}", seconds, every=1)
