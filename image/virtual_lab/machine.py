"""The appliance as a machine: a disk overlay and a QEMU. Can lose its power, be saved and be resumed. Knows nothing of
upgrades."""
import shutil
import subprocess
import time
from pathlib import Path

from . import lan, places
from .children import Child
from .monitor import Monitor
from .reachable import Reachable
from .secure_shell import SecureShell
from .serial_console import SerialConsole
from .waiting import PATIENCE, wait_until

MAC = "52:54:00:77:00:10"
SAVE_SECONDS = 60


class Machine(Reachable):
    """The base disk is never written: all writes go to an overlay, which outlives power failures of the machine."""

    def __init__(self, folder: Path, base_disk: Path = places.APPLIANCE_DISK):
        if not base_disk.exists():
            raise RuntimeError(f"there is no appliance to start: {base_disk} (image/build makes it)")
        self._folder = folder
        # A hard link of our own: a build that replaces the disk meanwhile must not change the one below the overlay.
        self.base_disk = folder / "base-disk"
        self.base_disk.unlink(missing_ok=True)
        self.base_disk.hardlink_to(base_disk)
        self._overlay = folder / "disk.qcow2"
        self._overlay.unlink(missing_ok=True)
        self._monitor = folder / "qmp"
        self.serial = SerialConsole(folder)
        self.shell = SecureShell(folder, places.KEYS / "ssh", places.KEYS / "ssh-host.pub", lan.link_local_address(MAC))
        self._qemu = None

    def power_on(self, *options) -> None:
        """With more options for image/run-qemu."""
        self._start(self.serial.next_file(), *options)

    def resume(self, machine_state: Path, serial_log: Path) -> None:
        """Resumes a machine with this base disk where save() stopped it; its serial log is continued. Then sets the clock,
        which stood still in the meantime."""
        serial = self.serial.next_file()
        shutil.copyfile(serial_log, serial)
        self._start(serial, "--resume", machine_state)
        with Monitor(self._monitor, self.must_run) as monitor:
            wait_until(lambda: monitor.command("query-status")["status"] != "inmigrate", "the machine's state is loaded",
                       SAVE_SECONDS * PATIENCE, every=0.1)
            monitor.command("cont")  # it was stopped when it was saved
        self.wait_until_up()
        self.shell.must(f"date --set=@{time.time():.3f}")

    def save(self, machine_state: Path, disk: Path, base_disk: Path) -> None:
        """Stops the machine for good and saves what resume() needs; the disk as an overlay over `base_disk`."""
        self.shell.disconnect()
        time.sleep(2)  # until the machine has closed the session as well
        with Monitor(self._monitor, self.must_run) as monitor:
            monitor.command("stop")
            monitor.command("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
            monitor.command("migrate", uri=f"exec:cat >'{machine_state}'")
            wait_until(lambda: self._is_saved(monitor), "the machine's state is saved", SAVE_SECONDS * PATIENCE, every=0.2)
            monitor.command("quit")
        self._qemu.process.wait(timeout=SAVE_SECONDS * PATIENCE)
        self._overlay.rename(disk)
        subprocess.run(["qemu-img", "rebase", "-q", "-u", "-F", "raw", "-b", base_disk, disk], check=True)

    @staticmethod
    def _is_saved(monitor: Monitor) -> bool:
        state = monitor.command("query-migrate")
        if state["status"] in ("failed", "cancelled"):
            raise RuntimeError(f"QEMU cannot save the machine's state: {state}")
        return state["status"] == "completed"

    def _start(self, serial: Path, *options) -> None:
        self._monitor.unlink(missing_ok=True)
        self._qemu = Child([places.RUN_QEMU, "--overlay", self._overlay, "--tap", lan.INTERFACE, "--serial", serial,
                            "--qmp", self._monitor, "--mac", MAC, *options, self.base_disk], self._folder / "qemu.log")

    def lose_power(self) -> None:
        """Kills the machine at once. The overlay holds what the guest has written, as after a crash."""
        self._qemu.kill()
        self.shell.disconnect()

    def must_run(self) -> None:
        self._qemu.must_run()

    def close(self) -> None:
        self.shell.disconnect()
        if self._qemu:
            self._qemu.kill()
        for disk in (self._overlay, self.base_disk):
            disk.unlink(missing_ok=True)
