"""A node: an appliance with a disk and a network of its own, in a container instead of an emulated machine. It has the same
operations as Machine and starts in seconds; what only a kernel and a boot loader show (panics, watchdogs, lost writes) needs
Machine. Knows nothing of upgrades."""
import subprocess
import time
from pathlib import Path

from . import children, lan, places
from .children import Child
from .reachable import Reachable
from .secure_shell import SecureShell
from .serial_console import SerialConsole
from .waiting import PATIENCE, wait_until

_POWER_ON = Path(__file__).resolve().parent / "node" / "power-on"
_DATA_PARTITION = 5
_LINK = "eth0"
_NETWORK = f"""[Match]
Name={_LINK}

[Network]
Address={{address}}/24
Gateway={lan.HOST_V4}
DNS={lan.HOST_V4}
"""


class NodeMachine(Reachable):
    """Its disk is a copy of the base disk, with identifiers of its own: several run on one kernel."""

    boot_seconds = 30

    def __init__(self, folder: Path, name: str, address: str, base_disk: Path = places.APPLIANCE_DISK):
        if not base_disk.exists():
            raise RuntimeError(f"there is no appliance to start: {base_disk} (image/build makes it)")
        self.name, self.address, self._folder = name, address, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._disk, self._network = folder / "disk", folder / "network"
        self.serial = SerialConsole(folder)
        self._loop = None
        self._power = None
        self.shell = SecureShell(folder, places.KEYS / "ssh", places.KEYS / "ssh-host.pub", address)
        children.run(["cp", "--reflink=auto", "--sparse=always", base_disk, self._disk], timeout=600)
        children.run(["sgdisk", "--randomize-guids", self._disk])
        self._attach()
        try:
            self._make_its_own()
            self._plug_in()
        except BaseException:
            self.close()
            raise

    def _attach(self) -> None:
        self._loop = children.run(["losetup", "--show", "--find", self._disk]).strip()
        children.run(["partx", "--add", self._loop])

    def _make_its_own(self) -> None:
        """What an administrator sets on each appliance, and what no two file systems on one kernel may share."""
        data, mounted = f"{self._loop}p{_DATA_PARTITION}", self._folder / "data"
        children.run(["xfs_admin", "-U", "generate", data])
        mounted.mkdir(exist_ok=True)
        children.run(["mount", data, mounted])
        try:
            etc = (mounted / "slots" / "system-a").resolve() / "etc" / "upper"
            (etc / "systemd" / "network").mkdir(parents=True, exist_ok=True)
            (etc / "systemd" / "network" / "10-node.network").write_text(_NETWORK.format(address=self.address))
            (etc / "hostname").write_text(self.name + "\n")
        finally:
            children.run(["umount", mounted])

    def _plug_in(self) -> None:
        self._network.touch()
        children.run(["unshare", f"--net={self._network}", "true"])
        outside = f"to-{self.name}"[:15]
        inside = ["nsenter", f"--net={self._network}", "ip", "link", "set"]
        children.run(["ip", "link", "add", outside, "type", "veth", "peer", "name", _LINK, "netns", self._network])
        children.run(["ip", "link", "set", outside, "master", lan.INTERFACE, "up"])
        children.run([*inside, "lo", "up"])

    def power_on(self) -> None:
        self._power = Child(["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
                             _POWER_ON, self._loop, self._network, self._folder], self.serial.next_file())

    def lose_power(self) -> None:
        """Ends all its processes at once. Unlike a power failure this loses nothing of what it has written."""
        self._power.kill()
        self.shell.disconnect()
        wait_until(self._is_unmounted, f"the disk of {self.name} is free", 60 * PATIENCE, every=0.1)

    def _is_unmounted(self) -> bool:
        """The kernel ends the mounts of a dead namespace a little later."""
        done = subprocess.run(["blockdev", "--rereadpt", self._loop], capture_output=True, check=False)
        if done.returncode != 0 and b"busy" in done.stderr.lower():
            return False
        children.run(["partx", "--update", self._loop])
        return True

    def put_file(self, source: Path, target: str) -> None:
        with open(source, "rb") as file:
            subprocess.run(self.shell.own_connection(f"cat >'{target}'"), stdin=file, check=True, timeout=60 * PATIENCE)

    def must_run(self) -> None:
        self._power.must_run()

    def close(self) -> None:
        self.shell.disconnect()
        if self._power:
            self._power.kill()
        if self._loop:
            # The mounts end with their namespace, a little later than its processes.
            for _ in range(100):
                if subprocess.run(["partx", "--delete", self._loop], capture_output=True, check=False).returncode == 0:
                    break
                time.sleep(0.1)
            subprocess.run(["losetup", "--detach", self._loop], check=False)
        self._disk.unlink(missing_ok=True)
