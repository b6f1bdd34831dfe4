"""Runs scenarios, several in parallel, each in its own namespaces. Does not know what they do."""
import queue
import subprocess
import sys
import threading
import time

from virtual_lab import isolation, places
from virtual_lab.timetable import Timetable

from .report import Report

SCENARIO_SECONDS = 3 * 3600


class Scheduler:
    def __init__(self, report: Report, times: Timetable):
        self._report, self._times = report, times
        self._running: set[subprocess.Popen] = set()

    def run(self, names: list[str], at_a_time: int) -> None:
        waiting = queue.SimpleQueue()
        for name in names:
            waiting.put(name)
        workers = [threading.Thread(target=self._work, args=(waiting,), daemon=True) for _ in range(at_a_time)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def close(self) -> None:
        """Kills the running scenarios, with everything in their namespaces."""
        for process in list(self._running):
            process.kill()

    def _work(self, waiting: queue.SimpleQueue) -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            with self._times.part(f"scenario {name}"):
                self._run_one(name)

    def _run_one(self, name: str) -> None:
        begin = time.monotonic()
        program = places.CHECKOUT / "tests" / "e2e" / "run_scenario.py"
        process = subprocess.Popen(isolation.isolated_command([sys.executable, str(program), name]), text=True,
                                   errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        self._running.add(process)
        limit = threading.Timer(SCENARIO_SECONDS, process.kill)
        limit.start()
        lines = []
        for line in process.stdout:
            lines.append(line)
            self._report.say("  " + line.rstrip())
        status = process.wait()
        limit.cancel()
        self._running.discard(process)
        details = f"status {status}; its logs are in {places.RESULTS / name}\n" + "".join(
            line for line in lines if "DOES NOT HOLD" in line or "Error" in line)[-4000:]
        self._report.count(name, int(status == 0), int(status != 0), time.monotonic() - begin, details)
