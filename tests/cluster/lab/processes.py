"""Ports, processes, and waiting for a condition."""
import os
import signal
import socket
import time
from pathlib import Path

PATIENCE_SECONDS = 60
_given: set[int] = set()


def free_port() -> int:
    """Never the same twice."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def wait_for(what: str, condition, seconds: float = PATIENCE_SECONDS):
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not seen: {what}")
        time.sleep(0.05)
    return found


def descendants(process: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, todo = [], [process]
    while todo:
        for child in children.get(todo.pop(), []):
            found.append(child)
            todo.append(child)
    return found


def kill_tree(process: int) -> None:
    """A process with all that it has started, at once."""
    for each in [process, *descendants(process)]:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            pass
