"""A node as the scenarios see it. Whoever has other nodes (real appliances in containers) implements Node and gives the
scenarios a function that makes them."""
import json
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Protocol

from .processes import free_port, kill_tree, wait_for

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"
README = HERE.parents[2] / "updater" / "cluster" / "README.md"
# What a site is told to write into its keys is what these scenarios are played with.
WORDS = re.search(r'^ +command="/usr/bin/update-control --forced ([a-z,-]+)",restrict ', README.read_text(), re.MULTILINE)[1]


class Node(Protocol):
    name: str
    address: str  # of SSH
    port: int
    mail_address: str
    mail_port: int
    key: Path  # the private key, restricted to update-control

    def start(self) -> None: ...

    def stop(self) -> None:
        """As a power failure."""

    def state(self) -> dict:
        """The state document, by another way than SSH; empty while the node is down."""

    def order(self, **orders) -> None:
        """What the node has to do from now on: `outcome` of installations (succeeded, rolled-back, failed) with
        its `reason`, `queue` (messages that can't be delivered), `conflict` and `refused` (of checks), `found_in_phase_2` (a
        path in conflict that only the new version finds), `mail_stopped`,
        `test_message_lost`, `role_fails` (give, take), `restart_seconds`, `fetch_bytes`, `cut` (close the connection that begins an installation before its answer), `hang`
        (don't answer over SSH), `busy_once` (when it is to drain)."""

    def stored(self) -> list[str]:
        """The messages that it has accepted, by the names that the sender gave them."""

    def known_host(self) -> str:
        """Its line in known_hosts."""

    def commands(self) -> list[str]:
        """What was asked of it over SSH, in this order, as words behind update-control."""


class FakeNode:
    """A real sshd whose restricted key leads to a stand-in for update-control; tests/cluster/lab/machine.py."""

    def __init__(self, folder: Path, name: str, version: str = "2.8.0.0", role=None):
        self.name, self.address, self.mail_address = name, "127.0.0.1", "127.0.0.1"
        self.port, self.mail_port = free_port(), free_port()
        self._folder, self._process = folder / name, None
        self._folder.mkdir(parents=True)
        self.key = self._folder / "key"
        for file in ("key", "host-key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._folder / file], check=True)
        control = f'{PYTHON} -SE {HERE / "control.py"} {self._folder / "agent"} --forced {WORDS}'
        (self._folder / "authorized_keys").write_text(f'command="{control}",restrict {(self._folder / "key.pub").read_text()}')
        self._write("state", {"version": version, "role": role, "drained": None, "history": []})
        self._write("orders", {})
        (self._folder / "stored").touch()
        (self._folder / "sshd_config").write_text("\n".join((
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {self._folder / 'host-key'}", "PidFile none",
            "UsePAM no", "UseDNS no", "KexAlgorithms curve25519-sha256", "StrictModes no", "PasswordAuthentication no", "PermitRootLogin forced-commands-only",
            # Otherwise bash reads the .bashrc of this machine's root, which can take any time.
            "SetEnv SHLVL=2", f"AuthorizedKeysFile {self._folder / 'authorized_keys'}", "")))

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen([PYTHON, "-SE", HERE / "machine.py", self._folder, str(self.mail_port)],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_for(f"{self.name} answers", lambda: self.state())

    def stop(self) -> None:
        if self._process:
            kill_tree(self._process.pid)  # with sshd and its sessions
            self._process.wait()
            self._process = None

    def state(self) -> dict:
        try:
            with socket.socket(socket.AF_UNIX) as agent, agent.makefile("rw") as lines:
                agent.connect(str(self._folder / "agent"))
                lines.write(json.dumps({"words": ["-s"], "ssh": False}) + "\n")
                lines.flush()
                return json.loads(json.loads(lines.readline())["out"])
        except (OSError, ValueError):
            return {}

    def order(self, **orders) -> None:
        self._write("orders", {**json.loads((self._folder / "orders").read_text()), **orders})

    def stored(self) -> list[str]:
        return (self._folder / "stored").read_text().split()

    def known_host(self) -> str:
        return f"[{self.address}]:{self.port} " + (self._folder / "host-key.pub").read_text().strip()

    def commands(self) -> list[str]:
        file = self._folder / "commands"
        return file.read_text().splitlines() if file.exists() else []

    def tell(self, **state) -> None:
        """Members of its state, with anything in them."""
        self._write("state", {**json.loads((self._folder / "state").read_text()), **state})

    def date(self, days: float) -> None:
        """Makes the jobs in its history so much older."""
        state = json.loads((self._folder / "state").read_text())
        for job in state["history"]:
            job["ended"] = job["started"] = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - days * 86400))
        self._write("state", state)

    def _write(self, name: str, content: dict) -> None:
        part = self._folder / f"{name}.part"
        part.write_text(json.dumps(content))
        part.replace(self._folder / name)


def fake_nodes(folder: Path, names: list[str], **arguments) -> list[FakeNode]:
    shutil.rmtree(folder, ignore_errors=True)
    return [FakeNode(folder, name, **{key: value.get(name) if isinstance(value, dict) else value
                                      for key, value in arguments.items()}) for name in names]
