"""A running appliance that has accepted mail, saved: disk, machine state, and the state of the servers around it.

The scenario `first-start` makes it, from power on; the others resume it within seconds, each with its own overlay.
It is valid only for the disk and the emulator that it was made with."""
import fcntl
import hashlib
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from virtual_lab import children, places

FOLDER = places.BUILD / "saved-appliance"
_FACTS = "facts.json"


@dataclass(frozen=True)
class SavedAppliance:
    folder: Path
    address: str

    @property
    def disk(self) -> Path:
        """A qcow2 overlay over its own hard link to the disk that image/build made."""
        return self.folder / "disk.qcow2"

    @property
    def machine_state(self) -> Path:
        return self.folder / "machine-state"

    @property
    def serial_log(self) -> Path:
        return self.folder / "serial.log"

    @property
    def leases(self) -> Path:
        return self.folder / "leases"

    @property
    def mail_records(self) -> Path:
        """The folder that contains them."""
        return self.folder


@contextmanager
def in_use():
    """The saved appliance, locked so that nobody replaces it."""
    with _locked(fcntl.LOCK_SH):
        if not exists():
            raise RuntimeError(f"there is no saved appliance in {FOLDER} (tests/run first-start makes it)")
        yield SavedAppliance(FOLDER, _facts()["address"])


def exists() -> bool:
    """Whether there is one that was made with the present disk and emulator."""
    return (FOLDER / _FACTS).exists() and _facts()["made_with"] == _made_with(places.APPLIANCE_DISK)


def discard() -> None:
    """Waits for the scenarios that use it, then removes it."""
    with _locked(fcntl.LOCK_EX):
        _remove()


def save(machine, mail, addresses, address: str) -> SavedAppliance:
    """Stops the machine. Nobody may be logged in, and no mail may be in transit."""
    with _locked(fcntl.LOCK_EX):
        _remove()
        FOLDER.mkdir(parents=True)
        saved = SavedAppliance(FOLDER, address)
        base = FOLDER / "base.img"
        base.hardlink_to(machine.base_disk)  # a build may have made another one meanwhile
        machine.save(saved.machine_state, saved.disk, base)
        shutil.copyfile(machine.serial.path(), saved.serial_log)
        addresses.save_leases(saved.leases)
        mail.save_records(saved.mail_records)
        # Written last: without it, as after an interruption, the folder is not used.
        (FOLDER / _FACTS).write_text(json.dumps({"address": address, "made_with": _made_with(base)}, indent=2) + "\n")
        return saved


def _remove() -> None:
    (FOLDER / _FACTS).unlink(missing_ok=True)
    shutil.rmtree(FOLDER, ignore_errors=True)


@contextmanager
def _locked(how: int):
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with open(FOLDER.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, how)
        yield


def _facts() -> dict:
    return json.loads((FOLDER / _FACTS).read_text())


def _made_with(disk_file: Path) -> dict:
    disk = disk_file.stat()
    return {"disk": [disk.st_ino, disk.st_size, disk.st_mtime_ns],
            "run-qemu": hashlib.sha256(places.RUN_QEMU.read_bytes()).hexdigest(),
            "emulator": children.run(["qemu-system-x86_64", "--version"]).splitlines()[0]}
