"""Runs one command and measures it with all processes that it starts: wall time, processor time, memory."""

import os
import re
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from lib.machine import CannotRun, last_words


@dataclass
class Sample:
    """One run of one contestant. Seconds and bytes; None if it does not apply."""
    seconds: float
    cpu_seconds: float
    memory_bytes: int
    written_bytes: int = 0
    zeroed_bytes: int = 0
    discarded_bytes: int = 0
    fetched_bytes: int | None = None
    requests: int | None = None

    def as_dictionary(self):
        return asdict(self)


def control_group_root():
    """The control group hierarchy that accounts processor time: (folder, whether it is version 1), or None."""
    found = None
    for line in Path("/proc/mounts").read_text().splitlines():
        _, folder, kind, options = line.split()[:4]
        if kind == "cgroup" and "cpuacct" in options.split(","):
            return Path(folder), True
        if kind == "cgroup2":
            found = Path(folder), False
    return found


class Meter:
    """Measures in its own control group, so that a process that leaves its parent is counted too. The peak memory is that
    of the largest process: from wait4 through GNU time (a small program, because a child begins with the memory peak of
    the process that forked it), for services from the kernel's VmHWM."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._services = []
        root = control_group_root()
        if root is None:
            raise CannotRun("no control groups are mounted here")
        self._is_version_1 = root[1]
        self._group = root[0] / f"update-control-bench-{os.getpid()}"

    def __enter__(self):
        self._group.mkdir(exist_ok=True)
        return self

    def __exit__(self, *_error):
        for service in self._services:
            service.terminate()
            try:
                service.wait(timeout=10)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()
        self._services.clear()
        self._end_stragglers()
        self._group.rmdir()

    def _members(self):
        return [int(number) for number in (self._group / "cgroup.procs").read_text().split()]

    def _end_stragglers(self):
        for signal_number in (15, 9):
            for number in self._members():
                try:
                    os.kill(number, signal_number)
                except ProcessLookupError:
                    pass
            deadline = time.monotonic() + 5
            while self._members() and time.monotonic() < deadline:
                time.sleep(0.02)

    def _cpu_seconds(self):
        if self._is_version_1:
            return int((self._group / "cpuacct.usage").read_text()) / 1e9
        found = re.search(r"usage_usec (\d+)", (self._group / "cpu.stat").read_text())
        return int(found[1]) / 1e6

    def _inside(self, command):
        return ["bash", "-c", f'echo $$ >{self._group}/cgroup.procs && exec "$@"', "bash", *map(str, command)]

    def start_service(self, command, environment=None):
        """Starts a process that the measured command needs; it is measured too, and ends with this meter."""
        with open(self._folder / "service.log", "ab") as log:
            service = subprocess.Popen(self._inside(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       env={**os.environ, **(environment or {})})
        self._services.append(service)
        return service

    def _service_memory_bytes(self):
        peak = 0
        for number in self._members():
            try:
                found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue
            peak = max(peak, int(found[1]) * 1024 if found else 0)
        return peak

    def run(self, command, finish=None, environment=None):
        """Runs a command to its end; returns (Sample, standard output). The time includes `finish`. Raises CannotRun if the
        command fails."""
        memory_file = self._folder / "memory"
        before = self._cpu_seconds()
        begun = time.monotonic()
        done = subprocess.run(self._inside(["/usr/bin/time", "-q", "-f", "%M", "-o", memory_file, "--", *command]),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, **(environment or {})}, cwd=self._folder, check=False)
        if finish:
            finish()
        seconds = time.monotonic() - begun
        output = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            words = last_words(done.stderr.decode(errors="replace") or output)
            raise CannotRun(f"it failed ({done.returncode}): {words}")
        memory_bytes = max(int(memory_file.read_text().split()[-1]) * 1024, self._service_memory_bytes())
        return Sample(seconds, self._cpu_seconds() - before, memory_bytes), output
