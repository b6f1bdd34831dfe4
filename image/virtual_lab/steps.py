"""Long commands: their output goes to a log, and lines on the screen show that they still run."""
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable

SIGN_OF_LIFE_SECONDS = 30


class Step:
    """Starts one command; several may run at once. `say` shows a line on the screen."""

    def __init__(self, say: Callable[[str], None], what: str, argv: list, log: Path):
        self.what, self.log, self._say = what, log, say
        log.parent.mkdir(parents=True, exist_ok=True)
        self.began, self._began = time.time(), time.monotonic()
        say(f"{what} (log: {log})")
        with open(log, "wb") as output:
            self._process = subprocess.Popen([str(part) for part in argv], stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=subprocess.STDOUT)
        self._end, self._ended = None, threading.Event()
        threading.Thread(target=self._await_end, daemon=True).start()

    def wait(self) -> bool:
        """Waits for its end; whether it succeeded."""
        self._ended.wait()
        return self._process.returncode == 0

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self._end or time.monotonic()) - self._began

    def end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._ended.wait()

    def _await_end(self) -> None:
        """Shows now and then that it still runs."""
        while True:
            try:
                self._process.wait(SIGN_OF_LIFE_SECONDS)
                self._end = time.monotonic()
                self._ended.set()
                return
            except subprocess.TimeoutExpired:
                lines = self.end_of_log().strip().splitlines()
                self._say(f"  … {self.what}: {self.seconds:.0f} s so far{': ' + lines[-1][-100:] if lines else ''}")
