"""Long commands with their output in a log and a sign of life on the screen."""
import subprocess
import threading
import time
from pathlib import Path

from .report import Report

SIGN_OF_LIFE_SECONDS = 30


class Step:
    """One command, from now on; several may run at once."""

    def __init__(self, report: Report, what: str, argv: list, log: Path):
        self.what, self.log, self._report = what, log, report
        log.parent.mkdir(parents=True, exist_ok=True)
        self._began = time.monotonic()
        report.say(f"{what} (log: {log})")
        with open(log, "wb") as output:
            self._process = subprocess.Popen([str(part) for part in argv], stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=subprocess.STDOUT)
        threading.Thread(target=self._give_signs_of_life, daemon=True).start()

    def wait(self) -> bool:
        """Until its end: did it succeed?"""
        return self._process.wait() == 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    def _give_signs_of_life(self) -> None:
        while True:
            time.sleep(SIGN_OF_LIFE_SECONDS)
            if self._process.poll() is not None:
                return
            lines = self.end_of_log().strip().splitlines()
            self._report.say(f"  … {self.what}: {self.seconds:.0f} s so far{': ' + lines[-1][-100:] if lines else ''}")
