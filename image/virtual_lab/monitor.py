"""QEMU's control socket (QMP, docs/interop/qmp-spec in QEMU): one command at a time. Knows no appliance."""
import json
import socket
from pathlib import Path

from .waiting import PATIENCE, wait_until

_ANSWER_SECONDS = 60 * PATIENCE


class MonitorError(Exception):
    pass


class Monitor:
    """Use in a `with` statement. QEMU accepts one connection at a time. `must_run` raises if QEMU has ended."""

    def __init__(self, path: Path, must_run):
        self._path, self._must_run = path, must_run

    def __enter__(self) -> "Monitor":
        self._socket = wait_until(self._connected, f"QEMU opens its control socket {self._path}", _ANSWER_SECONDS, every=0.1)
        self._lines = self._socket.makefile("rb")
        self._next()  # the greeting
        self.command("qmp_capabilities")
        return self

    def __exit__(self, *_) -> None:
        self._lines.close()
        self._socket.close()

    def command(self, name: str, **arguments):
        """The returned value. Events that arrive before the answer are ignored."""
        self._socket.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = self._next()
            if "error" in answer:
                raise MonitorError(f"QEMU refuses {name}: {answer['error'].get('desc', answer['error'])}")
            if "return" in answer:
                return answer["return"]

    def _next(self) -> dict:
        line = self._lines.readline()
        if not line:
            raise MonitorError("QEMU closed its control socket")
        return json.loads(line)

    def _connected(self) -> socket.socket | None:
        self._must_run()
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_ANSWER_SECONDS)
        try:
            connection.connect(str(self._path))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            return None
        return connection
