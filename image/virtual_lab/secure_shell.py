"""Commands on the appliance over SSH: one persistent connection for the lab's own commands, because a key exchange is
slow under emulation, and separate connections for what an administrator would do."""
import secrets
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .children import Child
from .waiting import PATIENCE, wait_until

_COULD_NOT_CONNECT = 255


@dataclass
class Answer:
    status: int
    output: str
    errors: str

    @property
    def connection_lost(self) -> bool:
        return self.status == _COULD_NOT_CONNECT


class CommandFailed(Exception):
    pass


class SecureShell:
    """Connects to the appliance at one address, and accepts only the host key that it was built with."""

    def __init__(self, folder: Path, key: Path, host_key: Path, address: str):
        self._folder, self._address, self._host_key = folder, address, host_key
        self._socket = Path(f"/tmp/update-control-e2e-{secrets.token_hex(6)}")
        self._options = ["-F", "none", "-i", str(key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                         "-o", "HostKeyAlias=appliance", "-o", f"UserKnownHostsFile={folder}/known_hosts",
                         "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=60",
                         "-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=6", "-o", "LogLevel=ERROR"]
        (folder / "known_hosts").write_text(f"appliance {host_key.read_text()}")
        self._master = None

    def own_connection(self, command: str) -> list[str]:
        """The command line that an administrator would type: its own connection, no terminal."""
        return ["ssh", *self._options, "-o", "ControlPath=none", f"root@{self._address}", command]

    def with_key(self, key: Path, folder: Path) -> "SecureShell":
        """The same appliance with another key."""
        return SecureShell(folder, key, self._host_key, self._address)

    def log_in(self, terminal: bool = True, timeout: float = 60 * PATIENCE) -> str:
        """Logs in and out again; what the user sees."""
        done = subprocess.run(["ssh", "-tt" if terminal else "-T", *self._options, "-o", "ControlPath=none", f"root@{self._address}"],
                              input="exit\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=timeout)
        return done.stdout

    def run(self, command: str, timeout: float = 60 * PATIENCE) -> Answer:
        """Runs it over the persistent connection. A lost connection is an answer, not an error."""
        if not self._connected() and not self._connect():
            return Answer(_COULD_NOT_CONNECT, "", "no connection")
        try:
            done = subprocess.run(["ssh", *self._options, "-o", "ControlMaster=no", "-o", f"ControlPath={self._socket}",
                                   f"root@{self._address}", command], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", timeout=timeout)
        except subprocess.TimeoutExpired:
            self.disconnect()
            return Answer(_COULD_NOT_CONNECT, "", f"no answer within {timeout:.0f} s")
        return Answer(done.returncode, done.stdout, done.stderr)

    def must(self, command: str, timeout: float = 60 * PATIENCE) -> str:
        """Its output; CommandFailed unless it ended with 0."""
        answer = self.run(command, timeout)
        if answer.status != 0:
            raise CommandFailed(f"on the appliance: {command}: status {answer.status}: "
                                f"{(answer.errors or answer.output).strip()[-1500:]}")
        return answer.output

    def wait_until_reachable(self, seconds: float) -> None:
        wait_until(lambda: self.run("true", timeout=90).status == 0, "the appliance answers over SSH", seconds, every=1)

    def disconnect(self) -> None:
        if self._master:
            self._master.kill()
        self._master = None
        self._socket.unlink(missing_ok=True)

    def _connected(self) -> bool:
        return self._master is not None and self._master.running() and self._socket.exists()

    def _connect(self) -> bool:
        self.disconnect()
        self._master = Child(["ssh", *self._options, "-o", "ControlMaster=yes", "-o", f"ControlPath={self._socket}",
                              "-N", f"root@{self._address}"], self._folder / "ssh.log")
        limit = time.monotonic() + 60
        while time.monotonic() < limit and self._master.running():
            if self._socket.exists():
                return True
            time.sleep(0.2)
        self.disconnect()
        return False
