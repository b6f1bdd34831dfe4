"""The appliance's serial console, from the file that QEMU writes. Finds the lines of the upgrade's phases in it."""
import re
from dataclasses import dataclass
from pathlib import Path

from .waiting import wait_until

PHASES = ("download the update", "install the new OS", "shut down services", "prepare the message store migration",
          "back up the configuration", "restart the appliance", "migrate the message store",
          "install the new configuration", "clean up", "restart all services")
_LINE = re.compile(r"(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) )?phase (?P<number>\d+) (?P<name>[^:]+): "
                   r"(?P<level>info|warning|error): (?P<text>[^\r\n]*)")


@dataclass(frozen=True)
class PhaseLine:
    time: str | None
    number: int
    name: str
    level: str
    text: str


def phase_lines(text: str) -> list[PhaseLine]:
    """Every log line of a phase, from a serial log or an XPU log."""
    return [PhaseLine(found["time"], int(found["number"]), found["name"], found["level"], found["text"].strip())
            for found in _LINE.finditer(text)]


def begins(text: str) -> list[int]:
    """The numbers of the phases that have begun, in order."""
    return [line.number for line in phase_lines(text) if line.text == "begins"]


def boots(text: str) -> list[tuple[str, bool]]:
    """The systems that the boot loader started, in order: (slot, whether on trial). image/boot/grub.cfg prints them."""
    return [(slot, bool(tried)) for slot, tried in
            re.findall(r"update-control: starting slot (\w) *(update_control\.try=1)?", text)]


class SerialConsole:
    """Reads one file per power-on; after a restart QEMU continues in the same file."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._starts = 0

    def next_file(self) -> Path:
        """The file for the next power-on."""
        self._starts += 1
        path = self.path()
        path.unlink(missing_ok=True)
        return path

    def path(self) -> Path:
        return self._folder / f"serial-{self._starts}.log"

    def text(self) -> str:
        path = self.path()
        return path.read_text(errors="replace") if path.exists() else ""

    def whole_text(self) -> str:
        """Of all power-ons."""
        files = [self._folder / f"serial-{number}.log" for number in range(1, self._starts + 1)]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def wait_for_phase(self, number: int, seconds: float) -> None:
        """Until that phase has begun since the last power-on."""
        wait_until(lambda: number in begins(self.text()), f"phase {number} begins on the serial console", seconds,
                   every=0.1)

    def wait_for(self, pattern: str, seconds: float) -> None:
        wait_until(lambda: re.search(pattern, self.text()), f"'{pattern}' on the serial console", seconds, every=0.2)
